"""Who speaks when much is due: priority, then turns; and no faster than the provider takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from mail import kinds
from mail.delivery import Tally, deliver_due
from mail.kinds import Kind
from mail.models import Message
from mail.models.addresses import Pace
from mail.outbox import BULK, URGENT, requeue
from mail.pace import take_turn
from tests.mail.conftest import NOW, Sink
from tests.races import at_once

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
SECOND = dt.timedelta(seconds=1)


def deliver(at: dt.datetime = NOW, limit: int = 100) -> Tally:
    return deliver_due(now=at, limit=limit, clock=lambda: at)


def post_for(tell: Tell, who: str, count: int, *, at: dt.datetime = NOW, **fields: object) -> None:
    for number in range(count):
        address = f"{who}{number}@example.org"
        tell(f"{who}:{at}:{number}", to=(address, ""), on_behalf_of=f"company:{who}", now=at, **fields)


def test_who_has_much_to_tell_lets_others_speak(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 20)
    post_for(tell, "small", 1, at=NOW + 3 * SECOND)
    deliver(NOW + 3 * SECOND, limit=6)
    assert smtp_sink.recipients == [*(f"big{number}@example.org" for number in range(4)), "small0@example.org",
                                    "big4@example.org"]  # fmt: skip


@pytest.mark.parametrize("until", [NOW + dt.timedelta(hours=8), NOW + dt.timedelta(minutes=1)])
def test_what_was_put_off_keeps_nobody_waiting(smtp_sink: Sink, tell: Tell, until: dt.datetime) -> None:
    """One message that waits for the morning, or for a server, is no turn of those that come after it."""
    post_for(tell, "small", 1)
    Message.objects.update(turn_at=until, next_attempt_at=until)
    post_for(tell, "big", 20, at=NOW + SECOND)
    post_for(tell, "small", 1, at=NOW + 3 * SECOND)
    deliver(NOW + 3 * SECOND, limit=4)
    assert "small0@example.org" in smtp_sink.recipients


def test_who_has_much_to_tell_in_the_night_lets_others_speak_in_the_morning(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._kinds, "hello", Kind.ORGANISATION)
    night = NOW.replace(hour=22, minute=0)
    morning = night + dt.timedelta(hours=8)
    post_for(tell, "big", 20, at=night, time_zone="Europe/Paris")
    post_for(tell, "small", 1, at=night, time_zone="Europe/Paris")
    assert deliver(night + 20 * SECOND) == Tally(postponed=21)
    deliver(morning, limit=2)
    assert smtp_sink.recipients == ["big0@example.org", "small0@example.org"]
    post_for(tell, "late", 1, at=morning + 3 * SECOND)
    deliver(morning + 3 * SECOND, limit=4)
    assert smtp_sink.recipients[-1] == "late0@example.org"


def test_what_is_sent_again_by_the_hundred_lets_others_speak(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 20)
    Message.objects.update(state="failed", failed_at=NOW, last_error="550")
    assert requeue(Message.objects.values_list("pk", flat=True), now=NOW) == 20
    post_for(tell, "small", 1, at=NOW + SECOND)
    deliver(NOW + SECOND, limit=3)
    assert "small0@example.org" in smtp_sink.recipients


def test_who_waits_is_not_overtaken_for_ever(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 3)
    post_for(tell, "late", 3, at=NOW + 10 * SECOND)
    deliver(NOW + 10 * SECOND)
    assert [address[:3] for address in smtp_sink.recipients] == ["big"] * 3 + ["lat"] * 3


def test_an_address_has_its_own_turns_unless_somebody_is_named(tell: Tell) -> None:
    tell("1", to=("Ana@example.org", ""))
    tell("2", to=("ana@example.org", ""))
    tell("3", to=("bob@example.org", ""))
    turns = Message.objects.order_by("key").values_list("on_behalf_of", "turn_at")
    assert list(turns) == [
        ("ana@example.org", NOW),
        ("ana@example.org", NOW + SECOND),
        ("bob@example.org", NOW),
    ]


def test_cancellation_for_tonight_passes_ten_thousand_digests(smtp_sink: Sink, tell: Tell) -> None:
    tell("digest", to=("digest@example.org", ""), priority=BULK)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_message (key, template, to_email, to_name, language, context, reply_to, calendar, "
            "calendar_method, secret, priority, message_id, created_at, due_at, next_attempt_at, turn_at, state, "
            "last_error, on_behalf_of) SELECT 'd' || n, template, n || to_email, '', 'fr', context, '', '', '', false, "
            "priority, message_id || n, created_at, due_at, next_attempt_at, turn_at, 'queued', '', n || to_email "
            "FROM mail_message, generate_series(1, 10000) AS n"
        )
        cursor.execute("ANALYZE mail_message")
    late = NOW + 60 * SECOND
    tell("cancelled", to=("tonight@example.org", ""), priority=URGENT, now=late)
    deliver(late, limit=2)
    assert smtp_sink.recipients[0] == "tonight@example.org"
    plan = Message.objects.due(late).select_for_update(skip_locked=True)[:1].explain()
    assert ("message_due" in plan, "Sort" in plan) == (True, False)


# --- pace -------------------------------------------------------------------------------------------


def test_provider_takes_two_a_second(smtp_sink: Sink, tell: Tell, settings: Settings) -> None:
    settings.MAIL_PER_SECOND = 2
    for number in range(5):
        tell(f"hello:{number}", to=(f"a{number}@example.org", ""))
    now = NOW
    rests: list[float] = []
    stamps: list[dt.datetime] = []

    def rest(seconds: float) -> None:
        nonlocal now
        now += dt.timedelta(seconds=seconds)
        rests.append(seconds)

    def clock() -> dt.datetime:
        stamps.append(now)
        return now

    assert deliver_due(now=NOW, limit=100, clock=clock, rest=rest) == Tally(sent=5)
    sent = list(Message.objects.exclude(sent_at=None).order_by("sent_at").values_list("sent_at", flat=True))
    assert [later - earlier for earlier, later in pairwise(sent) if later and earlier] == [SECOND / 2] * 4
    assert rests[:4] == [0.5] * 4


def test_run_ends_when_its_next_turn_comes_too_late(smtp_sink: Sink, tell: Tell, settings: Settings) -> None:
    settings.MAIL_PER_SECOND = 0.1
    for number in range(3):
        tell(f"hello:{number}")
    stop_at = NOW + 5 * SECOND
    assert deliver_due(now=NOW, limit=9, clock=lambda: NOW, stop_at=stop_at, rest=lambda _: None) == Tally(sent=1)
    assert take_turn(now=NOW, latest=stop_at) is None
    assert take_turn(now=NOW, latest=NOW + 10 * SECOND) == NOW + 10 * SECOND
    assert take_turn(now=NOW + 60 * SECOND, latest=NOW + 60 * SECOND) == NOW + 60 * SECOND


def test_what_is_not_sent_takes_no_turn(
    smtp_sink: Sink, tell: Tell, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._kinds, "hello", Kind.ORGANISATION)
    settings.MAIL_PER_SECOND = 2
    for number in range(20):
        tell(f"weekly:{number}", to=(f"weekly{number}@example.org", ""), weekly=True)
    for number in range(2):
        tell(f"plain:{number}", to=(f"plain{number}@example.org", ""), now=NOW + SECOND)
    rests: list[float] = []
    now = NOW + SECOND

    def rest(seconds: float) -> None:
        nonlocal now
        now += dt.timedelta(seconds=seconds)
        rests.append(seconds)

    assert deliver_due(now=now, limit=100, clock=lambda: now, rest=rest) == Tally(sent=2, gathered=20)
    assert rests == [0.5]
    assert take_turn(now=now, latest=now + SECOND) == NOW + 2 * SECOND


def test_turn_that_is_waited_for_goes_to_what_is_most_urgent_then(
    smtp_sink: Sink, tell: Tell, settings: Settings
) -> None:
    settings.MAIL_PER_SECOND = 2
    tell("calm", to=("calm@example.org", ""))
    take_turn(now=NOW, latest=NOW)
    now = NOW

    def rest(seconds: float) -> None:
        nonlocal now
        now += dt.timedelta(seconds=seconds)
        if not Message.objects.filter(key="urgent").exists():
            tell("urgent", to=("urgent@example.org", ""), priority=URGENT)

    assert deliver_due(now=NOW, limit=100, clock=lambda: now, rest=rest) == Tally(sent=2)
    assert smtp_sink.recipients == ["urgent@example.org", "calm@example.org"]


def test_workers_share_one_pace(committed: None, settings: Settings) -> None:
    settings.MAIL_PER_SECOND = 4
    turns: list[dt.datetime | None] = []
    at_once(*[lambda: turns.append(take_turn(now=NOW, latest=NOW + 60 * SECOND))] * 8)
    assert sorted(turn for turn in turns if turn) == [NOW + SECOND / 4 * number for number in range(8)]


def test_pace_is_one_row() -> None:
    Pace.objects.create(free_at=NOW, pk=1)
    with pytest.raises(IntegrityError, match="pace_one_row"), transaction.atomic():
        Pace.objects.create(free_at=NOW, pk=2)


def test_clock_that_was_set_back_does_not_hold_up_the_mail(settings: Settings) -> None:
    settings.MAIL_PER_SECOND = 2.0
    tomorrow = NOW + dt.timedelta(days=1)
    assert take_turn(now=tomorrow, latest=tomorrow) == tomorrow
    assert take_turn(now=NOW, latest=NOW + 50 * SECOND) == NOW
    assert take_turn(now=NOW, latest=NOW + 50 * SECOND) == NOW + SECOND / 2
