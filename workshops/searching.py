"""The pages of a search: twenty slots in order, after or before another one, whatever changes meanwhile.

The query is written once for each set of filters, and PostgreSQL plans it once for each connection. What is near a
place is read cell by cell of the grid, in order, until a page is full: a million slots cost what a thousand do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.db.models import BooleanField, DateTimeField, F, Func, Q, Value

from companies.models import ALL, Slot, SlotQuerySet, Span
from territories.gazetteer import codes_within
from territories.grid import cells_around
from territories.models import Commune, Departement
from territories.prepared import ANY_TIME, Prepared, Row
from workshops.catalogue import bookable
from workshops.filters import CONDITIONS, Position, day_begins, day_ends

PAGE = 20
# So many cells, or the next number: few shapes of a query, each planned once.
CELLS = (4, 8, 16, 24, 48, 128)
# No cell of the grid. As large as those that are: PostgreSQL plans anew for numbers of another size.
NO_CELL = -1_000_000
ANYWHERE = -1
DEPARTEMENT = "room__site__commune__departement"
# What part of the radius one looks in first for the nearest.
NEARER = 5
COLUMNS = (
    "pk", "starts_at", "ends_at", "time_zone", "computers", "places", "volunteers_offered", "booking_mode",
    "room__name", "room__site__company__name", "room__site__commune__name", "room__site__commune__departement",
    "room__site__step_free",
)  # fmt: skip
DATES = {"du": dt.date(2, 2, 2), "au": dt.date(3, 3, 3)}
# Within what the columns hold: Django leaves out what is always so.
OTHERS = {"ordinateurs": 32_001, "places": 32_002, "benevoles": 32_003, "departement": "??", "commune": "???"}
# Filters whose value belongs to the words of a query; the values of the others are left apart.
WORDS = ("moment", "reponse", "acces", "theme")
# Filters of columns that indexes hold: what does not fit is passed over there, before its row is read.
OF_THE_INDEX = ("moment", "ordinateurs", "places", "benevoles")
# Filters of other tables that almost nothing may fit: without a place, one looks among so many of the soonest slots,
# then at all of them.
NARROW = ("theme", "departement", "commune")
SOONEST = 5_000


@dataclass(frozen=True)
class Criteria:
    """What is searched. `chosen` holds the filters that say something, by name."""

    place: Commune | None = None
    radius_km: int = 20
    by_distance: bool = False
    chosen: tuple[tuple[str, Any], ...] = ()

    @property
    def is_around(self) -> bool:
        """Whether distances from a point are asked for."""
        return self.place is not None and self.place.point is not None

    def but(self, **chosen: Any) -> Criteria:
        """The same with other values of some filters; None leaves one out."""
        given = dict(self.chosen) | chosen
        kept = tuple((name, given[name]) for name in CONDITIONS if given.get(name) is not None)
        return replace(self, chosen=kept)

    @classmethod
    def of(cls, cleaned: dict[str, Any]) -> Criteria:
        """From what the form of `SlotFilter` has cleaned."""
        chosen = tuple((name, value) for name in CONDITIONS if (value := cleaned.get(name)) not in (None, "", False))
        place = cleaned.get("lieu")
        asked = cls(place, int(cleaned["rayon"]), chosen=chosen)
        return replace(asked, by_distance=asked.is_around and cleaned.get("tri") == "distance")


class Way(Enum):
    """How the slots of a query are gone through."""

    IN_ORDER = 1
    """One after the other, until a page is full."""
    SOONEST = 2
    """The same, among the soonest."""
    SIFTED = 3
    """All that fit, put in order at last."""


class Reach(NamedTuple):
    """How far one looks, in kilometres, and how."""

    km: float
    way: Way = Way.IN_ORDER


class Shape(NamedTuple):
    """All that the words of a query hang on."""

    filters: tuple[tuple[str, Any], ...]
    near: int
    """How many cells; 0: a département, -1: anywhere."""
    way: Way
    by_distance: bool
    begins: bool
    backwards: bool


class Sifted(Func):
    """The same instant, which no index holds in order."""

    template = "(%(expressions)s + interval '0')"
    output_field = DateTimeField()


class Beyond(Func):
    """Whether some columns together come after as many values in the order of the list; before them, backwards."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, backwards: bool = False, **extra: Any) -> None:
        row = f"({', '.join(['{}'] * (len(expressions) // 2))})"
        super().__init__(*expressions, template=f"({row} {'<' if backwards else '>'} {row})", **extra)

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        compiled = [compiler.compile(one) for one in self.get_source_expressions()]
        return self.extra["template"].format(*(one[0] for one in compiled)), [v for one in compiled for v in one[1]]


