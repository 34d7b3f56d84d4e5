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
from mail.models import Message, Pause
from mail.models.addresses import Pace
from mail.outbox import BULK, URGENT, requeue
from mail.pace import take_turn
from tests.mail.conftest import NOW, Sink
from tests.races import at_once

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
SECOND = dt.timedelta(seconds=1)
# More than the first wait for a server.
MINUTES = dt.timedelta(minutes=2)


def deliver(at: dt.datetime = NOW, limit: int = 100) -> Tally:
    return deliver_due(now=at, limit=limit, clock=lambda: at)


def post_for(tell: Tell, who: str, count: int, *, at: dt.datetime = NOW, **fields: object) -> None:
    for number in range(count):
        address = f"{who}{number}@example.org"
        tell(f"{who}:{at}:{number}", to=(address, ""), on_behalf_of=f"company:{who}", now=at, **fields)


def told(who: str, *numbers: int) -> list[str]:
    return [f"{who}{number}@example.org" for number in numbers]


def test_who_has_much_to_tell_lets_others_speak(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 20)
    post_for(tell, "small", 1, at=NOW + 3 * SECOND)
    deliver(NOW + 3 * SECOND, limit=6)
    assert smtp_sink.recipients == [*told("big", 0, 1), *told("small", 0), *told("big", 2, 3, 4)]


@pytest.mark.parametrize("later", [dt.timedelta(minutes=10), dt.timedelta(days=3)])
def test_backlog_lets_others_speak_however_old_it_is(smtp_sink: Sink, tell: Tell, later: dt.timedelta) -> None:
    pause = Pause.objects.create(template="", reason="Un relais est compromis.", created_at=NOW)
    post_for(tell, "big", 20)
    post_for(tell, "small", 1, at=NOW + later)
    assert deliver(NOW + later) == Tally()
    pause.delete()
    deliver(NOW + later, limit=3)
    assert smtp_sink.recipients == [*told("big", 0, 1), *told("small", 0)]


def test_newcomer_speaks_in_the_next_round_of_those_who_wait(smtp_sink: Sink, tell: Tell) -> None:
    """Ten tell thirty each, and slowly: twenty left in twenty seconds when an eleventh comes."""
    for number in range(10):
        post_for(tell, f"busy{number}-", 30)
    deliver(NOW + 20 * SECOND, limit=20)
    post_for(tell, "small", 1, at=NOW + 20 * SECOND)
    deliver(NOW + 20 * SECOND, limit=20)
    assert "small0@example.org" in smtp_sink.recipients


def test_who_runs_ahead_of_the_clock_speaks_in_turn_all_the_same(smtp_sink: Sink, tell: Tell) -> None:
    """Twenty left within a second: whoever comes now and then has one turn in two, not all."""
    post_for(tell, "big", 30)
    deliver(limit=20)
    for _ in range(4):
        tell(f"small:{len(smtp_sink.taken)}", to=("small@example.org", ""), now=NOW + SECOND)
        deliver(NOW + SECOND, limit=2)
    assert [address[:3] for address in smtp_sink.recipients[20:]] == ["big", *["big", "sma"] * 3, "big"]


def test_backlog_goes_on_while_newcomers_come_faster_than_mail_leaves(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 5)
    for second in range(12):
        for number in range(3):
            post_for(tell, f"new{second}-{number}-", 1, at=NOW + second * SECOND)
        deliver(NOW + second * SECOND, limit=3)
    assert {*told("big", *range(4))} <= {*smtp_sink.recipients}


@pytest.mark.parametrize("wait", ["hour", "server"])
def test_what_is_due_after_a_backlog_was_posted_speaks_in_turn(smtp_sink: Sink, tell: Tell, wait: str) -> None:
    """A reminder written before for this hour, and a message that a server refused a minute ago."""
    if wait == "hour":
        post_for(tell, "small", 1, due_at=NOW + MINUTES)
    else:
        smtp_sink.answers["small0@example.org"] = "451 4.3.0 later"
        post_for(tell, "small", 1)
        assert deliver() == Tally(postponed=1)
        smtp_sink.answers.clear()
    post_for(tell, "big", 20)
    deliver(NOW + MINUTES, limit=3)
    assert smtp_sink.recipients == [*told("big", 0), *told("small", 0), *told("big", 1)]


def test_what_a_server_refused_by_the_hundred_comes_back_in_turns(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 20)
    post_for(tell, "small", 1)
    smtp_sink.answers |= dict.fromkeys([*told("big", *range(20)), *told("small", 0)], "451 4.3.0 later")
    assert deliver() == Tally(postponed=21)
    smtp_sink.answers.clear()
    deliver(NOW + MINUTES, limit=2)
    assert [address[:3] for address in sorted(smtp_sink.recipients)] == ["big", "sma"]


def test_kind_that_is_held_back_is_no_front_of_the_others(smtp_sink: Sink, tell: Tell) -> None:
    """What it holds takes its turn when it is let go."""
    post_for(tell, "held", 3, template="code", context={"code": "482 913"})
    pause = Pause.objects.create(template="code", reason="Un modèle est faux.", created_at=NOW)
    post_for(tell, "big", 5, at=NOW + MINUTES)
    deliver(NOW + MINUTES, limit=1)
    assert set(Message.objects.filter(template="code").values_list("turn_at", flat=True)) == {None}
    pause.delete()
    deliver(NOW + MINUTES, limit=3)
    assert smtp_sink.recipients == [*told("big", 0, 1), *told("held", 0), *told("big", 2)]


@pytest.mark.parametrize("until", [NOW + dt.timedelta(hours=8), NOW + dt.timedelta(minutes=1)])
def test_what_was_put_off_keeps_nobody_waiting(smtp_sink: Sink, tell: Tell, until: dt.datetime) -> None:
    """One message that waits for the morning, or for a server, is no turn of those that come after it."""
    post_for(tell, "small", 1, due_at=until)
    post_for(tell, "big", 20, at=NOW + SECOND)
    post_for(tell, "small", 1, at=NOW + 3 * SECOND)
    deliver(NOW + 3 * SECOND, limit=3)
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
    deliver(morning + 3 * SECOND, limit=3)
    assert smtp_sink.recipients[-1] == "late0@example.org"


def test_what_is_sent_again_by_the_hundred_lets_others_speak(smtp_sink: Sink, tell: Tell) -> None:
    post_for(tell, "big", 20)
    Message.objects.update(state="failed", failed_at=NOW, last_error="550")
    assert requeue(Message.objects.values_list("pk", flat=True), now=NOW) == 20
    post_for(tell, "small", 1, at=NOW + SECOND)
    deliver(NOW + SECOND, limit=3)
    assert "small0@example.org" in smtp_sink.recipients


def test_an_address_has_its_own_turns_unless_somebody_is_named(tell: Tell) -> None:
    tell("1", to=("Ana@example.org", ""))
    tell("2", to=("ana@example.org", ""))
    tell("3", to=("bob@example.org", ""))
    turns = Message.objects.order_by("key").values_list("on_behalf_of", "turn_at")
    assert list(turns) == [
        ("ana@example.org", NOW),
        ("ana@example.org", NOW + SECOND),
        ("bob@example.org", NOW + SECOND),
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
