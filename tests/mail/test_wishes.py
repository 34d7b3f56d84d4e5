"""What the owner of an address wishes: how often, when not, and how it is said without a login."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mail import actions, digests, kinds, links, readers
from mail.delivery import Tally, deliver_due
from mail.digests import tell_digests
from mail.figures import mail_figures
from mail.kinds import Frequency, Kind, told_as
from mail.models import Message, Pause, Preferences, Suppression
from mail.wishes import preferences_of
from territories.zones import FRENCH_ZONES
from tests.mail.conftest import HELLO, NOW, Sink, text_of

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
HOUR = dt.timedelta(hours=1)
NIGHT = dt.datetime(2026, 12, 1, 22, 30, tzinfo=dt.UTC)  # 23:30 in Paris


@pytest.fixture(autouse=True)
def hello_may_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "hello", Kind.ORGANISATION)


def deliver(at: dt.datetime = NOW) -> Tally:
    return deliver_due(now=at, limit=100, clock=lambda: at)


def wish(address: str = "ana@example.org", **fields: object) -> Preferences:
    return Preferences.objects.create(address=address, changed_at=NOW, **fields)


# --- how often --------------------------------------------------------------------------------------


def test_who_wants_none_gets_none_and_the_row_says_why(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.NEVER)
    message = tell(to=("Ana@Example.org", "Ana"))
    assert deliver() == Tally(skipped=1)
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("skipped", "La personne ne veut pas de ces courriels.")
    assert smtp_sink.taken == []


def test_what_engages_leaves_whatever_is_wished(smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(kinds._kinds, "hello")
    wish(**dict.fromkeys([kind.value for kind in Kind], Frequency.NEVER))
    tell()
    assert deliver(NIGHT) == Tally(sent=1)
    [(_, mail)] = smtp_sink.taken
    assert mail["List-Unsubscribe"] is None
    assert "Choisir mes courriels" in text_of(mail)
    assert "Ne plus recevoir" not in text_of(mail)


def test_instant_message_waits_for_no_digest_but_is_refused_all_the_same(smtp_sink: Sink, tell: Tell) -> None:
    wishes = wish(organisation=Frequency.WEEKLY)
    tell("now", instant=True)
    tell("later")
    assert deliver() == Tally(sent=1, gathered=1)
    wishes.organisation = Frequency.NEVER
    wishes.save()
    tell("again", instant=True)
    assert deliver() == Tally(skipped=1)


@pytest.mark.parametrize("wished", [Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY])
def test_message_of_a_week_waits_for_tuesday_however_often_its_kind_is_wanted(
    smtp_sink: Sink, tell: Tell, wished: Frequency
) -> None:
    wish(organisation=wished)
    tell(weekly=True, now=at_paris(2, 12))
    assert deliver(at_paris(2, 12)) == Tally(gathered=1)
    assert [tell_digests(now=at_paris(day, 8)) for day in (3, 7, 8)] == [0, 0, 1]


def test_message_of_a_week_is_refused_as_others_are(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.NEVER)
    tell(weekly=True)
    assert deliver() == Tally(skipped=1)


def test_one_wish_is_not_another(smtp_sink: Sink, tell: Tell) -> None:
    wish(suggestions=Frequency.NEVER)
    wish("bob@example.org", organisation=Frequency.NEVER)
    tell()
    assert deliver() == Tally(sent=1)


def test_database_refuses_what_is_not_offered() -> None:
    for values in ({"reminders": "hourly"}, {"reports": ""}, {"suggestions": "x"}, {"address": "Ana@example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preferences.objects.create(**{"address": "ana@example.org", "changed_at": NOW, **values})


def test_mail_of_one_name_is_of_one_kind() -> None:
    def hello() -> None: ...

    assert told_as(Kind.ORGANISATION)(hello) is hello
    with pytest.raises(ValueError, match="two kinds"):
        told_as(Kind.SUGGESTIONS)(hello)


# --- quiet hours ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "zone", "leaves"),
    [
        ("2026-12-01T20:59", "", "2026-12-01T20:59"),
        ("2026-12-01T21:00", "", "2026-12-02T06:00"),  # 22:00 in Paris
        ("2026-12-02T05:59", "", "2026-12-02T06:00"),
        ("2026-12-01T21:00", "America/Cayenne", "2026-12-01T21:00"),  # 18:00
        ("2026-12-02T01:30", "America/Cayenne", "2026-12-02T10:00"),
        ("2026-12-01T18:00", "Indian/Reunion", "2026-12-02T03:00"),
        ("2026-03-28T22:00", "", "2026-03-29T05:00"),  # the night that loses an hour
        ("2026-10-24T21:00", "", "2026-10-25T06:00"),  # the night that has one more
    ],
)
def test_nothing_leaves_in_the_quiet_hours(smtp_sink: Sink, tell: Tell, at: str, zone: str, leaves: str) -> None:
    posted, due = (dt.datetime.fromisoformat(f"{text}+00:00") for text in (at, leaves))
    message = tell(now=posted, time_zone=zone)
    quiet = due > posted
    assert deliver(posted) == (Tally(postponed=1) if quiet else Tally(sent=1))
    message.refresh_from_db()
    assert (message.next_attempt_at, message.attempts) == (due, 0)
    if quiet:
        assert deliver(due - dt.timedelta(seconds=1)) == Tally()
        assert deliver(due) == Tally(sent=1)


@pytest.mark.parametrize(
    ("zone", "until", "at", "ends"),
    [
        # An hour that is lost is the next one; of one that comes twice the first ends the quiet for good.
        ("Europe/Paris", "02:30", "2027-03-28T01:50+01:00", "2027-03-28T03:30+02:00"),
        ("America/Miquelon", "02:30", "2027-03-14T01:50-03:00", "2027-03-14T03:30-02:00"),
        ("Europe/Paris", "02:30", "2027-10-31T02:10+02:00", "2027-10-31T02:30+02:00"),
        ("Europe/Paris", "02:30", "2027-10-31T02:10+01:00", "2027-10-31T02:10+01:00"),
        ("America/Miquelon", "01:30", "2027-11-07T01:10-02:00", "2027-11-07T01:30-02:00"),
        ("America/Miquelon", "01:30", "2027-11-07T01:10-03:00", "2027-11-07T01:10-03:00"),
        ("America/Martinique", "02:30", "2027-03-28T01:50-04:00", "2027-03-28T02:30-04:00"),
        ("America/Miquelon", "07:00", "2027-03-13T23:00-03:00", "2027-03-14T07:00-02:00"),
        ("America/Miquelon", "07:00", "2027-11-06T23:00-02:00", "2027-11-07T07:00-03:00"),
    ],
)
def test_quiet_ends_by_the_clock_on_the_wall(zone: str, until: str, at: str, ends: str) -> None:
    wishes = Preferences(quiet_until=dt.time.fromisoformat(until))
    found = wishes.end_of_quiet(dt.datetime.fromisoformat(at), zone=zone)
    assert found == dt.datetime.fromisoformat(ends)


def test_what_happens_before_the_morning_of_this_day_leaves_at_night(smtp_sink: Sink, tell: Tell) -> None:
    before_dawn = at_paris(2, 5)
    tell("today", now=before_dawn, not_after=at_paris(2, 7))
    tell("later", now=before_dawn, not_after=at_paris(2, 8))
    assert deliver(before_dawn) == Tally(sent=1, postponed=1)


def test_what_happens_tomorrow_before_the_quiet_ends_is_told_on_its_day(smtp_sink: Sink, tell: Tell) -> None:
    """Neither on the eve, nor when it has no object any more."""
    wish(quiet_from=dt.time(20), quiet_until=dt.time(10))
    eve = at_paris(4, 20) + HOUR / 2
    tell("half past nine", now=eve, not_after=at_paris(5, 10) - HOUR / 2)
    tell("noon", now=eve, not_after=at_paris(5, 12))
    assert deliver(eve) == Tally(postponed=2)
    assert deliver(at_paris(5, 0) - HOUR / 60) == Tally()
    assert deliver(at_paris(5, 0)) == Tally(sent=1)
    assert deliver(at_paris(5, 10)) == Tally(sent=1)


def test_what_happens_tomorrow_wakes_nobody(smtp_sink: Sink, tell: Tell) -> None:
    eve = at_paris(1, 23)
    tell("tomorrow", now=eve, not_after=at_paris(2, 0))
    assert deliver(eve) == Tally(postponed=1)
    assert deliver(at_paris(2, 7)) == Tally(skipped=1)


def test_what_asks_something_wakes_nobody_and_cannot_be_refused(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(kinds._kinds, "hello")
    wish(reminders="never")
    tell("plain", now=NIGHT)
    assert deliver(NIGHT) == Tally(sent=1)
    monkeypatch.setattr(kinds, "_asking", {"hello"})
    tell("asks", now=NIGHT)
    assert deliver(NIGHT) == Tally(postponed=1)
    assert deliver(NIGHT + 9 * HOUR) == Tally(sent=1)
    assert "List-Unsubscribe" not in smtp_sink.taken[-1][1]


def test_clock_that_ends_in_the_night_wakes_nobody(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_on_a_clock", {"hello"})
    before_dawn = at_paris(2, 5)
    tell("ends at night", now=before_dawn, not_after=at_paris(2, 6))
    tell("ends by day", now=before_dawn, not_after=at_paris(2, 8))
    assert deliver(before_dawn) == Tally(postponed=2)
    assert deliver(at_paris(2, 7)) == Tally(sent=1, skipped=1)


@pytest.mark.parametrize(
    "template",
    [
        "booking_unanswered",
        "charter_renewal_due",
        "charter_renewal_reminder",
        "report_due",
        "request_expiring",
        "series_to_confirm",
    ],
)
def test_what_is_told_until_a_clock_ends_keeps_to_the_day(template: str) -> None:
    assert (kinds.keeps_quiet(template), kinds.wakes(template)) == (True, False)


def test_what_has_its_hour_does_not_wait_for_a_digest_after_it(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="weekly")
    noon = at_paris(2, 12)
    tell("soon", now=noon, not_after=at_paris(5, 0))
    tell("far", now=noon, not_after=at_paris(20, 0))
    assert deliver(noon) == Tally(sent=1, gathered=1)


def test_what_has_its_hour_does_not_wait_for_a_digest_that_keeps_the_quiet_hours(smtp_sink: Sink, tell: Tell) -> None:
    """The digest of eight o’clock leaves at ten: what begins at half past nine is told at seven, and alone."""
    wish(organisation="daily", quiet_until=dt.time(10))
    seven, ten = at_paris(2, 7), at_paris(2, 10)
    tell("before it leaves", now=seven, not_after=ten - HOUR / 2)
    tell("while it leaves", now=seven, not_after=ten + HOUR / 6)
    tell("after it left", now=seven, not_after=ten + HOUR)
    assert deliver(seven) == Tally(sent=1, postponed=1, gathered=1)
    assert tell_digests(now=at_paris(2, 8)) == 1
    assert deliver(at_paris(2, 8)) == Tally(postponed=1)
    assert deliver(ten) == Tally(sent=2)
    assert set(Message.objects.exclude(template="digest").values_list("key", "state")) == {
        ("before it leaves", "sent"),
        ("while it leaves", "sent"),
        ("after it left", "gathered"),
    }


def test_what_was_kept_for_a_digest_that_became_too_late_leaves_alone(smtp_sink: Sink, tell: Tell) -> None:
    wishes = wish(organisation="daily")
    noon = at_paris(2, 12)
    tell("soon", now=noon, not_after=at_paris(3, 9))
    tell("far", now=noon)
    assert deliver(noon) == Tally(gathered=2)
    wishes.quiet_until = dt.time(10)
    actions.save_preferences(wishes, now=noon)
    assert tell_digests(now=noon) == 0
    assert deliver(noon) == Tally(sent=1)
    assert Message.objects.get(state="gathered").key == "far"


def test_what_was_refused_before_it_was_kept_is_not_late_when_it_leaves_alone(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily")
    noon, late = at_paris(2, 12), at_paris(3, 23)
    kept = tell(now=noon, not_after=at_paris(3, 24) - HOUR / 2)
    Message.objects.filter(pk=kept.pk).update(attempts=1, last_error="450 4.2.0 later")
    assert deliver(noon) == Tally(gathered=1)
    assert tell_digests(now=late) == 0
    assert mail_figures(late).waiting_since == late


def test_digest_does_not_take_what_it_would_tell_too_late(smtp_sink: Sink, tell: Tell) -> None:
    """A run is late: what it would have held has its hour before the quiet ends."""
    wish(organisation="daily")
    noon, late = at_paris(2, 12), at_paris(3, 23)
    tell("soon", now=noon, not_after=at_paris(3, 24) - HOUR / 2)
    tell("far", now=noon)
    assert deliver(noon) == Tally(gathered=2)
    assert tell_digests(now=late) == 1
    assert deliver(late) == Tally(sent=1, postponed=1)
    digest = Message.objects.get(template="digest")
    assert (digest.state, [one.key for one in digest.gathers.all()]) == ("queued", ["far"])


def test_own_hours_and_own_zone_go_before_those_of_the_message(smtp_sink: Sink, tell: Tell) -> None:
    wish(quiet_from=dt.time(12), quiet_until=dt.time(14), time_zone="Pacific/Noumea")
    noon_there = dt.datetime(2026, 12, 1, 1, 30, tzinfo=dt.UTC)
    message = tell(now=noon_there, time_zone="Europe/Paris")
    assert deliver(noon_there) == Tally(postponed=1)
    message.refresh_from_db()
    assert message.next_attempt_at == noon_there + 1.5 * HOUR
    assert deliver(message.next_attempt_at) == Tally(sent=1)


@given(
    at=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),
    hours=st.tuples(st.times(), st.times()),
    zone=st.sampled_from([zone for zone, _ in FRENCH_ZONES]),
)
def test_end_of_quiet_is_the_first_instant_that_is_not_quiet(
    at: dt.datetime, hours: tuple[dt.time, dt.time], zone: str
) -> None:
    wishes = Preferences(quiet_from=hours[0], quiet_until=hours[1])
    until = wishes.end_of_quiet(at, zone=zone)
    assert dt.timedelta(0) <= until - at <= 25 * HOUR
    assert wishes.end_of_quiet(until, zone=zone) == until
    if until > at:
        assert wishes.end_of_quiet(until - dt.timedelta(microseconds=1), zone=zone) == until


# --- digests ----------------------------------------------------------------------------------------


def at_paris(day: int, hour: int) -> dt.datetime:
    """In December 2026, when Paris is an hour ahead; the 1st is a Tuesday."""
    return dt.datetime(2026, 12, day, tzinfo=dt.UTC) + (hour - 1) * HOUR


def gather(tell: Tell, count: int, *, at: dt.datetime, **fields: object) -> list[Message]:
    gathered = [tell(f"hello:{at}:{number}", now=at, **fields) for number in range(count)]
    assert deliver(at).gathered == count
    return gathered


def test_week_is_told_on_tuesday_in_one_mail(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.WEEKLY)
    gathered = gather(tell, 2, at=at_paris(2, 12)) + gather(tell, 1, at=at_paris(7, 23))
    assert tell_digests(now=at_paris(8, 7)) == 0
    assert tell_digests(now=at_paris(8, 8)) == 1
    assert tell_digests(now=at_paris(8, 9)) == 0
    assert deliver(at_paris(8, 9)) == Tally(sent=1)
    [(recipient, mail)] = smtp_sink.taken
    assert (recipient, mail["Subject"]) == ("ana@example.org", "3 nouvelles de votre portail")
    assert text_of(mail).count("* Atelier du mardi 1er décembre & « L’Atelier <Lille> »") == 3
    assert text_of(mail).count("L’atelier du mardi 1er décembre a lieu à L’Atelier <Lille>.") == 3
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().count("Atelier du mardi 1er décembre &amp; « L’Atelier &lt;Lille&gt; »</h2>") == 3
    assert html.get_content().count("L’atelier du mardi 1er décembre a lieu à L’Atelier &lt;Lille&gt;.</p>") == 3
    digest = Message.objects.get(template="digest")
    assert {one.gathered_into for one in Message.objects.filter(pk__in=[one.pk for one in gathered])} == {digest}


def test_day_is_told_the_next_morning(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.DAILY)
    gather(tell, 1, at=at_paris(2, 7))
    gather(tell, 1, at=at_paris(2, 12))
    told = []
    for at in (at_paris(2, 8), at_paris(2, 20), at_paris(3, 7), at_paris(3, 8), at_paris(4, 8)):
        told.append(tell_digests(now=at))
        assert deliver(at).sent == told[-1]
    assert told == [1, 0, 0, 1, 0]
    subjects = [message.context["count"] for message in Message.objects.filter(template="digest")]
    assert subjects == [1, 1]


def test_digest_after_an_outage_is_one_and_says_what_is_still_so(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.DAILY)
    too_late, _ = (
        *gather(tell, 1, at=at_paris(2, 12), not_after=at_paris(5, 8)),
        *gather(tell, 1, at=at_paris(3, 12)),
    )
    assert tell_digests(now=at_paris(6, 20)) == 1
    too_late.refresh_from_db()
    assert (too_late.state, too_late.last_error) == ("skipped", "Trop tard\u00a0: le message n’avait plus d’objet.")
    assert Message.objects.get(template="digest").context["count"] == 1


def test_one_a_day_at_most_though_an_outage_delayed_one(smtp_sink: Sink, tell: Tell) -> None:
    """The delayed one leaves at once; what the regular one of that day would hold comes the day after."""
    wish(organisation=Frequency.DAILY)
    gather(tell, 1, at=at_paris(7, 11))
    gather(tell, 1, at=at_paris(8, 11))
    told = []
    for at in (at_paris(9, 7), at_paris(9, 8), at_paris(9, 20), at_paris(10, 8)):
        told.append(tell_digests(now=at))
        assert deliver(at).sent == told[-1]
    assert told == [1, 0, 0, 1]
    assert sum(message.context["count"] for message in Message.objects.filter(template="digest")) == 2


def test_one_a_week_at_most_though_an_outage_delayed_one(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.WEEKLY)
    gather(tell, 1, at=at_paris(2, 12))
    told = []
    for day, hour in ((14, 12), (15, 8), (16, 8), (22, 8)):
        told.append(tell_digests(now=at_paris(day, hour)))
        assert deliver(at_paris(day, hour)).sent == told[-1]
        if day == 14:
            gather(tell, 1, at=at_paris(14, 15))
    assert told == [1, 0, 0, 1]


def test_wish_that_changed_meanwhile_holds_for_what_waits(smtp_sink: Sink, tell: Tell) -> None:
    wishes = wish(organisation=Frequency.WEEKLY)
    gather(tell, 1, at=at_paris(2, 12))
    wishes.organisation = Frequency.DAILY
    actions.save_preferences(wishes, now=at_paris(2, 13))
    assert tell_digests(now=at_paris(3, 8)) == 1
    gather(tell, 1, at=at_paris(3, 12))
    actions.refuse_kinds(address=wishes.address, kinds=[Kind.ORGANISATION], now=at_paris(3, 13))
    assert tell_digests(now=at_paris(4, 8)) == 0
    assert Message.objects.filter(state="skipped").count() == 1


def test_what_waits_leaves_by_itself_once_its_reader_wishes_it_at_once(smtp_sink: Sink, tell: Tell) -> None:
    wishes = wish(organisation=Frequency.WEEKLY)
    [before] = gather(tell, 1, at=at_paris(7, 7))
    gather(tell, 1, at=at_paris(7, 12), weekly=True)
    gather(tell, 1, at=at_paris(7, 13))
    wishes.organisation = Frequency.INSTANT
    actions.save_preferences(wishes, now=at_paris(7, 16))
    assert tell_digests(now=at_paris(7, 16)) == 0
    assert deliver(at_paris(7, 16)) == Tally(sent=2)
    before.refresh_from_db()
    assert before.state == "sent"
    # What is of one week whatever is wished waits on.
    assert [tell_digests(now=at_paris(8, hour)) for hour in (7, 8)] == [0, 1]


@pytest.mark.parametrize(("frequency", "step"), [("daily", 1), ("weekly", 7)])
def test_nothing_of_another_time_zone_waits_for_ever(smtp_sink: Sink, tell: Tell, frequency: str, step: int) -> None:
    wish(organisation=frequency)
    for turn in range(3):
        at = at_paris(7, 12) + turn * step * 24 * HOUR
        gather(tell, 1, at=at, time_zone="Europe/Paris")
        gather(tell, 1, at=at + HOUR, time_zone="Indian/Reunion")
        told = [tell_digests(now=at + hours * HOUR) for hours in range(2, 24)]
        deliver(at + 23 * HOUR)
        assert sum(told) == 1
    assert not Message.objects.awaiting_digest().exists()


@pytest.mark.parametrize(("days", "told_at"), [(range(1, 40), 5), (range(1, 9), 8)])
def test_week_of_one_place_is_told_although_another_has_its_digest_every_day(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch, days: range, told_at: int
) -> None:
    """The day’s digest of Réunion is written at five in Paris, before the week’s of Paris at eight."""
    monkeypatch.setitem(kinds._kinds, "code", Kind.VOLUNTEERING)
    wish(organisation="weekly", volunteering="daily")
    told: dict[str, dt.datetime] = {}
    for hour in range(24 * 35):
        at = at_paris(2, 0) + hour * HOUR
        if at == at_paris(8, 6):
            tell("week", time_zone="Europe/Paris", now=at)
        elif hour % 24 == 4 and 2 + hour // 24 in days:
            tell(f"day {hour}", "code", context={"code": "1"}, time_zone="Indian/Reunion", now=at)
        deliver(at)
        tell_digests(now=at)
        for one in Message.objects.exclude(gathered_into=None).exclude(key__in=told):
            told[one.key] = at
    # Tuesday’s digest was written when it came: it is in that of Wednesday.
    assert told["week"] == at_paris(9, told_at)
    written = [one.created_at.date() for one in Message.objects.filter(template="digest")]
    assert len(written) == len(set(written)) > 5


def test_week_is_told_with_the_day_of_a_place_where_it_is_tuesday_already(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One digest that day, and nobody waits for another day."""
    monkeypatch.setitem(kinds._kinds, "code", Kind.VOLUNTEERING)
    wish(organisation="weekly", volunteering="daily")
    gather(tell, 1, at=at_paris(5, 12), time_zone="Europe/Paris")
    tell("day", "code", context={"code": "1"}, now=at_paris(7, 12), time_zone="Indian/Reunion")
    deliver(at_paris(7, 12))
    assert [tell_digests(now=at_paris(8, hour)) for hour in (4, 5, 8, 9)] == [0, 1, 0, 0]
    assert Message.objects.get(template="digest").context["count"] == 2


