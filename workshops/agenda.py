"""Weeks and months of a company's rooms: what is free, asked for, booked, or taken by their own calendars."""

from __future__ import annotations

import calendar as almanac
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from companies.models import BusyTime, Company, Room, Slot
from workshops.models import Booking
from workshops.standing import standings


class Entry(NamedTuple):
    """Something that happens in a room; `kind` is that of a slot's standing, or busy."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    room: Room
    kind: str
    slot: Slot | None
    booking: Booking | None


class Day(NamedTuple):
    """A day and its entries, the earliest first."""

    date: dt.date
    entries: list[Entry]


def week_days(day: dt.date) -> list[dt.date]:
    """Monday to Sunday of the week of this day."""
    monday = day - dt.timedelta(days=day.weekday())
    return [monday + dt.timedelta(days=number) for number in range(7)]


def month_days(day: dt.date) -> list[dt.date]:
    """All days of the month of this day."""
    return [day.replace(day=number) for number in range(1, almanac.monthrange(day.year, day.month)[1] + 1)]


def today_of(rooms: Sequence[Room], now: dt.datetime) -> dt.date:
    """The day that it is where the first of these rooms is; in mainland France when there is none."""
    zone = rooms[0].site.time_zone if rooms else settings.TIME_ZONE
    return now.astimezone(ZoneInfo(zone)).date()


def schedule(company: Company, days: list[dt.date], now: dt.datetime, *, room: Room | None = None) -> list[Day]:
    """What happens on these days, each on the clock of its site; what lasts several days stands on each of them."""
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    for entry in _busy(company, days, room):
        for part in _days_of(entry):
            by_day[part.starts_at.astimezone(ZoneInfo(part.zone)).date()].append(part)
    for entry in _slots(company, days, now, room):
        by_day[entry.starts_at.astimezone(ZoneInfo(entry.zone)).date()].append(entry)
    return [Day(day, sorted(by_day[day], key=lambda one: (one.starts_at, one.room.name))) for day in days]


def _days_of(entry: Entry) -> Iterator[Entry]:
    """The parts of a period that fall on each day of its place."""
    zone = ZoneInfo(entry.zone)
    starts = entry.starts_at
    while starts < entry.ends_at:
        next_day = starts.astimezone(zone).date() + dt.timedelta(days=1)
        midnight = dt.datetime.combine(next_day, dt.time(), zone).astimezone(dt.UTC)
        yield entry._replace(starts_at=starts, ends_at=min(midnight, entry.ends_at))
        starts = midnight


def _slots(company: Company, days: list[dt.date], now: dt.datetime, room: Room | None) -> Iterator[Entry]:
    slots = Slot.objects.of_company(company).filter(state=Slot.State.OPEN, local_date__range=(days[0], days[-1]))
    if room is not None:
        slots = slots.filter(room=room)
    for slot, kind, booking in standings(slots.order_by("starts_at", "pk"), now):
        yield Entry(slot.starts_at, slot.ends_at, slot.time_zone, slot.room, kind, slot, booking)


def _busy(company: Company, days: list[dt.date], room: Room | None) -> list[Entry]:
    """Busy times, no further than a day around what is shown: the sites' clocks are up to a day apart."""
    first = dt.datetime.combine(days[0], dt.time(), dt.UTC) - dt.timedelta(days=1)
    last = dt.datetime.combine(days[-1], dt.time(), dt.UTC) + dt.timedelta(days=2)
    around = BusyTime.objects.filter(room__site__company=company, starts_at__lt=last, ends_at__gt=first)
    if room is not None:
        around = around.filter(room=room)
    return [
        Entry(max(one.starts_at, first), min(one.ends_at, last), one.room.site.time_zone, one.room, "busy", None, None)
        for one in around.select_related("room__site").order_by("starts_at", "pk")
    ]
