"""What a search finds as pictures: a week as a façade, and where doors are open on a map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from territories.models import Departement
from territories.outlines import extent, outlines
from territories.wording import counted, day_date, short_date
from workshops.agenda import week_days
from workshops.counting import PARTS, There, shown

# From so many slots on, a window shines, and a département or a commune is drawn as full.
MANY = 5
STEPS = (1, 5, 20, 100)
# Of a drawing: its margin, the radius of the smallest dot, and by how much the next one is larger.
MARGIN, SMALLEST, LARGER = 0.04, 0.008, 0.003


@dataclass(frozen=True)
class Cell:
    """A window of the façade."""

    count: str
    url: str
    name: str
    kind: str


class FacadeRow(NamedTuple):
    """A part of the day through the week."""

    label: str
    cells: list[Cell]


def facade(
    counts: Mapping[tuple[str, dt.date], int], monday: dt.date, link: Callable[[dt.date], str]
) -> tuple[list[dict[str, str]], list[FacadeRow]]:
    """The heads of the days and the rows of windows; rows in which nothing ever begins are left out."""
    days = week_days(monday)
    rows = [
        FacadeRow(label, [_window(counts.get((label, day), 0), label, day, link) for day in days])
        for _, label in PARTS
        if any(counts.get((label, day)) for day in days)
    ]
    return [_head(day) for day in days], rows


def _head(day: dt.date) -> dict[str, str]:
    weekday, number, month = short_date(day).split()
    return {"weekday": weekday, "day": number, "month": month}


def _window(count: int, label: str, day: dt.date, link: Callable[[dt.date], str]) -> Cell:
    if not count:
        return Cell("", "", "", "")
    name = f"{day_date(day)}, {label[:1].lower()}{label[1:]}\u00a0: {counted(count, 'créneau', 'créneaux')}"
    return Cell(shown(count), link(day), name, "many" if count >= MANY else "some")


class Shape(NamedTuple):
    """A département on the map: its outline and how much it holds (0 to 4)."""

    path: str
    step: int
    url: str
    name: str


class Dot(NamedTuple):
    """A commune on the map of its département."""

    x: float
    y: float
    radius: float
    url: str
    name: str
    latitude: float
    longitude: float


class Map(NamedTuple):
    """A drawing: what it shows, and how far it reaches."""

    view_box: str
    shapes: list[Shape]
    dots: list[Dot]


def map_of_france(found: list[There], link: Callable[[Any], str]) -> Map:
    """All départements, those with slots as links."""
    drawn, counts = outlines(), {there.place.pk: there for there in found}
    return Map(drawn.view_box, [_shape(path, counts.get(code), link) for code, path in drawn.paths.items()], [])


def _shape(path: str, there: There | None, link: Callable[[Any], str]) -> Shape:
    if there is None:
        return Shape(path, 0, "", "")
    return Shape(path, _step(there.slots), link(there.place), f"{there.place}\u00a0: {there.shown}")


def map_of_communes(found: list[There], departements: list[Departement], link: Callable[[Any], str]) -> Map:
    """The départements alone, with a dot for each commune."""
    drawn = outlines()
    shapes = [Shape(drawn.paths[one.pk], 0, "", "") for one in departements if one.pk in drawn.paths]
    left, top, width, height = _box([shape.path for shape in shapes])
    dots = [_dot(there, max(width, height), link) for there in found if there.place.latitude is not None]
    return Map(f"{left:g} {top:g} {width:g} {height:g}", shapes, dots)


def _box(paths: list[str]) -> tuple[float, float, float, float]:
    """Left, top, width and height that hold all of them, with a margin."""
    if not paths:
        return 0.0, 0.0, 1.0, 1.0
    west, north, east, south = zip(*map(extent, paths), strict=True)
    left, top, right, bottom = min(west), min(north), max(east), max(south)
    margin = MARGIN * max(right - left, bottom - top)
    wide, high = right - left + 2 * margin, bottom - top + 2 * margin
    return round(left - margin, 1), round(top - margin, 1), round(wide, 1), round(high, 1)


def _dot(there: There, size: float, link: Callable[[Any], str]) -> Dot:
    commune = there.place
    x, y = outlines().place(commune.departement_id, commune.latitude, commune.longitude)
    radius = round(size * (SMALLEST + _step(there.slots) * LARGER), 2)
    name = f"{commune}\u00a0: {there.shown}"
    return Dot(x, y, radius, link(commune), name, commune.latitude, commune.longitude)


def _step(count: int) -> int:
    return sum(count >= step for step in STEPS)
