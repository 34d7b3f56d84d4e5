"""After a restore nothing is sent a second time by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from mail.delivery import Tally, deliver_due
from mail.models import Message
from mail.outbox import requeue
from tests.mail.conftest import NOW, Sink

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def test_what_was_written_before_the_restore_point_is_held_and_may_be_sent_again(
    smtp_sink: Sink, tell: Callable[..., Message], capsys: pytest.CaptureFixture[str]
) -> None:
    before, gathered = tell("before"), tell("gathered")
    Message.objects.filter(pk=gathered.pk).update(state="gathered", gathered_at=NOW)
    after = tell("after", now=NOW + 2 * MINUTE)
    call_command("hold_restored_mail", (NOW + MINUTE).isoformat())
    assert capsys.readouterr().out == "2 courriels retenus.\n"
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "skipped", "queued"]
    at = NOW + 3 * MINUTE
    assert deliver_due(now=at, limit=9, clock=lambda: at) == Tally(sent=1)
    assert requeue([before.pk], now=at) == 1
    assert deliver_due(now=at, limit=9, clock=lambda: at) == Tally(sent=1)
    after.refresh_from_db()
    assert after.state == "sent"


def test_secret_that_is_held_is_erased(tell: Callable[..., Message]) -> None:
    secret = tell("secret", secret=True)
    call_command("hold_restored_mail", (NOW + MINUTE).isoformat())
    secret.refresh_from_db()
    assert (secret.state, secret.context) == ("failed", {})


@pytest.mark.parametrize("text", ["hier", "2026-12-01T18:30"])
def test_restore_point_is_an_instant(text: str) -> None:
    with pytest.raises(CommandError):
        call_command("hold_restored_mail", text)
