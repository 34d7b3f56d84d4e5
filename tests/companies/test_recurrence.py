"""Openings against dateutil's own calendar rules and against a slow model that walks day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from companies.recurrence import Occurrence, Rule, is_evening_or_weekend, occurrences
from territories.models import Commune

PARIS = ZoneInfo("Europe/Paris")
EVENING = dt.time(18, 30)
DATES = st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1))
WEEKDAYS = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True)
ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "America/Miquelon",
    "Indian/Mayotte",
    "America/St_Barthelemy",
    "America/Marigot",
    "Indian/Kerguelen",
    "Pacific/Wallis",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Gambier",
    "Pacific/Noumea",
    "Etc/GMT+8",
)


def weekly(weekdays: Sequence[int], anchor: dt.date, start: dt.time = EVENING, **fields: object) -> Rule:
    return Rule(weekdays, start, dt.time(20, 30), anchor, **fields)  # type: ignore[arg-type]  # every_weeks, ordinals


def dates(rule: Rule, first: dt.date, last: dt.date) -> list[dt.date]:
    return [one.date for one in occurrences(rule, from_date=first, until_date=last, zone=PARIS)]


def every_day(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def test_evening_stays_on_the_wall_when_clocks_change() -> None:
    first, last = dt.date(2027, 3, 23), dt.date(2027, 4, 6)
    found = occurrences(weekly([2], first), from_date=first, until_date=last, zone=PARIS)
    assert [one.starts_at.isoformat() for one in found] == [
        "2027-03-23T18:30:00+01:00",
        "2027-03-30T18:30:00+02:00",
        "2027-04-06T18:30:00+02:00",
    ]


@given(weekdays=WEEKDAYS, first=DATES, length=st.integers(0, 120))
def test_weekly_dates_are_the_days_asked_for(weekdays: list[int], first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    expected = [day for day in every_day(first, last) if day.isoweekday() in weekdays]
    assert dates(weekly(weekdays, first), first, last) == expected


@given(weekdays=WEEKDAYS, anchor=DATES, later=st.integers(0, 400), length=st.integers(0, 120))
def test_every_second_week_counts_from_the_anchor(
    weekdays: list[int], anchor: dt.date, later: int, length: int
) -> None:
    """The slow model: walk every day, and ask how many Mondays lie between it and the anchor."""
    first = anchor + dt.timedelta(days=later)
    last = first + dt.timedelta(days=length)
    week_of_anchor = anchor.toordinal() - anchor.isoweekday()
    expected = [
        day
        for day in every_day(first, last)
        if day.isoweekday() in weekdays and (day.toordinal() - day.isoweekday() - week_of_anchor) // 7 % 2 == 0
    ]
    assert dates(weekly(weekdays, anchor, every_weeks=2), first, last) == expected


def is_nth(day: dt.date, ordinal: int) -> bool:
    if ordinal > 0:
        return (day.day - 1) // 7 + 1 == ordinal
    return (day + dt.timedelta(days=7)).month != day.month


@given(
    weekdays=WEEKDAYS,
    ordinals=st.lists(st.sampled_from([1, 2, 3, 4, -1]), min_size=1, unique=True),
    first=DATES,
    length=st.integers(0, 200),
)
def test_nth_weekdays_of_each_month(weekdays: list[int], ordinals: list[int], first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    expected = [
        day
        for day in every_day(first, last)
        if day.isoweekday() in weekdays and any(is_nth(day, ordinal) for ordinal in ordinals)
    ]
    assert dates(weekly(weekdays, first, ordinals=ordinals), first, last) == expected


@given(weekdays=WEEKDAYS, anchor=DATES, weeks=st.integers(1, 2), length=st.integers(0, 200), cut=st.integers(0, 200))
def test_extending_gives_what_one_run_gives(
    weekdays: list[int], anchor: dt.date, weeks: int, length: int, cut: int
) -> None:
    rule = weekly(weekdays, anchor, every_weeks=weeks)
    last = anchor + dt.timedelta(days=length)
    middle = min(anchor + dt.timedelta(days=cut), last)
    tail = dates(rule, middle + dt.timedelta(days=1), last) if middle < last else []
    assert dates(rule, anchor, middle) + tail == dates(rule, anchor, last)


@given(weekdays=WEEKDAYS, anchor=DATES, length=st.integers(0, 300))
def test_dateutil_agrees_on_every_second_week(weekdays: list[int], anchor: dt.date, length: int) -> None:
    last = anchor + dt.timedelta(days=length)
    found = rrule.rrule(
        rrule.WEEKLY,
        interval=2,
        wkst=rrule.MO,
        byweekday=[day - 1 for day in weekdays],
        dtstart=dt.datetime.combine(anchor, dt.time()),
        until=dt.datetime.combine(last, dt.time()),
    )
    assert dates(weekly(weekdays, anchor, every_weeks=2), anchor, last) == [one.date() for one in found]


# --- clocks that change -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_zones_tried_are_those_of_all_communes() -> None:
    known = set(Commune.objects.exclude(time_zone="").values_list("time_zone", flat=True).distinct())
    assert known <= set(ZONES), known


@pytest.mark.parametrize("zone", ZONES)
def test_every_spring_and_autumn_until_2040(zone: str) -> None:
    """Each day from March and from October on, each half hour of night and evening: on the wall, or moved and said."""
    there = ZoneInfo(zone)
    for year in range(2026, 2041):
        for month in (3, 10):
            first = dt.date(year, month, 1)
            last = first + dt.timedelta(days=45)
            for half in (*range(9), *range(34, 46)):
                start = dt.time(half // 2, half % 2 * 30)
                end = dt.time((half + 1) // 2, (half + 1) % 2 * 30)
                rule = Rule(range(1, 8), start, end, first)
                found = list(occurrences(rule, from_date=first, until_date=last, zone=there))
                assert [one.date for one in found] == every_day(first, last)
                for one in found:
                    check_on_the_wall(one, start, end)


def check_on_the_wall(one: Occurrence, start: dt.time, end: dt.time) -> None:
    lasts = one.ends_at.astimezone(dt.UTC) - one.starts_at.astimezone(dt.UTC)
    if one.moved:
        assert one.starts_at.time() >= start
        assert dt.timedelta() < lasts <= dt.timedelta(minutes=30)
        return
    assert (one.starts_at.time(), one.ends_at.time(), one.starts_at.date()) == (start, end, one.date)
    # Half an hour on the wall, or an hour and a half when the hour between was lived twice.
    assert lasts in (dt.timedelta(minutes=30), dt.timedelta(minutes=90))


def test_lost_hour_is_moved_and_said() -> None:
    sunday = dt.date(2027, 3, 28)
    rule = Rule([7], dt.time(2, 30), dt.time(4), sunday)
    (one,) = occurrences(rule, from_date=sunday, until_date=sunday, zone=PARIS)
    assert (one.starts_at.isoformat(), one.ends_at.isoformat(), one.moved) == (
        "2027-03-28T03:30:00+02:00",
        "2027-03-28T05:00:00+02:00",
        True,
    )


@pytest.mark.parametrize(
    ("day", "time", "outside"),
    [
        ("2026-12-01", "16:59", False),
        ("2026-12-01", "17:00", True),
        ("2026-12-04", "09:00", False),
        ("2026-12-05", "09:00", True),
        ("2026-12-06", "09:00", True),
    ],
)
def test_evening_or_weekend(day: str, time: str, outside: bool) -> None:  # noqa: FBT001
    at = dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS)
    assert is_evening_or_weekend(at, evening_starts_at=dt.time(17), weekend_days=(6, 7)) == outside


def test_weekend_is_what_the_operator_says() -> None:
    friday, sunday = (dt.datetime(2026, 12, day, 9, tzinfo=PARIS) for day in (4, 6))
    hours = [is_evening_or_weekend(at, evening_starts_at=dt.time(17), weekend_days=(5, 6)) for at in (friday, sunday)]
    assert hours == [True, False]
