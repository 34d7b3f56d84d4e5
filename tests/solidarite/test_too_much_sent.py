"""More fields than Django reads: a page says so, also where Django's own page would show what was sent."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.factories import World

FIELDS = {f"a{number}": "1" for number in range(1001)}


@pytest.mark.parametrize("debug", [True, False])
def test_too_many_fields_are_refused_in_words(world: World, client: Client, settings: Settings, *, debug: bool) -> None:
    settings.DEBUG = debug
    client.raise_request_exception = False
    for answer in (
        client.get("/creneaux/", FIELDS),
        client.get("/nulle-part/", FIELDS),
        client.post("/compte/login/", FIELDS),
        client.post("/creneaux/?" + "&".join(FIELDS), {"a": "1"}),
    ):
        assert answer.status_code == 422
        assert "trop de données" in answer.text


def test_many_fields_are_read(world: World, client: Client) -> None:
    few = dict(list(FIELDS.items())[:900])
    assert client.get("/creneaux/", few).status_code == 200