class Found(NamedTuple):
    """A page: its rows, in the order of the list, and whether there are more on either side."""

    rows: list[Row]
    more: bool

    def ends(self, criteria: Criteria) -> tuple[Position | None, Position | None]:
        """Where the page begins and ends."""
        if not self.rows:
            return None, None
        first, last = (
            Position(row[1], row[0], row[-1] if criteria.by_distance else None) for row in (self.rows[0], self.rows[-1])
        )
        return first, last


def find(
    criteria: Criteria,
    *,
    now: dt.datetime,
    position: Position | None = None,
    backwards: bool = False,
    count: int = PAGE,
) -> Found:
    """The slots that come next after a position, or before it, in order."""
    rows: list[Row] = []
    columns = (*COLUMNS, "distance_km") if criteria.is_around else COLUMNS
    for reach in _reaches(criteria, position, backwards=backwards):
        shape, values = _shape(criteria, position, reach, backwards=backwards)
        rows = _prepared(shape, columns, count + 1).rows(now=now, **values)
        if len(rows) > count:
            break
    more, rows = len(rows) > count, rows[:count]
    return Found(rows[::-1] if backwards else rows, more)


def columns_of(criteria: Criteria, *columns: str, most: int, now: dt.datetime) -> list[Row]:
    """Of all slots that are asked for, up to so many, what stands in these columns; in no order."""
    plain = replace(criteria, by_distance=False)
    shape, values = _shape(plain, None, Reach(float(criteria.radius_km)), backwards=False)
    return _prepared(shape, columns, most, in_order=False).rows(now=now, **values)


def searched(criteria: Criteria, *, now: dt.datetime) -> SlotQuerySet:
    """All that is asked for, as a query to go on with: for what is asked now and then."""
    slots = bookable(now)
    if criteria.place is not None and criteria.place.point is not None:
        slots = slots.filter(cell__in=cells_around(*criteria.place.point, criteria.radius_km))
    return asked_of(slots, criteria)


def asked_of(slots: SlotQuerySet, criteria: Criteria) -> SlotQuerySet:
    """Of these slots, those that are asked for: for queries that begin elsewhere than at the slots."""
    slots, place = _filtered(slots, criteria.chosen), criteria.place
    if place is None:
        return slots
    if place.point is None:
        return slots.filter(**{DEPARTEMENT: place.departement_id})
    latitude, longitude = place.point
    return slots.around(latitude=latitude, longitude=longitude, kilometres=float(criteria.radius_km))


def _filtered(slots: SlotQuerySet, chosen: Iterable[tuple[str, Any]]) -> SlotQuerySet:
    for name, value in chosen:
        slots = CONDITIONS[name].filter(slots, value)
    return slots


def _reaches(criteria: Criteria, position: Position | None, *, backwards: bool) -> list[Reach]:
    """How far one looks, then again where that did not fill a page.

    The nearest come from a part of the circle; what is asked without a place, of the soonest.
    """
    radius = float(criteria.radius_km)
    if not criteria.is_around and (criteria.place or any(name in NARROW for name, _ in criteria.chosen)):
        return [Reach(radius, Way.SOONEST), Reach(radius, Way.SIFTED)]
    if not criteria.by_distance:
        return [Reach(radius)]
    since = _away(position)
    if backwards:
        return [Reach(min(since, radius))]
    near = since + radius / NEARER
    return [Reach(near), Reach(radius)] if near < radius else [Reach(radius)]


def _away(position: Position | None) -> float:
    return (position.distance_km if position else None) or 0.0


def _shape(
    criteria: Criteria, position: Position | None, reach: Reach, *, backwards: bool
) -> tuple[Shape, dict[str, Any]]:
    values: dict[str, Any] = {}
    filters: list[tuple[str, Any]] = []
    for name, value in criteria.chosen:
        worded = _worded(name, value)
        filters.append((name, worded))
        if worded is None:
            values |= _apart(name, value)
    near, where = _where(criteria.place, reach.km)
    if criteria.by_distance:
        where["since_km"] = 0.0 if backwards else _away(position)
    shape = Shape(tuple(filters), near, reach.way, criteria.by_distance, position is not None, backwards)
    return shape, values | where | (_at(position, by_distance=criteria.by_distance) if position else {})


def _worded(name: str, value: Any) -> Any:
    """What of a filter belongs to the words of a query; None where its value is left apart.

    Three cities have arrondissements: for each the words name them all.
    """
    if name == "commune":
        return value.pk if len(codes_within(value.pk)) > 1 else None
    return value if name in WORDS else None