def test_digest_of_one_says_it_and_that_of_many_tells_the_last_in_brief(tell: Tell, smtp_sink: Sink) -> None:
    wish(organisation=Frequency.DAILY)
    gather(tell, 1, at=at_paris(2, 12))
    tell_digests(now=at_paris(3, 8))
    for number in range(32):
        facts = HELLO | {"day": f"jour {number}", "url": f"https://portail.example.org/{number}/"}
        tell(f"hello:{number}", context=facts, now=at_paris(3, 12))
    assert deliver(at_paris(3, 12)) == Tally(sent=1, gathered=32)
    tell_digests(now=at_paris(4, 8))
    deliver(at_paris(4, 8))
    one, many = (mail for _, mail in smtp_sink.taken)
    assert one["Subject"] == "Atelier du mardi 1er décembre & « L’Atelier <Lille> »"
    assert many["Subject"] == "32 nouvelles de votre portail"
    text, html = text_of(many), many.get_body(("html",))
    assert html is not None
    for number in range(32):
        assert f"* Atelier du jour {number} & « L’Atelier <Lille> »" in text
        assert f"https://portail.example.org/{number}/" in text
        assert f'href="https://portail.example.org/{number}/"' in html.get_content()
    assert [f"L’atelier du jour {number} a lieu" in text for number in (29, 30, 31)] == [True, False, False]


