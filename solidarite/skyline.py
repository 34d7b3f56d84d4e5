"""The skyline of the home page: a building is a company, a lit window a slot open in the coming week."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Count

from workshops.catalogue import bookable

WEEK = dt.timedelta(days=7)
BUILDINGS = 28
WINDOWS_ACROSS = 2
FEWEST_FLOORS, MOST_FLOORS = 3, 9


class Window(NamedTuple):
    """A window's place in its building, in units of the drawing."""

    x: int
    y: int
    lit: bool


class Building(NamedTuple):
    """A building's place in the drawing, and its windows."""

    x: int
    y: int
    height: int
    windows: list[Window]


class Skyline(NamedTuple):
    """The drawing and what it says in figures."""

    buildings: list[Building]
    companies: int
    slots: int


PITCH, WIDTH, FLOOR, GROUND = 40, 32, 16, 180


def skyline(now: dt.datetime) -> Skyline:
    """The companies with most open slots this week, spread so that tall ones are not all on one side."""
    counts = list(
        bookable(now)
        .filter(starts_at__lt=now + WEEK)
        .values("room__site__company")
        .annotate(slots=Count("pk"))
        .order_by("-slots", "room__site__company")
        .values_list("slots", flat=True)
    )
    shown = counts[:BUILDINGS]
    spread = shown[::2] + shown[1::2][::-1]
    return Skyline(
        buildings=[_building(index, slots) for index, slots in enumerate(spread)],
        companies=len(counts),
        slots=sum(counts),
    )


def _building(index: int, slots: int) -> Building:
    """One floor of windows for each slot, so that every slot has its lit window and some stay dark."""
    floors = min(max(slots + 1, FEWEST_FLOORS), MOST_FLOORS)
    height = floors * FLOOR + 10
    lit = min(slots, floors * WINDOWS_ACROSS)
    chosen = {(place * 5 + index * 3) % (floors * WINDOWS_ACROSS) for place in range(lit)}
    windows = [
        Window(
            x=index * PITCH + 7 + (place % WINDOWS_ACROSS) * 11,
            y=GROUND - height + 8 + (place // WINDOWS_ACROSS) * FLOOR,
            lit=place in chosen,
        )
        for place in range(floors * WINDOWS_ACROSS)
    ]
    return Building(x=index * PITCH, y=GROUND - height, height=height, windows=windows)
