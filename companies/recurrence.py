"""Weekly openings expanded in local wall-clock time. No query, no clock."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule

SATURDAY = 6


class Occurrence(NamedTuple):
    """One dated opening, as two aware instants in the zone of the site."""

    starts_at: dt.datetime
    ends_at: dt.datetime


def weekly_occurrences(
    *,
    weekdays: Collection[int],
    start_time: dt.time,
    end_time: dt.time,
    from_date: dt.date,
    until_date: dt.date,
    zone: ZoneInfo,
) -> Iterator[Occurrence]:
    """Each date from `from_date` to `until_date` (both included) whose ISO weekday is asked for, in order.

    18:30 stays 18:30 on the wall when clocks change.
    """
    dates = rrule.rrule(
        rrule.DAILY,
        byweekday=[weekday - 1 for weekday in weekdays],
        dtstart=dt.datetime.combine(from_date, dt.time()),
        until=dt.datetime.combine(until_date, dt.time()),
    )
    for date in dates:
        yield Occurrence(
            dt.datetime.combine(date, start_time, tzinfo=zone), dt.datetime.combine(date, end_time, tzinfo=zone)
        )


def is_evening_or_weekend(starts_at: dt.datetime, *, evening_starts_at: dt.time) -> bool:
    """Whether a period that starts at this local instant is outside office hours.

    Evening: from `evening_starts_at` on, Monday to Friday. Weekend: Saturday and Sunday, all day.
    """
    return starts_at.isoweekday() >= SATURDAY or starts_at.time() >= evening_starts_at