def test_what_has_no_one_link_is_told_in_full_wherever_it_stands(
    tell: Tell, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "IN_FULL", 1)
    monkeypatch.setitem(kinds._kinds, "code", Kind.ORGANISATION)
    wish(organisation=Frequency.DAILY)
    gather(tell, 2, at=at_paris(2, 12))
    tell("code", template="code", context={"code": "482 913"}, now=at_paris(2, 12))
    deliver(at_paris(2, 12))
    tell_digests(now=at_paris(3, 8))
    told = Message.objects.get(template="digest").context
    assert ([one["template"] for one in told["items"]], len(told["briefly"])) == (["hello", "code"], 1)


def test_who_waits_for_tuesday_does_not_stand_before_who_hears_every_day(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "ADDRESSES_AT_ONCE", 2)
    for letter in "abcde":
        address = f"{letter}@example.org"
        wish(address, organisation=Frequency.DAILY if letter == "e" else Frequency.WEEKLY)
        tell(letter, to=(address, ""), now=at_paris(2, 12))
    assert deliver(at_paris(2, 12)) == Tally(gathered=5)
    with CaptureQueriesContext(connection) as asked:
        assert tell_digests(now=at_paris(2, 13)) == 0
    assert len(asked) == 1, "nobody's hour has come: nobody is looked at"
    assert [tell_digests(now=at_paris(day, 8)) for day in (3, 8)] == [1, 4]


