"""A room's own calendar, read: what takes the room, what does not, and what is refused with a reason."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.busy import Busy, UnreadableCalendar, read_busy
from companies.busy_apart import read_busy_apart

PARIS = ZoneInfo("Europe/Paris")
SINCE, UNTIL = dt.datetime(2026, 12, 1, tzinfo=dt.UTC), dt.datetime(2027, 12, 1, tzinfo=dt.UTC)


def calendar(*events: str, other: str = "") -> bytes:
    made = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{other}{made}END:VCALENDAR\r\n".encode()


def read(*events: str, other: str = "", zone: ZoneInfo = PARIS) -> list[tuple[str, str]]:
    found = read_busy(calendar(*events, other=other), zone=zone, since=SINCE, until=UNTIL)
    return [(f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%m-%d %H:%M}") for one in found]


def test_mark_before_the_file_is_no_part_of_it() -> None:
    file = "\ufeff".encode() + calendar("DTSTART:20261208T173000Z\r\nDTEND:20261208T193000Z")
    assert len(read_busy(file, zone=PARIS, since=SINCE, until=UNTIL)) == 1


@pytest.mark.parametrize(
    ("event", "busy"),
    [
        ("DTSTART:20261208T173000Z\r\nDTEND:20261208T193000Z", [("12-08 17:30", "12-08 19:30")]),
        ("DTSTART:20261208T183000\r\nDTEND:20261208T203000", [("12-08 17:30", "12-08 19:30")]),
        ("DTSTART;TZID=America/Cayenne:20261208T143000\r\nDURATION:PT2H", [("12-08 17:30", "12-08 19:30")]),
        ("DTSTART;VALUE=DATE:20261208", [("12-07 23:00", "12-08 23:00")]),
        ("DTSTART;VALUE=DATE:20261208\r\nDTEND;VALUE=DATE:20261210", [("12-07 23:00", "12-09 23:00")]),
        ("DTSTART:20261208T173000Z", []),
        ("DTSTART:20251208T173000Z\r\nDTEND:20251208T193000Z", []),
        ("DTSTART:20261130T230000Z\r\nDTEND:20261201T010000Z", [("12-01 00:00", "12-01 01:00")]),
        ("DTSTART:20261208T173000Z\r\nDTEND:20261208T193000Z\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20261208T173000Z\r\nDTEND:20261208T193000Z\r\nTRANSP:TRANSPARENT", []),
        ("SUMMARY:sans date", []),
    ],
)
def test_event_takes_the_room_for_as_long_as_it_says(event: str, busy: list[tuple[str, str]]) -> None:
    assert read(event) == busy


def test_repeated_event_keeps_its_hour_across_the_change_of_clocks_and_its_exceptions() -> None:
    weekly = (
        "DTSTART;TZID=Europe/Paris:20270318T183000\r\nDTEND;TZID=Europe/Paris:20270318T203000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Paris:20270325T183000"
    )
    assert [start for start, _ in read(weekly)] == ["03-18 17:30", "04-01 16:30", "04-08 16:30"]


def test_events_that_share_a_number_all_take_the_room() -> None:
    first, second = (f"UID:same\r\nDTSTART:202612{day:02}T173000Z\r\nDURATION:PT1H" for day in (8, 15))
    events = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in (first, second))
    assert [start for start, _ in read(other=events)] == ["12-08 17:30", "12-15 17:30"]


@pytest.mark.parametrize("start", ["DTSTART;TZID=Europe/Paris:20261210T180000", "DTSTART:20261210T170000Z"])
def test_rule_until_a_day_holds_that_day(start: str) -> None:
    """RFC 2445 let a rule of hours end on a day; RFC 5545 does not, and programs still write it."""
    weekly = f"{start}\r\nDURATION:PT2H\r\nRRULE:FREQ=WEEKLY;UNTIL=20261224"
    assert [begin for begin, _ in read(weekly)] == ["12-10 17:00", "12-17 17:00", "12-24 17:00"]


def test_periods_that_touch_are_one() -> None:
    assert read(
        "DTSTART:20261208T190000Z\r\nDTEND:20261208T200000Z",
        "DTSTART:20261208T173000Z\r\nDTEND:20261208T190000Z",
        "DTSTART:20261208T180000Z\r\nDTEND:20261208T183000Z",
    ) == [("12-08 17:30", "12-08 20:00")]


def test_free_and_busy_periods_are_read_too() -> None:
    periods = (
        "BEGIN:VFREEBUSY\r\nUID:f\r\nFREEBUSY:20261208T173000Z/PT2H\r\n"
        "FREEBUSY;FBTYPE=FREE:20261209T173000Z/PT2H\r\nEND:VFREEBUSY\r\n"
    )
    assert read(other=periods) == [("12-08 17:30", "12-08 19:30")]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "Ce n’est pas un calendrier"),
        (b"\xff\xfe\x00", "Ce n’est pas un calendrier"),
        (b"<html>BEGIN:VCALENDAR</html>", "abîmé"),
        (b"BEGIN:VCALENDAR" + b"x" * 5_000_001, "dépasse 5"),
        (calendar("DTSTART:20261332T173000Z\r\nDTEND:20261208T193000Z"), "abîmé (propriété DTSTART)"),
        (calendar("DTSTART:20261208T173000Z\r\nRRULE:FREQ=SOMETIMES"), "abîmé (propriété RRULE)"),
        (calendar("DTSTART:20261208T173000Z\r\nRRULE:FREQ=WEEKLY;INTERVAL=0"), "abîmé (propriété RRULE)"),
        (calendar("DTSTART:20261208T173000Z\r\nRDATE;VALUE=TIME:083000"), "abîmé (propriété RDATE)"),
        (calendar("DTSTART:20261208T173000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY"), "plusieurs fois par jour"),
        (calendar("DTSTART:20261208T173000Z\r\nRRULE:FREQ=DAILY;BYHOUR=8,9,10"), "plusieurs fois par jour"),
        (calendar(*["DTSTART:20261208T173000Z"] * 5001), "plus de 5000 événements"),
        *(
            (calendar("DTSTART:20261208T173000Z\r\nDURATION:PT1H", "DTSTART:20261209T173000Z")[:-cut], "incomplet")
            for cut in (8, 18, 40, 70)
        ),
        (
            calendar(*["DTSTART:19700101T173000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"] * 50),
            "trop d’événements anciens",
        ),
        (
            calendar(*["DTSTART:20261208T173000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY"] * 4999),
            "trop d’événements qui se répètent",
        ),
    ],
)
def test_file_that_cannot_be_read_says_why(file: bytes, said: str) -> None:
    with pytest.raises(UnreadableCalendar) as refusal:
        read_busy(file, zone=PARIS, since=SINCE, until=UNTIL)
    assert said in str(refusal.value)


@given(st.binary(max_size=200))
def test_no_file_makes_it_crash(tail: bytes) -> None:
    file = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + tail + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    with suppress(UnreadableCalendar):
        read_busy(file, zone=PARIS, since=SINCE, until=UNTIL)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 50)), max_size=12))
def test_joined_periods_cover_what_the_events_cover(spans: list[tuple[int, int]]) -> None:
    """Against the slow and obvious model: each hour, taken or not."""
    events = [
        f"DTSTART:{SINCE + dt.timedelta(hours=start):%Y%m%dT%H%M%SZ}\r\nDURATION:PT{length}H" for start, length in spans
    ]
    found = read_busy(calendar(*events), zone=PARIS, since=SINCE, until=UNTIL)
    hours = {start + hour for start, length in spans for hour in range(length)}
    assert {
        hour
        for hour in range(400)
        if any(one.starts_at <= SINCE + dt.timedelta(hours=hour) < one.ends_at for one in found)
    } == hours
    assert all(first.ends_at < second.starts_at for first, second in pairwise(found))
    assert found == sorted(found)
    assert all(isinstance(one, Busy) for one in found)


def test_rule_that_never_comes_true_holds_nobody_up() -> None:
    never = calendar(*["DTSTART:20261208T173000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 12)
    began = time.monotonic()
    with pytest.raises(UnreadableCalendar, match="trop long à lire"):
        read_busy_apart(never, zone=PARIS, since=SINCE, until=UNTIL, seconds=2)
    assert time.monotonic() - began < 5


def test_reading_apart_gives_what_reading_gives() -> None:
    file = calendar("DTSTART:20261208T173000Z\r\nDTEND:20261208T193000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3")
    span: dict[str, Any] = {"zone": PARIS, "since": SINCE, "until": UNTIL}
    assert read_busy_apart(file, **span) == read_busy(file, **span)
    with pytest.raises(UnreadableCalendar, match="Ce n’est pas un calendrier"):
        read_busy_apart(b"x", **span)
