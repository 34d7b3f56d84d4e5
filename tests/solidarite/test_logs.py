"""What a server writes of a request."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client

from solidarite import logs


@pytest.fixture
def on_a_server() -> Iterator[None]:
    """Loggers that exist keep how they were made: here a new one is asked."""
    before = structlog.get_config()
    logs.configure(as_json=True)
    yield
    structlog.configure(**before)


def test_exception_is_told_without_what_its_variables_hold(
    on_a_server: None, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, typed = "06 39 98 12 34", "x"
    try:
        int(typed + secret[:0])
    except ValueError:
        structlog.get_logger("new").exception("request_failed", request="GET /")
    written = capsys.readouterr().out
    told = json.loads(written)
    assert (told["event"], told["level"], "ValueError" in told["exception"]) == ("request_failed", "error", True)
    assert secret not in written


@pytest.mark.django_db
def test_request_has_one_line(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/sante/")
    assert capsys.readouterr().out.count("GET /sante/") == 1
