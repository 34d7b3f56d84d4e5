"""What a search finds as pictures: a week as a façade, and where doors are open on a map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import Any, NamedTuple, Protocol

from territories.models import Departement
from territories.outlines import extent, middle, outlines
from territories.wording import counted, day_date, number, short_date
from workshops.agenda import week_days
from workshops.counting import PARTS, shown

# From so many slots on, a window shines, and a département or a commune is drawn as full.
MANY = 5
STEPS = (1, 5, 20, 100)
# From how many on each shade of a map begins, where the fullest place says which of these tells most.
SCALES = ((1, 2, 4, 8), (1, 5, 10, 20), (1, 10, 25, 50), (1, 20, 50, 100), (1, 50, 100, 250), (1, 100, 250, 500))
# Of a drawing: its margin, the radius of the smallest dot, by how much the next one is larger, and the grid on which
# places without a name stand: they are a third as far from where they are as they are wide.
MARGIN, SMALLEST, LARGER, GRID = 0.04, 0.008, 0.003, 0.0025
# How many bands, from the left and back, they are drawn in: steps from one to the next are short.
BANDS = 20
# From more départements on they are drawn as on the map of the country.
FINE = 6
# How wide a figure written on a map is, in units of its view box; and of a legend, how wide a map it stands for.
FIGURE, LEGEND = 18, 560


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
    part = f"{label[:1].lower()}{label[1:]}\u00a0: {counted(count, 'créneau', 'créneaux')}"
    name = f"{day_date(day)}, {part}, voir la journée"
    return Cell(shown(count), link(day), name, "many" if count >= MANY else "some")


class Found(Protocol):
    """A place on a map, how much there is of what the map shows, and how that is said, at length and in figures."""

    @property
    def place(self) -> Any: ...

    @property
    def amount(self) -> int: ...

    @property
    def shown(self) -> str: ...

    @property
    def figure(self) -> str: ...


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
    step: int
    url: str
    name: str
    latitude: float
    longitude: float


class Specks(NamedTuple):
    """Communes that the map shows without a name, half as large as with one: all of one size, as one line of points.

    `points` and `width` are in steps of a grid, so long (`step`) in units of the view box. `places` says the same in
    thousandths of a degree: latitude and longitude, how far each is from the one before.
    """

    points: str
    width: float
    step: float
    places: str


class Figure(NamedTuple):
    """A number written on a département."""

    x: float
    y: float
    text: str


class Map(NamedTuple):
    """A drawing: what it shows, and how far it reaches."""

    view_box: str
    shapes: list[Shape]
    dots: list[Dot]
    figures: list[Figure]
    specks: list[Specks]


class Shade(NamedTuple):
    """A line of a legend: the shade or the size, and what it stands for."""

    step: int
    radius: float
    label: str


def map_of_france(
    found: Sequence[Found], link: Callable[[Any], str], *, steps: tuple[int, ...] = STEPS, numbered: bool = False
) -> Map:
    """All départements, those that were found as links; `numbered`: each says its number where there is room."""
    drawn, there = outlines(), {one.place.pk: one for one in found}
    shapes = [_shape(path, there.get(code), link, steps) for code, path in drawn.coarse.items()]
    figures = [_figure(one) for one in found if numbered and one.amount and _has_room(one)]
    return Map(drawn.view_box, shapes, [], figures, [])


def _shape(path: str, there: Found | None, link: Callable[[Any], str], steps: tuple[int, ...]) -> Shape:
    if there is None:
        return Shape(path, 0, "", "")
    return Shape(path, _step(there.amount, steps), link(there.place), f"{there.place}\u00a0: {there.shown}")


def _has_room(there: Found) -> bool:
    """Whether the département is drawn, and as wide as its number."""
    return there.place.pk in outlines().paths and _middle(there.place.pk)[2] >= FIGURE * (len(there.figure) + 1)


def _figure(there: Found) -> Figure:
    x, y, _width = _middle(there.place.pk)
    return Figure(x, y, there.figure)


@cache
def _middle(code: str) -> tuple[float, float, float]:
    """Of a département that is drawn: its middle, from the left and from the top, and its width."""
    path = outlines().paths[code]
    (x, y), (west, _north, east, _south) = middle(path), extent(path)
    return round(x, 1), round(y, 1), east - west


def map_of_communes(
    found: Sequence[Found],
    departements: list[Departement],
    link: Callable[[Any], str],
    *,
    others: Sequence[Found] = (),
    steps: tuple[int, ...] = STEPS,
) -> Map:
    """The départements alone, with a dot for each commune; of the others the place alone."""
    paths = outlines().paths if len(departements) <= FINE else outlines().coarse
    shapes = [Shape(paths[one.pk], 0, "", "") for one in departements if one.pk in paths]
    left, top, width, height = _box([shape.path for shape in shapes])
    # Where there is nothing is drawn first: it hides nothing.
    placed = sorted((there for there in found if there.place.point), key=lambda one: one.amount > 0)
    size = max(width, height)
    dots = [_dot(there, size, link, steps) for there in placed]
    specks = _specks([_dot(there, size, link, steps) for there in others if there.place.point], size)
    return Map(f"{left:g} {top:g} {width:g} {height:g}", shapes, dots, [], specks)


def _specks(dots: list[Dot], size: float) -> list[Specks]:
    step, ordered = round(size * GRID, 4), _in_bands(dots, size / BANDS)
    return [_of_one_size(own, radius, step) for radius, own in groupby(ordered, key=lambda dot: dot.radius)]


def _in_bands(dots: list[Dot], high: float) -> list[Dot]:
    """By size, then from the top."""
    bands = [(dot.radius, dot.y // high, -dot.x if dot.y // high % 2 else dot.x, dot) for dot in dots]
    return [dot for *_, dot in sorted(bands)]


def _of_one_size(dots: Iterable[Dot], radius: float, step: float) -> Specks:
    own = list(dots)
    points = _steps([(dot.x / step, dot.y / step) for dot in own])
    places = _steps([(dot.latitude * 1000, dot.longitude * 1000) for dot in own])
    return Specks(
        points="".join([f"m{right} {down}h0" for right, down in points]).replace(" -", "-"),
        width=round(radius / step, 2),
        step=step,
        places=" ".join([f"{north} {east}" for north, east in places]),
    )


def _steps(places: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """From one to the next, in whole units: the first from nowhere."""
    rounded = [(0, 0), *((round(one), round(other)) for one, other in places)]
    return [(x - from_x, y - from_y) for (from_x, from_y), (x, y) in pairwise(rounded)]


def _box(paths: list[str]) -> tuple[float, float, float, float]:
    """Left, top, width and height that hold all of them, with a margin."""
    if not paths:
        return 0.0, 0.0, 1.0, 1.0
    west, north, east, south = zip(*map(extent, paths), strict=True)
    left, top, right, bottom = min(west), min(north), max(east), max(south)
    margin = MARGIN * max(right - left, bottom - top)
    wide, high = right - left + 2 * margin, bottom - top + 2 * margin
    return round(left - margin, 1), round(top - margin, 1), round(wide, 1), round(high, 1)


def _dot(there: Found, size: float, link: Callable[[Any], str], steps: tuple[int, ...]) -> Dot:
    commune, step = there.place, _step(there.amount, steps)
    x, y = outlines().place(commune.departement_id, commune.latitude, commune.longitude)
    name = f"{commune}\u00a0: {there.shown}"
    return Dot(x, y, _radius(step, size), step, link(commune), name, commune.latitude, commune.longitude)


def _radius(step: int, size: float) -> float:
    return round(size * (SMALLEST + step * LARGER), 2)


def _step(count: int, steps: tuple[int, ...]) -> int:
    return sum(count >= step for step in steps)


# --- a legend -------------------------------------------------------------------------------------------


def scale(most: int) -> tuple[int, ...]:
    """The steps of a map whose fullest place holds so much: the last one that reaches all its shades."""
    return next((steps for steps in reversed(SCALES) if steps[-1] <= most), SCALES[0])


def legend(steps: tuple[int, ...]) -> list[Shade]:
    """What each shade stands for, from the palest on."""
    ends = (*(following - 1 for following in steps[1:]), None)
    pairs = enumerate(zip(steps, ends, strict=True), 1)
    return [Shade(step, _radius(step, LEGEND), _between(first, last)) for step, (first, last) in pairs]


def _between(first: int, last: int | None) -> str:
    if last is None:
        return f"{number(first)} et plus"
    return number(first) if first == last else f"{number(first)} à {number(last)}"
