"""After a restore nothing is sent a second time by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core.management import CommandError, call_command

from mail.delivery import Tally, deliver_due
from mail.models import Message
from mail.outbox import requeue
from tests.mail.conftest import NOW, Sink

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def hold(at: dt.datetime) -> None:
    with time_machine.travel(at, tick=False):
        call_command("hold_restored_mail", (NOW + MINUTE).isoformat())


def test_what_was_written_before_the_restore_point_is_held_and_may_be_sent_again(
    smtp_sink: Sink, tell: Callable[..., Message], capsys: pytest.CaptureFixture[str]
) -> None:
    before, gathered = tell("before"), tell("gathered")
    Message.objects.filter(pk=gathered.pk).update(state="gathered", gathered_at=NOW)
    after = tell("after", now=NOW + 2 * MINUTE)
    at = NOW + 3 * MINUTE
    hold(at)
    assert capsys.readouterr().out == "2\u00a0courriels retenus.\n"
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "failed", "queued"]
    assert deliver_due(now=at, limit=9, clock=lambda: at) == Tally(sent=1)
    assert requeue([before.pk, gathered.pk], now=at) == 2
    assert deliver_due(now=at, limit=9, clock=lambda: at) == Tally(sent=2)
    after.refresh_from_db()
    assert after.state == "sent"


def test_what_cannot_have_left_in_the_lost_time_waits_on(
    tell: Callable[..., Message], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its digest, or its own hour, is still to come."""
    at = NOW + 3 * MINUTE
    told, to_come = tell("told"), tell("to come")
    Message.objects.update(state="gathered", gathered_at=NOW)
    Message.objects.filter(pk=told.pk).update(next_attempt_at=at)
    Message.objects.filter(pk=to_come.pk).update(next_attempt_at=at + MINUTE)
    tell("tomorrow", due_at=at + MINUTE)
    hold(at)
    assert capsys.readouterr().out == "1\u00a0courriel retenu.\n"
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "gathered", "queued"]


def test_secret_that_is_held_is_erased(tell: Callable[..., Message]) -> None:
    secret = tell("secret", secret=True)
    hold(NOW + MINUTE)
    secret.refresh_from_db()
    assert (secret.state, secret.context) == ("failed", {})


@pytest.mark.parametrize("text", ["hier", "2026-12-01T18:30"])
def test_restore_point_is_an_instant(text: str) -> None:
    with pytest.raises(CommandError):
        call_command("hold_restored_mail", text)
