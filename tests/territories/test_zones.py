"""The same hour on the wall some days later, in every zone of France, over the nights that change the clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.zones import CLOCK_CHANGE, FRENCH_ZONES, days_later

ZONES = [zone for zone, _ in FRENCH_ZONES]


@pytest.mark.parametrize(
    ("zone", "instant", "days", "later"),
    [
        ("Europe/Paris", "2027-03-29T18:30+02:00", -2, "2027-03-27T18:30+01:00"),
        ("Europe/Paris", "2027-03-27T18:30+01:00", 2, "2027-03-29T18:30+02:00"),
        ("Europe/Paris", "2027-11-01T18:30+01:00", -2, "2027-10-30T18:30+02:00"),
        ("America/Miquelon", "2027-03-15T18:30-02:00", -3, "2027-03-12T18:30-03:00"),
        ("America/Miquelon", "2027-11-09T18:30-03:00", -7, "2027-11-02T18:30-02:00"),
        ("America/Martinique", "2027-03-29T18:30-04:00", -2, "2027-03-27T18:30-04:00"),
        # An hour that the clocks jump over is the next one.
        ("Europe/Paris", "2027-04-04T02:30+02:00", -7, "2027-03-28T03:30+02:00"),
        ("America/Miquelon", "2027-03-21T02:30-02:00", -7, "2027-03-14T03:30-02:00"),
        # An hour that comes twice is the first, also seen from the second.
        ("Europe/Paris", "2027-11-07T02:30+01:00", -7, "2027-10-31T02:30+02:00"),
        ("Europe/Paris", "2027-10-31T02:30+01:00", 0, "2027-10-31T02:30+02:00"),
        ("America/Miquelon", "2027-11-14T01:30-03:00", -7, "2027-11-07T01:30-02:00"),
    ],
)
def test_same_hour_stays_on_the_wall_when_clocks_change(zone: str, instant: str, days: int, later: str) -> None:
    found = days_later(dt.datetime.fromisoformat(instant), days, zone=zone)
    assert (found, found.tzinfo) == (dt.datetime.fromisoformat(later), dt.UTC)


@given(
    instant=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),
    days=st.integers(-30, 30),
    zone=st.sampled_from(ZONES),
)
def test_no_clock_changes_by_more_than_is_promised(instant: dt.datetime, days: int, zone: str) -> None:
    later, place = days_later(instant, days, zone=zone), ZoneInfo(zone)
    assert abs(later - instant - dt.timedelta(days=days)) <= CLOCK_CHANGE
    hours = [one.astimezone(place).replace(tzinfo=None) for one in (instant, later)]
    assert hours[1] - hours[0] - dt.timedelta(days=days) in (dt.timedelta(0), CLOCK_CHANGE)