def test_digest_goes_to_the_longest_address(smtp_sink: Sink, tell: Tell) -> None:
    address = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.org"
    assert len(address) == 254
    wish(address, organisation=Frequency.DAILY)
    tell(to=(address, ""), now=at_paris(2, 12))
    deliver(at_paris(2, 12))
    assert tell_digests(now=at_paris(3, 8)) == 1
    assert Message.objects.get(template="digest").to_email == address


def test_fault_in_one_digest_holds_up_no_other(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(kinds._kinds, "broken", Kind.ORGANISATION)
    for letter, template in (("a", "broken"), ("b", "hello")):
        wish(f"{letter}@example.org", organisation=Frequency.DAILY)
        tell(letter, template=template, to=(f"{letter}@example.org", ""), now=at_paris(2, 12))
    deliver(at_paris(2, 12))
    assert tell_digests(now=at_paris(3, 8)) == 1
    assert Message.objects.get(template="digest").to_email == "b@example.org"
    assert "A digest could not be written" in caplog.text


def test_digest_keeps_the_quiet_hours(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation=Frequency.DAILY)
    gather(tell, 1, at=at_paris(2, 12))
    assert tell_digests(now=at_paris(3, 23)) == 1
    assert deliver(at_paris(3, 23)) == Tally(postponed=1)


def test_digests_that_were_held_back_leave_as_one(smtp_sink: Sink, tell: Tell) -> None:
    """An operator holds digests back for three weeks."""
    wish(organisation="weekly")
    pause = Pause.objects.create(template="digest", reason="essai", created_at=NOW)
    for tuesday in (8, 15, 22):
        tell(f"week {tuesday}", now=at_paris(tuesday - 1, 12))
        assert deliver(at_paris(tuesday - 1, 12)).gathered == 1
        assert tell_digests(now=at_paris(tuesday, 8)) == 1
        assert deliver(at_paris(tuesday, 8)) == Tally()
    pause.delete()
    assert deliver(at_paris(23, 9)) == Tally(sent=1)
    digests_written = Message.objects.filter(template="digest").order_by("pk")
    assert [(one.state, one.last_error) for one in digests_written] == [
        ("skipped", "Repris dans un récapitulatif plus récent."),
        ("skipped", "Repris dans un récapitulatif plus récent."),
        ("sent", ""),
    ]
    [(_, mail)] = smtp_sink.taken
    assert mail["Subject"] == "3 nouvelles de votre portail"
    assert digests_written[2].gathers.count() == 3


@pytest.mark.parametrize("released", [(8, 10), (9, 10), (11, 7)])
def test_who_hears_once_a_week_hears_once_although_a_kind_was_held_back(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch, released: tuple[int, int]
) -> None:
    """Held back on Tuesday at eight, and released after the digest has left."""
    monkeypatch.setitem(kinds._kinds, "code", Kind.VOLUNTEERING)
    wish(organisation="weekly", volunteering="weekly")
    tell("free", now=at_paris(7, 12))
    tell("held", "code", context={"code": "1"}, now=at_paris(7, 12))
    assert deliver(at_paris(7, 12)) == Tally(gathered=2)
    pause = Pause.objects.create(template="code", reason="essai", created_at=at_paris(7, 13))
    told_at = []
    for hour in range(24 * 9):
        at = at_paris(8, 0) + hour * HOUR
        if at == at_paris(*released):
            pause.delete()
        tell_digests(now=at)
        told_at += [at] * deliver(at).sent
    assert told_at == [at_paris(8, 8), at_paris(15, 8)]
    assert not Message.objects.awaiting_digest().exists()


@pytest.mark.parametrize(("frequency", "next_told"), [("weekly", 15), ("daily", 9)])
def test_what_a_pause_kept_from_its_digest_is_told_late_in_it(
    smtp_sink: Sink, tell: Tell, frequency: str, next_told: int
) -> None:
    wish(organisation=frequency)
    pause = Pause.objects.create(reason="essai", created_at=NOW)
    tell("monday", now=at_paris(7, 15))
    assert deliver(at_paris(8, 8)) == Tally()
    pause.delete()
    assert deliver(at_paris(8, 9)) == Tally(gathered=1)
    tell("tuesday", now=at_paris(8, 9))
    assert deliver(at_paris(8, 9)) == Tally(gathered=1)
    assert tell_digests(now=at_paris(8, 9)) == 1
    assert [one.key for one in Message.objects.get(template="digest").gathers.all()] == ["monday"]
    assert [day for day in range(8, 23) if tell_digests(now=at_paris(day, 10))] == [next_told]


def test_what_a_pause_kept_from_its_digest_waits_when_one_was_written(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._kinds, "code", Kind.ORGANISATION)
    wish(organisation="weekly")
    pause = Pause.objects.create(template="code", reason="essai", created_at=NOW)
    tell("held", "code", context={"code": "1"}, now=at_paris(7, 15))
    gather(tell, 1, at=at_paris(7, 15))
    assert tell_digests(now=at_paris(8, 8)) == 1
    assert deliver(at_paris(8, 8)) == Tally(sent=1)
    pause.delete()
    assert deliver(at_paris(8, 9)) == Tally(gathered=1)
    assert [day for day in range(8, 23) if tell_digests(now=at_paris(day, 10))] == [15]


# --- links ------------------------------------------------------------------------------------------


def link(mail_text: str, label: str) -> str:
    found = re.search(rf"{label}\s:\shttps://portail.example.org(\S+)", mail_text)
    assert found
    return found[1]


def test_one_click_of_a_mail_program_refuses_that_kind_alone(smtp_sink: Sink, tell: Tell) -> None:
    tell(to=("Ana@Example.org", "Ana"))
    deliver()
    [(_, mail)] = smtp_sink.taken
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].removeprefix("<https://portail.example.org").removesuffix(">")
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    assert not Preferences.objects.exists()
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    wishes = preferences_of("ana@example.org")
    assert [(kind, wishes.frequency(kind)) for kind in Kind if wishes.frequency(kind) == Frequency.NEVER] == [
        (Kind.ORGANISATION, Frequency.NEVER)
    ]
    tell("again")
    assert deliver() == Tally(skipped=1)


