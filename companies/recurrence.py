"""Regular openings expanded in local wall-clock time. No query, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule

MIDNIGHT = dt.time()


class Rule(NamedTuple):
    """When a room opens, on the clock of the wall.

    `weekdays` are ISO numbers (1 = Monday). With `ordinals` (1 to 4, -1 for the last) these weekdays of each month;
    without, every week or, with `every_weeks` 2, every second week from that of `anchor_date`.
    """

    weekdays: Sequence[int]
    start_time: dt.time
    end_time: dt.time
    anchor_date: dt.date
    every_weeks: int = 1
    ordinals: Sequence[int] = ()


class Occurrence(NamedTuple):
    """One dated opening, as two aware instants in the zone of the site.

    `date` is what the rule says; `moved` that its hour does not exist on that day, since clocks go forward.
    """

    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    moved: bool


def occurrences(rule: Rule, *, from_date: dt.date, until_date: dt.date, zone: ZoneInfo) -> Iterator[Occurrence]:
    """Each date of the rule from `from_date` to `until_date` (both included), in order.

    18:30 stays 18:30 on the wall when clocks change. An hour that is lost begins when the next one does.
    """
    for date in _dates(rule, from_date, until_date):
        yield occurrence(date, rule.start_time, rule.end_time, zone)


def _dates(rule: Rule, from_date: dt.date, until_date: dt.date) -> Iterator[dt.date]:
    start, end = (dt.datetime.combine(day, MIDNIGHT) for day in (from_date, until_date))
    days = [weekday - 1 for weekday in rule.weekdays]
    if rule.ordinals:
        nth = [rrule.weekday(day)(ordinal) for day in days for ordinal in rule.ordinals]
        found = rrule.rrule(rrule.MONTHLY, byweekday=nth, dtstart=start, until=end)
    elif rule.every_weeks == 1:
        found = rrule.rrule(rrule.WEEKLY, byweekday=days, dtstart=start, until=end)
    else:
        found = rrule.rrule(
            rrule.WEEKLY,
            interval=rule.every_weeks,
            byweekday=days,
            dtstart=_start_of_cycle(rule, from_date),
            until=end,
        )
    return (date.date() for date in found if date >= start)


def _start_of_cycle(rule: Rule, from_date: dt.date) -> dt.datetime:
    """The Monday of the last cycle that begins before `from_date`: what came earlier need not be counted again."""
    first = rule.anchor_date - dt.timedelta(days=rule.anchor_date.isoweekday() - 1)
    cycle = dt.timedelta(weeks=rule.every_weeks)
    passed = max((from_date - first) // cycle, 0)
    return dt.datetime.combine(first + passed * cycle, MIDNIGHT)


def occurrence(date: dt.date, start_time: dt.time, end_time: dt.time, zone: ZoneInfo) -> Occurrence:
    """One date from `start_time` to `end_time` on the clock of the wall; as long, when its first hour is lost."""
    starts_at = _on_the_wall(date, start_time, zone)
    ends_at = _on_the_wall(date, end_time, zone)
    moved = starts_at.time() != start_time
    if moved:
        lasts = dt.datetime.combine(date, end_time) - dt.datetime.combine(date, start_time)
        ends_at = (starts_at.astimezone(dt.UTC) + lasts).astimezone(zone)
    return Occurrence(date, starts_at, ends_at, moved or ends_at.time() != end_time)


def _on_the_wall(date: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The instant; the first of two when clocks go back, one hour later when they jumped over it."""
    return dt.datetime.combine(date, time, tzinfo=zone).astimezone(dt.UTC).astimezone(zone)


def is_evening_or_weekend(starts_at: dt.datetime, *, evening_starts_at: dt.time, weekend_days: Collection[int]) -> bool:
    """Whether a period that starts at this local instant is outside office hours.

    Weekend: all day, on these ISO numbers. Evening: from `evening_starts_at` on, on the other days.
    """
    return starts_at.isoweekday() in weekend_days or starts_at.time() >= evening_starts_at
