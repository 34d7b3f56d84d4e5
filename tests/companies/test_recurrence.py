import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.recurrence import is_evening_or_weekend, weekly_occurrences

PARIS = ZoneInfo("Europe/Paris")
EVENING = dt.time(18, 30)
DATES = st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1))


def starts(weekdays: list[int], first: dt.date, last: dt.date, zone: ZoneInfo = PARIS) -> list[dt.datetime]:
    found = weekly_occurrences(
        weekdays=weekdays,
        start_time=EVENING,
        end_time=dt.time(20, 30),
        from_date=first,
        until_date=last,
        zone=zone,
    )
    return [occurrence.starts_at for occurrence in found]


def test_evening_stays_on_the_wall_when_clocks_change() -> None:
    tuesdays = starts([2], dt.date(2027, 3, 23), dt.date(2027, 4, 6))
    assert [one.isoformat() for one in tuesdays] == [
        "2027-03-23T18:30:00+01:00",
        "2027-03-30T18:30:00+02:00",
        "2027-04-06T18:30:00+02:00",
    ]


def test_both_ends_of_the_season_count() -> None:
    assert [one.date().isoformat() for one in starts([2, 4], dt.date(2026, 12, 1), dt.date(2026, 12, 10))] == [
        "2026-12-01",
        "2026-12-03",
        "2026-12-08",
        "2026-12-10",
    ]


@given(
    weekdays=st.lists(st.integers(1, 7), min_size=1, unique=True),
    first=DATES,
    length=st.integers(0, 120),
    zone=st.sampled_from(["Europe/Paris", "Pacific/Noumea", "America/Martinique", "America/Miquelon"]),
)
def test_occurrences_are_the_days_asked_for(weekdays: list[int], first: dt.date, length: int, zone: str) -> None:
    last = first + dt.timedelta(days=length)
    expected = [
        day for offset in range(length + 1) if (day := first + dt.timedelta(days=offset)).isoweekday() in weekdays
    ]
    found = starts(weekdays, first, last, ZoneInfo(zone))
    assert [one.date() for one in found] == expected
    assert {one.time() for one in found} <= {EVENING}


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
    assert is_evening_or_weekend(at, evening_starts_at=dt.time(17)) == outside