def _at(position: Position, *, by_distance: bool) -> dict[str, Any]:
    away = {"after_km": _away(position)} if by_distance else {}
    return away | {"after": position.starts_at, "after_id": position.slot_id}


def _apart(name: str, value: Any) -> dict[str, Any]:
    """The values of a filter by the names that they have in a query."""
    if name == "du":
        return {"du": value, "du_begins": day_begins(value)}
    if name == "au":
        return {"au": value, "au_ends": day_ends(value)}
    if isinstance(value, Commune | Departement):
        return {name: value.pk}
    return {name: value}


def _where(place: Commune | None, reach: float) -> tuple[int, dict[str, Any]]:
    if place is None:
        return ANYWHERE, {}
    if place.point is None:
        return 0, {"near": place.departement_id}
    cells = _cells(*place.point, reach)
    size = next((size for size in CELLS if size >= len(cells)), len(cells))
    around = {"latitude": place.latitude, "longitude": place.longitude, "kilometres": reach, "most": ALL}
    return size, around | {f"cell{n}": cells[n] if n < len(cells) else NO_CELL for n in range(size)}


_cells = lru_cache(maxsize=5_000)(cells_around)


@lru_cache(maxsize=512)
def _prepared(shape: Shape, columns: tuple[str, ...], count: int, *, in_order: bool = True) -> Prepared[Slot]:
    examples: dict[str, Any] = {"now": ANY_TIME}
    for name, worded in shape.filters:
        if worded is None:
            examples |= _apart(name, (DATES | OTHERS)[name])
    if shape.near > 0:
        examples |= {"latitude": -0.11, "longitude": -0.22, "kilometres": -0.33}
        examples |= {f"cell{n}": -100 - n for n in range(shape.near)}
        examples |= {"since_km": -0.55} if shape.by_distance else {"most": -6}
    elif shape.near == 0:
        examples["near"] = "?"
    if shape.begins:
        example = Position(dt.datetime(4, 4, 4, tzinfo=dt.UTC), -5, -0.44)
        examples |= _at(example, by_distance=shape.by_distance)
    return Prepared(partial(_page, shape, columns, count, in_order=in_order), **examples)


def _page(
    shape: Shape, columns: tuple[str, ...], count: int, *, in_order: bool, now: dt.datetime, **values: Any
) -> Any:
    """The query of a page: what may be booked, of that what is asked, of that what comes next."""
    slots = _asked(shape, bookable(now), values | {"now": now})
    order = ("distance_km", "starts_at", "pk") if shape.by_distance else ("starts_at", "pk")
    if shape.begins:
        begins = [Value(values[name]) for name in ("after_km", "after", "after_id") if name in values]
        slots = slots.filter(Beyond(*map(F, order), *begins, backwards=shape.backwards))
    by = [Sifted(name) if (shape.way, name) == (Way.SIFTED, "starts_at") else F(name) for name in order]
    ordered = slots.order_by(*(one.desc() if shape.backwards else one.asc() for one in by))
    return (ordered if in_order else slots.order_by()).values_list(*columns)[:count]


def _span(shape: Shape, values: dict[str, Any]) -> Span:
    """Within which beginnings all lie that is asked for, and comes next."""
    since = [values[name] for name in ("now", "du_begins") if name in values]
    until = [values["au_ends"]] if "au_ends" in values else []
    if shape.begins:
        (until if shape.backwards else since).append(values["after"])
    return Span(tuple(since), tuple(until), values.get("most", SOONEST))


def _asked(shape: Shape, slots: SlotQuerySet, values: dict[str, Any]) -> SlotQuerySet:
    chosen = [(name, values[name] if worded is None else worded) for name, worded in shape.filters]
    slots = _filtered(slots, chosen)
    if shape.near > 0:
        cells = [values[f"cell{n}"] for n in range(shape.near)]
        around = {name: values[name] for name in ("latitude", "longitude", "kilometres")}
        if shape.by_distance:
            since = values["since_km"]
            return slots.from_nearest_site(cells, since_km=since, backwards=shape.backwards, **around)
        span, asked = _span(shape, values), _of_the_index(chosen)
        return slots.of_cells(cells, span, asked, backwards=shape.backwards).around(**around)
    if shape.way is Way.SOONEST:
        slots = slots.soonest(_span(shape, values), _of_the_index(chosen), backwards=shape.backwards)
    return slots.filter(**{DEPARTEMENT: values["near"]}) if shape.near == 0 else slots


def _of_the_index(chosen: Iterable[tuple[str, Any]]) -> Q:
    return Q(*(CONDITIONS[name].where(value) for name, value in chosen if name in OF_THE_INDEX))
