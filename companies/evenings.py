"""Evenings that nobody has opened, in rooms that exist: when each room could be open once more."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from companies.models import Availability, BusyTime, Room, Slot
from territories.holidays import public_holiday

type Hours = tuple[dt.time, dt.time]

# Of a room that has never been open in the evening.
USUAL_HOURS = (dt.time(18, 30), dt.time(20, 30))
# Of a weekend on which a room has never been open.
WEEKEND_HOURS = ((dt.time(10), dt.time(12)), (dt.time(14), dt.time(16)), USUAL_HOURS)
# A company is asked first: sooner, it is too late.
AHEAD = dt.timedelta(days=3)


class Evening(NamedTuple):
    """A room, and when it would be open."""

    room: Room
    starts_at: dt.datetime
    ends_at: dt.datetime


def evenings_of(
    rooms: Sequence[Room], since: dt.date, until: dt.date, *, now: dt.datetime, weekends: Sequence[Hours] = ()
) -> list[Evening]:
    """Any evening of the week, at the room's usual hours; weekends at those that it knows, or else at these.

    Not on public holidays, nor on days on which the room has a slot or is taken.
    """
    known = [(room, _usual(hours, weekends)) for room, hours in zip(rooms, _hours(rooms), strict=True)]
    taken = _taken(rooms, since, until)
    return [
        evening
        for room, hours in known
        for evening in _of_room(room, hours, since, until)
        if evening.starts_at >= now + AHEAD and (room.pk, evening.starts_at.date()) not in taken
    ]


def _hours(rooms: Sequence[Room]) -> list[dict[int, Hours]]:
    """Of each room, by day of the week, at what hours it was open last."""
    known: dict[int, dict[int, Hours]] = defaultdict(dict)
    series = Availability.objects.filter(room__in=rooms).order_by("pk")
    for room, weekdays, start, end in series.values_list("room", "weekdays", "start_time", "end_time"):
        known[room].update(dict.fromkeys(weekdays, (start, end)))
    return [known[room.pk] for room in rooms]


def _usual(known: dict[int, Hours], weekends: Sequence[Hours]) -> dict[int, list[Hours]]:
    """By day of the week, the hours that one would propose."""
    saturdays, early = settings.WEEKEND_DAYS, settings.EVENING_STARTS_AT
    evenings = {day: hours for day, hours in known.items() if day not in saturdays and hours[0] >= early}
    usual = next(reversed(evenings.values()), USUAL_HOURS)
    free = {day: [evenings.get(day, usual)] for day in range(1, 8) if day not in saturdays}
    return free | {day: [known[day]] if day in known else [*weekends] for day in saturdays}


def _of_room(room: Room, hours: dict[int, list[Hours]], since: dt.date, until: dt.date) -> Iterator[Evening]:
    """Day of the week by day of the week."""
    zone, departement = ZoneInfo(room.time_zone), room.site.commune.departement_id
    for weekday, start, end in ((day, *one) for day, each in sorted(hours.items()) for one in each):
        first = since + dt.timedelta(days=(weekday - since.isoweekday()) % 7)
        for week in range((until - first).days // 7 + 1):
            day = first + dt.timedelta(weeks=week)
            last = day if end > start else day + dt.timedelta(days=1)
            if not public_holiday(day, departement):
                yield Evening(room, dt.datetime.combine(day, start, zone), dt.datetime.combine(last, end, zone))


def _taken(rooms: Sequence[Room], since: dt.date, until: dt.date) -> set[tuple[int, dt.date]]:
    """Rooms and days on which they have a slot, or are taken by their own calendar."""
    days, zones = dt.timedelta(days=1), {room.pk: ZoneInfo(room.time_zone) for room in rooms}
    slots = Slot.objects.filter(room__in=rooms, state=Slot.State.OPEN, local_date__range=(since, until))
    taken = set(slots.values_list("room", "local_date"))
    busy = BusyTime.objects.filter(room__in=rooms, ends_at__date__gte=since - days, starts_at__date__lte=until + days)
    for room, start, end in busy.values_list("room", "starts_at", "ends_at"):
        first, last = (instant.astimezone(zones[room]).date() for instant in (start, end))
        taken |= {(room, first + days * ahead) for ahead in range((last - first).days + 1)}
    return taken