def test_digest_is_refused_with_all_that_it_holds(
    smtp_sink: Sink, tell: Tell, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(organisation=Frequency.DAILY)
    monkeypatch.setitem(kinds._kinds, "code", Kind.SUGGESTIONS)
    tell("other", template="code", context={"code": "x"}, now=at_paris(2, 12))
    gather_at = at_paris(2, 12)
    tell("hello", now=gather_at)
    assert deliver(gather_at) == Tally(gathered=2)
    tell_digests(now=at_paris(8, 8))
    deliver(at_paris(8, 8))
    [(_, mail)] = smtp_sink.taken
    page = client.post(link(text_of(mail), "Ne plus recevoir ceux-ci")).text
    assert [kind for kind in Kind if str(kind.label) in page] == [Kind.SUGGESTIONS, Kind.ORGANISATION]
    wishes = preferences_of("ana@example.org")
    assert (wishes.suggestions, wishes.organisation, wishes.reminders) == ("never", "never", "instant")


def test_wishes_are_chosen_by_a_link_without_login(smtp_sink: Sink, tell: Tell, client: Client) -> None:
    tell()
    deliver()
    [(_, mail)] = smtp_sink.taken
    path = link(text_of(mail), "Choisir mes courriels")
    assert "ana@example.org" in client.get(path).text
    chosen = dict.fromkeys(Kind.values, Frequency.NEVER.value) | {
        "quiet_from": "20:00",
        "quiet_until": "09:30",
        "time_zone": "Indian/Reunion",
    }
    assert client.post(path, chosen).status_code == 302
    assert client.post(path, chosen | {"suggestions": "daily"}).status_code == 302
    wishes = Preferences.objects.get()
    assert (wishes.address, wishes.suggestions, wishes.reports) == ("ana@example.org", "daily", "never")
    assert (wishes.quiet_until, wishes.time_zone) == (dt.time(9, 30), "Indian/Reunion")
    for wrong in ({"suggestions": "x"}, {"reminders": "hourly"}, {"quiet_from": "25:00"}, {"time_zone": "Mars/Base"}):
        page = client.post(path, chosen | wrong)
        assert (page.status_code, "Corrigez pour continuer" in page.text) == (422, True)
    assert Preferences.objects.get().suggestions == "daily"


def test_link_serves_its_purpose_only(tell: Tell, client: Client) -> None:
    message = tell()
    preferences, unsubscribe = (
        url.removeprefix("https://portail.example.org")
        for url in (links.preferences_url(message), links.unsubscribe_url(message))
    )
    token, other = preferences.split("/")[2], unsubscribe.split("/")[2]
    for path in (
        reverse("mail:preferences", args=[other]),
        reverse("mail:unsubscribe", args=[token]),
        reverse("mail:preferences", args=[f"{message.pk}.x"]),
        reverse("mail:preferences", args=["x"]),
        reverse("mail:unsubscribe", args=[f"{message.pk + 1}.{other.partition('.')[2]}"]),
    ):
        assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)
    assert not Suppression.objects.exists()


