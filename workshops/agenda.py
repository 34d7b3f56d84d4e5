"""Weeks and months of a company's rooms: what is free, asked for, booked, or taken by their own calendars."""

from __future__ import annotations

import calendar as almanac
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from companies.models import BusyTime, Company, Room, Slot
from workshops.models import Booking


class Entry(NamedTuple):
    """Something that happens in a room; `kind` is free, blocked (its room is taken), pending, booked or busy."""

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


def schedule(company: Company, days: list[dt.date], *, room: Room | None = None) -> list[Day]:
    """What happens on these days, each on the clock of its site; what lasts several days stands on each of them."""
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    busy = _busy(company, days, room)
    for entry in busy:
        for part in _days_of(entry):
            by_day[part.starts_at.astimezone(ZoneInfo(part.zone)).date()].append(part)
    for entry in _slots(company, days, room):
        blocked = entry.kind == "free" and any(
            one.room == entry.room and one.starts_at < entry.ends_at and entry.starts_at < one.ends_at for one in busy
        )
        shown = entry._replace(kind="blocked") if blocked else entry
        by_day[entry.starts_at.astimezone(ZoneInfo(entry.zone)).date()].append(shown)
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


def _slots(company: Company, days: list[dt.date], room: Room | None) -> Iterator[Entry]:
    slots = Slot.objects.of_company(company).filter(state=Slot.State.OPEN, local_date__range=(days[0], days[-1]))
    if room is not None:
        slots = slots.filter(room=room)
    shown = list(slots.with_place().order_by("starts_at", "pk"))
    waiting = Booking.objects.filter(slot__in=shown, state__in=[*Booking.LIVE, Booking.State.PENDING])
    bookings: dict[int, Booking] = {}
    for booking in waiting.select_related("association").order_by("-pk"):
        if booking.state in Booking.LIVE or booking.slot_id not in bookings:
            bookings[booking.slot_id] = booking
    for slot in shown:
        held = bookings.get(slot.pk)
        kind = "free" if held is None else "pending" if held.state == Booking.State.PENDING else "booked"
        yield Entry(slot.starts_at, slot.ends_at, slot.time_zone, slot.room, kind, slot, held)


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
