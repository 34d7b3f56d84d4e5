"""An operator holds mail back, and what was said is forgotten after a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.test import Client

from mail.delivery import Tally, deliver_due
from mail.erasing import erase_bodies
from mail.models import Message, Pause
from mail.outbox import requeue
from tests.mail.conftest import NOW, Sink
from tests.mail.test_admin import operator

__all__ = ["operator"]

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
DAYS = dt.timedelta(days=1)


def deliver() -> Tally:
    return deliver_due(now=NOW, limit=100, clock=lambda: NOW)


@pytest.mark.parametrize(("held", "sent"), [("", 0), ("hello", 1), ("other", 2)])
def test_what_is_held_back_waits_and_leaves_afterwards(smtp_sink: Sink, tell: Tell, held: str, sent: int) -> None:
    tell("hello:1")
    tell("code:1", "code", context={"code": "482 913"}, secret=True)
    pause = Pause.objects.create(template=held, reason="Un modèle est faux.", created_at=NOW)
    assert deliver().sent == sent
    pause.delete()
    assert deliver().sent == 2 - sent


def test_operator_holds_back_one_kind_and_lets_it_go(
    client: Client, smtp_sink: Sink, tell: Tell, operator: Client
) -> None:
    tell()
    add = "/admin/mail/pause/add/"
    assert "booking_cancelled" in operator.get(add).text
    assert operator.post(add, {"template": "no_such_mail", "reason": "Essai."}).status_code == 200
    assert operator.post(add, {"template": "", "reason": ""}).status_code == 200
    operator.post(add, {"template": "", "reason": "Un relais est compromis."})
    assert deliver() == Tally()
    operator.post(f"/admin/mail/pause/{Pause.objects.get().pk}/delete/", {"post": "yes"})
    assert deliver().sent == 1


def test_pause_says_why() -> None:
    with pytest.raises(IntegrityError, match="pause_reason_given"):
        Pause.objects.create(template="", reason="", created_at=NOW)


def test_words_are_forgotten_after_sixty_days_and_the_fact_stays(smtp_sink: Sink, tell: Tell) -> None:
    event = {"calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "calendar_method": "REQUEST"}
    old, waiting = tell("hello:old", **event), tell("hello:waiting", due_at=NOW + DAYS)
    assert deliver().sent == 1
    assert erase_bodies(now=NOW + 60 * DAYS) == 0
    assert erase_bodies(now=NOW + 60 * DAYS + dt.timedelta(seconds=1)) == 1
    assert erase_bodies(now=NOW + 90 * DAYS) == 0
    old.refresh_from_db()
    waiting.refresh_from_db()
    assert (old.text, old.html, old.context, old.calendar) == ("", "", {}, "")
    assert (old.state, old.sent_at, old.subject != "", old.to_email) == ("sent", NOW, True, "ana@example.org")
    assert waiting.context != {}, "what still waits is not forgotten"


def test_mail_whose_words_are_forgotten_is_not_sent_again(tell: Tell) -> None:
    old = tell()
    Message.objects.filter(pk=old.pk).move(Message.State.FAILED, failed_at=NOW, last_error="451 later")
    assert erase_bodies(now=NOW + 61 * DAYS) == 1
    assert requeue([old.pk], now=NOW + 61 * DAYS) == 0
