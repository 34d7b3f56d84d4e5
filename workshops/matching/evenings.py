"""Evenings that nobody has opened, in rooms that exist: as if they were slots, to ask whom they would serve."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from companies.models import Availability, BusyTime, Room, Slot, signatory
from territories.holidays import public_holiday
from workshops.matching.everything import Runs
from workshops.matching.reading import offers_of_rooms, period_bit

type Hours = tuple[dt.time, dt.time]

# Of a room that has never been open in the evening.
USUAL_HOURS = (dt.time(18, 30), dt.time(20, 30))
# A company is asked first: sooner, it is too late.
AHEAD = dt.timedelta(days=3)


class Evening(NamedTuple):
    """A room, and when it would be open."""

    room: Room
    starts_at: dt.datetime
    ends_at: dt.datetime


class Evenings(NamedTuple):
    """All of them, and the same as runs, whose slots are their places in `all`."""

    all: list[Evening]
    runs: Runs


def evenings_to_open(since: dt.date, until: dt.date, *, cells: Collection[int], now: dt.datetime) -> Evenings:
    """In rooms of signatories in these cells of the grid: any evening of the week, weekends where a room knows them.

    At its usual hours; not on public holidays, nor on days on which the room has a slot or is taken.
    """
    rooms = list(
        Room.objects.filter(signatory(now, "site__company__"), archived_at=None, cell__in=cells)
        .select_related("site__commune")
        .order_by("pk")
    )
    known = [(room, _usual(hours)) for room, hours in zip(rooms, _hours(rooms), strict=True)]
    taken = _taken(rooms, since, until)
    found = [
        evening
        for room, hours in known
        for evening in _of_room(room, hours, since, until)
        if evening.starts_at >= now + AHEAD and (room.pk, _day(evening)) not in taken
    ]
    return Evenings(found, _runs(found, now.date()))


def _hours(rooms: Sequence[Room]) -> list[dict[int, Hours]]:
    """Of each room, by day of the week, at what hours it was open last."""
    known: dict[int, dict[int, Hours]] = defaultdict(dict)
    series = Availability.objects.filter(room__in=rooms).order_by("pk")
    for room, weekdays, start, end in series.values_list("room", "weekdays", "start_time", "end_time"):
        known[room].update(dict.fromkeys(weekdays, (start, end)))
    return [known[room.pk] for room in rooms]


def _usual(known: dict[int, Hours]) -> dict[int, Hours]:
    """By day of the week, the hours that one would propose."""
    weekends = settings.WEEKEND_DAYS
    evenings = {
        day: hours for day, hours in known.items() if day not in weekends and hours[0] >= settings.EVENING_STARTS_AT
    }
    usual = next(reversed(evenings.values()), USUAL_HOURS)
    free = {day: evenings.get(day, usual) for day in range(1, 8) if day not in weekends}
    return free | {day: hours for day, hours in known.items() if day in weekends}


def _of_room(room: Room, hours: dict[int, Hours], since: dt.date, until: dt.date) -> Iterator[Evening]:
    """Day of the week by day of the week."""
    zone, departement = ZoneInfo(room.time_zone), room.site.commune.departement_id
    for weekday, (start, end) in sorted(hours.items()):
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


def _day(evening: Evening) -> dt.date:
    return evening.starts_at.date()


def _runs(evenings: list[Evening], today: dt.date) -> Runs:
    """Of one room and one day of the week, most often four."""
    heads = [
        next(same) for _, same in groupby(enumerate(evenings), lambda one: (one[1].room.pk, _day(one[1]).isoweekday()))
    ]
    first = [evening for _, evening in heads]
    days = np.array([_day(evening).toordinal() for evening in evenings], np.int64)
    ranks = np.empty(len(evenings), np.int64)
    ranks[np.lexsort((np.arange(len(evenings)), days))] = np.arange(len(evenings))
    starts = np.array([int(evening.starts_at.timestamp()) for evening in evenings], np.int64) * 1_000_000
    offers = offers_of_rooms([evening.room for evening in first])
    return Runs(
        offers=offers._replace(
            weekday=np.array([1 << _day(evening).isoweekday() for evening in first], np.int64),
            period=np.array([period_bit(evening.starts_at.time()) for evening in first], np.int64),
            posted_day=np.full(len(first), today.toordinal(), np.int64),
        ),
        sites=np.array([evening.room.site_id for evening in first], np.int64),
        cells=np.array([evening.room.cell for evening in first], np.int64),
        first=np.array([*(place for place, _ in heads), len(evenings)], np.int64),
        slots=np.arange(len(evenings)),
        starts=starts,
        days=days,
        ranks=ranks,
    )
