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
    """Something that happens in a room; `kind` is free, pending, booked or busy."""

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
    """What happens on these days, each on the clock of its site."""
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    for entry in [*_slots(company, days, room), *_busy(company, days, room)]:
        by_day[entry.starts_at.astimezone(ZoneInfo(entry.zone)).date()].append(entry)
    return [Day(day, sorted(by_day[day], key=lambda one: (one.starts_at, one.room.name))) for day in days]


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


def _busy(company: Company, days: list[dt.date], room: Room | None) -> Iterator[Entry]:
    # A day more on either side: the sites' clocks are up to a day apart.
    first, last = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (days[0], days[-1]))
    around = BusyTime.objects.filter(
        room__site__company=company,
        starts_at__lt=last + dt.timedelta(days=2),
        ends_at__gt=first - dt.timedelta(days=1),
    )
    if room is not None:
        around = around.filter(room=room)
    for one in around.select_related("room__site").order_by("starts_at", "pk"):
        yield Entry(one.starts_at, one.ends_at, one.room.site.time_zone, one.room, "busy", None, None)