ELSEWHERE = "ana@ailleurs.example.org"


def changed_by_its_reader(_message: Message) -> None:
    actions.follow_to(was="ana@example.org", becomes=ELSEWHERE, reader=7, now=NOW)


def sent_again(message: Message) -> None:
    readers.readdress(message, readers.Mailbox(ELSEWHERE, "Ana", "fr"))


@pytest.mark.parametrize("move", [changed_by_its_reader, sent_again])
@pytest.mark.parametrize("marked", [True, False])
def test_link_in_a_former_mailbox_shows_and_changes_nothing(
    tell: Tell, client: Client, move: Callable[[Message], None], *, marked: bool
) -> None:
    """The message was tried before its reader had another address; links of former releases name no address."""
    message = tell(capacity="person:7")
    Message.objects.filter(pk=message.pk).update(attempts=1, last_error="the line dropped")
    paths = [path_of(links.preferences_url(message)), path_of(links.unsubscribe_url(message))]
    if not marked:
        bare = [links._signer(name).sign(str(message.pk)) for name in ("preferences", "unsubscribe")]
        paths = [reverse("mail:preferences", args=bare[:1]), reverse("mail:unsubscribe", args=bare[1:])]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    move(message)
    for path in paths:
        for page in (client.get(path), client.post(path, {"reminders": "never"})):
            assert (page.status_code, "Ce lien est celui d’une autre adresse" in page.text) == (410, True)
            assert ELSEWHERE not in page.text
    assert not Preferences.objects.exists()
    message.refresh_from_db()
    assert client.post(path_of(links.unsubscribe_url(message))).status_code == 200
    assert Preferences.objects.get().address == ELSEWHERE


