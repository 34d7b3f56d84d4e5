"""Distances on the globe, in Python and in PostgreSQL (extension earthdistance), which agree.

Both take the Earth for a sphere of 6,378,168 m, the radius of earthdistance: right to about 0.5 %.
"""

import math
from typing import Any

from django.db import models
from django.db.models import BooleanField, F, FloatField, Func, Value
from django.db.models.expressions import Combinable

EARTH_RADIUS_KM = 6378.168

_UNSELECTED: "models.Field[Any, Any]" = models.Field()
"""Points and boxes stay in the database: Django needs no type to read them."""


def kilometres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two points (latitude, longitude), in degrees."""
    latitude_a, longitude_a, latitude_b, longitude_b = map(math.radians, (*a, *b))
    half_chord = math.hypot(
        math.sin((latitude_b - latitude_a) / 2),
        math.sqrt(math.cos(latitude_a) * math.cos(latitude_b)) * math.sin((longitude_b - longitude_a) / 2),
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, half_chord))


class EarthPoint(Func):
    """The point of a latitude and a longitude (column names or degrees); NULL when one of them is.

    To serve `within`, a model declares `GistIndex(EarthPoint("latitude", "longitude"), name=…)`. The
    functions of earthdistance 1.2 (PostgreSQL 16 and later) are bound to their types when created, so that
    such an index outlives restores and autovacuum, which run with an empty search path.
    """

    function = "ll_to_earth"
    arity = 2
    output_field = _UNSELECTED


class EarthBox(Func):
    """A box around a point that holds every point within so many metres, and a few more at its corners."""

    function = "earth_box"
    arity = 2
    output_field = _UNSELECTED


class EarthDistance(Func):
    """Great-circle distance between two EarthPoints, in metres."""

    function = "earth_distance"
    arity = 2
    output_field = FloatField()


class BoxHolds(Func):
    """Whether an EarthBox holds an EarthPoint: the question that a GiST index answers."""

    template = "(%(expressions)s)"
    arg_joiner = " @> "
    arity = 2
    output_field = BooleanField()


def within(
    queryset: models.QuerySet[Any],
    *,
    latitude: float,
    longitude: float,
    kilometres: float,
    prefix: str = "",
) -> models.QuerySet[Any]:
    """Rows at most so far from a point (degrees), each with its `distance_km`; rows without a point are out.

    The rows' columns are `latitude` and `longitude`, behind `prefix` when a relation leads to them
    (`"site__"`). Order by `distance_km`, then by a key, for the nearest first.
    """
    here = EarthPoint(Value(latitude, FloatField()), Value(longitude, FloatField()))
    there = EarthPoint(F(f"{prefix}latitude"), F(f"{prefix}longitude"))
    near: models.QuerySet[Any] = queryset.filter(
        BoxHolds(EarthBox(here, Value(kilometres * 1000.0, FloatField())), there)
    )
    distance: Combinable = EarthDistance(here, there) / Value(1000.0, FloatField())
    measured: models.QuerySet[Any] = near.annotate(distance_km=distance)
    return measured.filter(distance_km__lte=kilometres)


class KilometresFrom(Func):
    """How far a row is from a point: a latitude and a longitude (column names), then those of the point (degrees).

    In plain arithmetic, as `kilometres_between`: to measure thousands of rows, where no index on points is asked.
    """

    arity = 4
    template = (
        f"({2 * EARTH_RADIUS_KM} * asin(least(1.0, sqrt(power(sin(radians(%(latitude)s - %(north)s) / 2), 2)"
        " + cos(radians(%(north)s)) * cos(radians(%(latitude)s))"
        " * power(sin(radians(%(longitude)s - %(east)s) / 2), 2)))))"
    )
    output_field = FloatField()

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:  # type: ignore[override]  # noqa: ARG002
        latitude, longitude, north, east = (compiler.compile(one) for one in self.get_source_expressions())
        words = {"latitude": latitude[0], "longitude": longitude[0], "north": north[0], "east": east[0]}
        order = (latitude, north, north, latitude, longitude, east)
        return self.template % words, [value for _, values in order for value in values]


def kilometres_from(latitude: float, longitude: float, *, prefix: str = "") -> KilometresFrom:
    """How far a row is from a point (degrees), in kilometres."""
    north, east = Value(latitude, FloatField()), Value(longitude, FloatField())
    return KilometresFrom(F(f"{prefix}latitude"), F(f"{prefix}longitude"), north, east)
