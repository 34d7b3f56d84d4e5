"""Who would come to evenings that a company has not opened yet: told by the floor above, which knows who looks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from companies.models import Room
from territories.wording import weekday


class Demand(NamedTuple):
    """Requests around a room (with `about`, `participants` and `commune`), and by beginning which of them (places)."""

    requests: Sequence[Any]
    served: Sequence[Collection[int]]

    def at(self, beginnings: Collection[int]) -> list[Any]:
        """The requests that one at least of these beginnings serves."""
        places = sorted({place for beginning in beginnings for place in self.served[beginning]})
        return [self.requests[place] for place in places]

    @property
    def all(self) -> list[Any]:
        """The requests that anything serves."""
        return self.at(range(len(self.served)))


type Teller = Callable[[Room, int, int, Sequence[dt.datetime], dt.datetime], Demand]
_tellers: list[Teller] = []


def tells_demand(teller: Teller) -> Teller:
    """Have this function asked."""
    _tellers.append(teller)
    return teller


class Moment(NamedTuple):
    """A time of the week, and the requests that an evening then would serve."""

    label: str
    requests: int
    people: int


# What one looks ahead, at which hours, and how many moments are shown.
WEEKS, EVENING, WEEKEND, SHOWN = 8, (dt.time(18, 30),), (dt.time(10), dt.time(14), dt.time(18, 30)), 5
NAMES = {dt.time(10): "matin", dt.time(14): "après-midi", dt.time(18, 30): "soir"}


def moments(room: Room, now: dt.datetime) -> list[Moment]:
    """When the room, with all that it has, would serve most people in the weeks to come: five at most, best first."""
    zone = ZoneInfo(room.time_zone)
    first = now.astimezone(zone).date() + dt.timedelta(days=1)
    days = [first + dt.timedelta(days=ahead) for ahead in range(7 * WEEKS)]
    starts = [
        dt.datetime.combine(day, hour, zone)
        for day in days
        for hour in (WEEKEND if day.isoweekday() in settings.WEEKEND_DAYS else EVENING)
    ]
    found = demand(room, places=room.capacity, computers=room.computers, starts=starts, now=now)
    at = defaultdict[tuple[int, dt.time], list[int]](list)
    for place, start in enumerate(starts):
        at[start.isoweekday(), start.time()].append(place)
    named = [
        Moment(f"{weekday(day)} {NAMES[hour]}", len(served), sum(one.participants for one in served))
        for (day, hour), places in sorted(at.items())
        if (served := found.at(places))
    ]
    return sorted(named, key=lambda moment: -moment.people)[:SHOWN]


def demand(room: Room, *, places: int, computers: int, starts: Sequence[dt.datetime], now: dt.datetime) -> Demand:
    """Which open requests a room would serve, with so many places and computers, if it were open at these instants."""
    return _tellers[-1](room, places, computers, starts, now) if _tellers else Demand([], [()] * len(starts))