def path_of(url: str) -> str:
    return url.removeprefix("https://portail.example.org")


def test_what_engages_cannot_be_refused_by_a_link(tell: Tell, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = links.unsubscribe_url(tell()).removeprefix("https://portail.example.org")
    monkeypatch.delitem(kinds._kinds, "hello")
    assert client.post(path).status_code == 404


def test_digest_that_leaves_late_says_only_what_is_still_so(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily")
    noon = at_paris(2, 12)
    tell("brief", now=noon, not_after=at_paris(4, 12))
    tell("lasting", now=noon)
    assert deliver(noon) == Tally(gathered=2)
    tell_digests(now=at_paris(3, 8))
    later = at_paris(5, 9)
    assert deliver(later) == Tally(sent=1)
    digest = Message.objects.get(template="digest")
    assert digest.gathers.count() == 2
    assert text_of(smtp_sink.taken[-1][1]).count("Atelier du mardi") == 1


def test_digest_of_which_nothing_is_left_stays(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily")
    noon = at_paris(2, 12)
    tell("brief", now=noon, not_after=at_paris(4, 12))
    deliver(noon)
    tell_digests(now=at_paris(3, 8))
    assert deliver(at_paris(5, 9)) == Tally(skipped=1)


def test_digest_that_is_written_does_not_tell_what_is_refused_since(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily", quiet_from=dt.time(22), quiet_until=dt.time(12))
    tell("one", now=at_paris(2, 13))
    deliver(at_paris(2, 13))
    tell_digests(now=at_paris(3, 8))
    assert deliver(at_paris(3, 8)) == Tally(postponed=1)
    actions.refuse_kinds(address="ana@example.org", kinds=[Kind.ORGANISATION], now=at_paris(3, 9))
    assert deliver(at_paris(3, 12)) == Tally(skipped=1)
    assert smtp_sink.recipients == []


def test_pause_holds_back_what_waits_for_a_digest(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily")
    noon = at_paris(2, 12)
    tell("one", now=noon)
    deliver(noon)
    pause = Pause.objects.create(template="hello", reason="essai", created_at=noon)
    assert tell_digests(now=at_paris(3, 8)) == 0
    pause.delete()
    assert tell_digests(now=at_paris(3, 9)) == 1


def test_night_that_its_reader_wishes_is_no_backlog(smtp_sink: Sink, tell: Tell) -> None:
    """Refused just before the quiet hours, it waits for the morning: nobody is called for it in the night."""
    evening = dt.datetime(2026, 12, 1, 20, 59, tzinfo=dt.UTC)  # 21:59 in Paris
    smtp_sink.answers["ana@example.org"] = "451 4.7.1 come back"
    message = tell(now=evening, time_zone="Europe/Paris")
    assert deliver(evening) == Tally(postponed=1)
    message.refresh_from_db()
    assert mail_figures(evening + HOUR / 60).due == 1
    assert deliver(message.next_attempt_at) == Tally(postponed=1)
    assert mail_figures(evening + 5 * HOUR).due == 0
    morning = dt.datetime(2026, 12, 2, 6, 10, tzinfo=dt.UTC)  # 7:10 in Paris
    figures = mail_figures(morning)
    assert (figures.due, figures.waiting_since) == (1, morning - HOUR / 6)
    smtp_sink.answers.clear()
    assert deliver(morning) == Tally(sent=1)


@pytest.mark.parametrize("held", ["code", "hello"])
def test_pause_takes_its_kind_out_of_a_digest_that_is_written(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """The rest leaves; what is held back is in no other digest either, until it is let go, and then in the next one."""
    monkeypatch.setitem(kinds._kinds, "code", Kind.ORGANISATION)
    wish(organisation="daily")
    tell("hello", now=at_paris(2, 12))
    tell("code", "code", context={"code": "482 913"}, now=at_paris(2, 12))
    assert deliver(at_paris(2, 12)) == Tally(gathered=2)
    assert tell_digests(now=at_paris(3, 8)) == 1
    pause = Pause.objects.create(template=held, reason="Un modèle est faux.", created_at=at_paris(3, 8))
    assert deliver(at_paris(3, 9)) == Tally(sent=1)
    assert [tell_digests(now=at_paris(day, 8)) for day in (3, 4)] == [0, 0]
    assert deliver(at_paris(4, 9)) == Tally()
    pause.delete()
    assert deliver(at_paris(4, 12)) == Tally(gathered=1)
    assert tell_digests(now=at_paris(5, 8)) == 1
    assert deliver(at_paris(5, 8)) == Tally(sent=1)
    told = [("482 913" in text_of(mail), "L’Atelier <Lille>" in text_of(mail)) for _, mail in smtp_sink.taken]
    with_code, with_hello = (True, False), (False, True)
    assert told == ([with_hello, with_code] if held == "code" else [with_code, with_hello])


def test_digest_of_which_all_is_held_back_does_not_leave_and_nothing_is_lost(smtp_sink: Sink, tell: Tell) -> None:
    wish(organisation="daily")
    tell("has its hour", now=at_paris(2, 12), not_after=at_paris(4, 0))
    tell("has time", now=at_paris(2, 12))
    assert deliver(at_paris(2, 12)) == Tally(gathered=2)
    assert tell_digests(now=at_paris(3, 8)) == 1
    pause = Pause.objects.create(template="hello", reason="Un modèle est faux.", created_at=at_paris(3, 8))
    assert deliver(at_paris(3, 8)) == Tally(skipped=1)
    pause.delete()
    assert deliver(at_paris(3, 9)) == Tally(sent=1, gathered=1)
    assert tell_digests(now=at_paris(4, 8)) == 1
    assert deliver(at_paris(4, 8)) == Tally(sent=1)
