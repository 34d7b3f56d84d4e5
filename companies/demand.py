"""Who would come to evenings that a company has not opened yet: told by the floor above, which knows who looks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from companies.evenings import WEEKEND_HOURS, evenings_of
from companies.models import Room
from territories.wording import weekday


class Demand(NamedTuple):
    """Requests around a room (with `about`, `participants` and `commune`), and by beginning which of them (places).

    `most` is how many were looked at, where there may be more.
    """

    requests: Sequence[Any]
    served: Sequence[Collection[int]]
    most: int = 0

    def at(self, beginnings: Collection[int]) -> list[Any]:
        """The requests that one at least of these beginnings serves."""
        places = sorted({place for beginning in beginnings for place in self.served[beginning]})
        return [self.requests[place] for place in places]

    @property
    def all(self) -> list[Any]:
        """The requests that anything serves."""
        return self.at(range(len(self.served)))


class Opening(NamedTuple):
    """What evenings would offer that are not open yet; who may be booked at once is not everybody."""

    room: Room
    places: int
    computers: int
    instant: bool


type Teller = Callable[[Opening, Sequence[dt.datetime], dt.datetime], Demand]
_tellers: list[Teller] = []


def tells_demand(teller: Teller) -> Teller:
    """Have this function asked."""
    _tellers.append(teller)
    return teller


class Moment(NamedTuple):
    """A time of the week: at its best date, the requests that look for it, and the largest group, which it would serve.

    An evening is for one association.
    """

    label: str
    requests: int
    people: int


class Moments(NamedTuple):
    """The best ones first; and, where there may be more requests, how many were looked at."""

    best: list[Moment]
    most: int


# How many weeks one looks ahead, and how many moments are shown.
WEEKS, SHOWN = 8, 5
MORNING_ENDS_AT = dt.time(12)


def moments(room: Room, now: dt.datetime) -> Moments:
    """When the room, with all that it has, would serve most people in the weeks to come: five at most.

    Of those whom it may serve however it is booked.
    """
    first = now.astimezone(ZoneInfo(room.time_zone)).date() + dt.timedelta(days=1)
    last = first + dt.timedelta(weeks=WEEKS, days=-1)
    starts = [one.starts_at for one in evenings_of([room], first, last, now=now, weekends=WEEKEND_HOURS)]
    found = demand(Opening(room, room.capacity, room.computers, instant=True), starts=starts, now=now)
    groups = {place: [one.participants for one in found.at([place])] for place in range(len(starts))}
    best = defaultdict[tuple[int, dt.time], tuple[int, int]](lambda: (0, 0))
    for start, sought in zip(starts, groups.values(), strict=True):
        when = start.isoweekday(), start.time()
        best[when] = max(best[when], (max(sought, default=0), len(sought)))
    named = [
        Moment(f"{weekday(day)} {_named(hour)}", requests, people)
        for (day, hour), (people, requests) in sorted(best.items())
        if requests
    ]
    return Moments(sorted(named, key=lambda one: (-one.people, -one.requests))[:SHOWN], found.most)


def _named(hour: dt.time) -> str:
    if hour >= settings.EVENING_STARTS_AT:
        return "soir"
    return "matin" if hour < MORNING_ENDS_AT else "après-midi"


def demand(opening: Opening, *, starts: Sequence[dt.datetime], now: dt.datetime) -> Demand:
    """Which open requests it would serve if it were open at these instants."""
    return _tellers[-1](opening, starts, now) if _tellers else Demand([], [()] * len(starts))
