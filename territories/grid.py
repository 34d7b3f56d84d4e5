"""A grid over the globe: what is near a point is found by whole cells, in Python and in PostgreSQL, which agree.

A cell is 1/5 of a degree from south to north (22 km) and 1/4 from west to east (19 km at Paris, 26 km at Saint-Denis
of La Réunion); its number counts from the south pole and the meridian opposite of Greenwich, row by row.
"""

import math
from typing import Any

from django.db.models import Func, IntegerField

from territories.distance import EARTH_RADIUS_KM

ROWS_A_DEGREE, COLUMNS_A_DEGREE = 5, 4
# From south to north, a little less than it is: whatever is measured with it reaches far enough.
KM_A_DEGREE = 0.99 * math.radians(EARTH_RADIUS_KM)
COLUMNS = 360 * COLUMNS_A_DEGREE
# A hair beyond the circle: what lies on its edge is measured by whoever asks.
_ASIDE = 1e-9


class GridCell(Func):
    """The cell of a latitude and a longitude (column names, degrees)."""

    arity = 2
    template = (
        f"(floor((%(latitude)s + 90) * {ROWS_A_DEGREE})::int * {COLUMNS}"
        f" + floor((%(longitude)s + 180) * {COLUMNS_A_DEGREE})::int %% {COLUMNS})"
    )
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]  # what is passed on
        latitude, longitude = (compiler.compile(one)[0] for one in self.get_source_expressions())
        return super().as_sql(compiler, connection, latitude=latitude, longitude=longitude, **extra)


def cells_of_box(south: str, north: str, west: str, east: str) -> str:
    """SQL of an array of the cells that meet a box between parallels and meridians (expressions, degrees)."""
    rows = _series(f"({south} + 90) * {ROWS_A_DEGREE}", f"({north} + 90) * {ROWS_A_DEGREE}")
    columns = _series(f"({west} + 180) * {COLUMNS_A_DEGREE}", f"({east} + 180) * {COLUMNS_A_DEGREE}")
    cell = f"line * {COLUMNS} + (place + {COLUMNS}) % {COLUMNS}"
    return f"SELECT array_agg({cell} ORDER BY line, place) FROM {rows} AS line, {columns} AS place"  # noqa: S608  # of our own


def _series(first: str, last: str) -> str:
    return f"generate_series(floor({first})::int, floor({last})::int)"


def cell_of(latitude: float, longitude: float) -> int:
    """The cell that holds a point (degrees)."""
    return _row(latitude) * COLUMNS + _column(longitude) % COLUMNS


def cells_around(latitude: float, longitude: float, kilometres: float) -> list[int]:
    """The cells that hold every point at most so far from this one (degrees), and some points beyond; sorted."""
    reach = kilometres / EARTH_RADIUS_KM + _ASIDE
    south, north = latitude - math.degrees(reach), latitude + math.degrees(reach)
    found = set()
    for row in range(_row(max(south, -90.0)), _row(min(north, 90.0)) + 1):
        half = _half_width(latitude, reach, row)
        columns = range(_column(longitude - half), _column(longitude + half) + 1)
        found |= {row * COLUMNS + column % COLUMNS for column in columns[:COLUMNS]}
    return sorted(found)


def _half_width(latitude: float, reach: float, row: int) -> float:
    """How many degrees of longitude the circle (radius in radians) extends at most, from its middle, in a row."""
    here = math.radians(latitude)
    bottom, top = math.radians(row / ROWS_A_DEGREE - 90), math.radians((row + 1) / ROWS_A_DEGREE - 90)
    if abs(here) + reach >= math.pi / 2:
        return 180.0
    # Widest where the meridian touches the circle; else at the edge of the row that is nearer to that parallel.
    widest = math.asin(math.sin(here) / math.cos(reach))
    at = min(max(widest, bottom), top)
    if abs(at - here) >= reach:
        return 0.0
    inside = (math.cos(reach) - math.sin(here) * math.sin(at)) / (math.cos(here) * math.cos(at))
    return math.degrees(math.acos(min(max(inside, -1.0), 1.0))) + math.degrees(_ASIDE)


def _row(latitude: float) -> int:
    return math.floor((latitude + 90) * ROWS_A_DEGREE)


def _column(longitude: float) -> int:
    return math.floor((longitude + 180) * COLUMNS_A_DEGREE)
