import math
from typing import Any

import pytest
from django.contrib.postgres.indexes import GistIndex
from django.db import connection
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st

from territories.distance import EARTH_RADIUS_KM, EarthPoint, kilometres_between, within
from territories.models import Commune, Departement

type Point = tuple[float, float]

LILLE = (50.63089, 3.07086)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_kilometres_between_known_cities() -> None:
    assert round(kilometres_between(LILLE, (43.2976, 5.36943))) == 835
    assert kilometres_between((0.0, 0.0), (0.0, 180.0)) == pytest.approx(math.pi * EARTH_RADIUS_KM)


@given(points, points)
def test_kilometres_between_is_symmetric_and_bounded(a: Point, b: Point) -> None:
    assert kilometres_between(a, b) == pytest.approx(kilometres_between(b, a))
    assert 0 <= kilometres_between(a, b) <= math.pi * EARTH_RADIUS_KM + 1e-9


@given(points)
def test_kilometres_between_a_point_and_itself_is_zero(point: Point) -> None:
    assert kilometres_between(point, point) == 0


def around_lille(kilometres: float) -> QuerySet[Any]:
    near = within(Commune.objects.all(), latitude=LILLE[0], longitude=LILLE[1], kilometres=kilometres)
    return near.order_by("distance_km", "pk")


@pytest.mark.django_db
def test_within_agrees_with_python() -> None:
    located = Commune.objects.exclude(latitude=None).values_list("pk", "latitude", "longitude")
    distances = {
        code: kilometres_between(LILLE, (latitude or 0.0, longitude or 0.0)) for code, latitude, longitude in located
    }
    found = {commune.pk: commune.distance_km for commune in around_lille(30)}
    expected = {code: distance for code, distance in distances.items() if distance <= 30}
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.django_db
def test_within_gives_the_nearest_first() -> None:
    assert [str(commune) for commune in around_lille(3)] == [
        "Lille (59)",
        "La Madeleine (59)",
        "Ronchin (59)",
    ]


@pytest.mark.django_db
def test_within_follows_a_relation_to_the_columns() -> None:
    near = within(Departement.objects.all(), latitude=LILLE[0], longitude=LILLE[1], kilometres=2, prefix="communes__")
    assert [(departement.code, departement.distance_km) for departement in near] == [("59", 0.0)]


@pytest.mark.django_db
def test_within_a_negative_radius_is_empty() -> None:
    assert list(around_lille(-1)) == []


@pytest.mark.django_db
def test_within_is_served_by_a_gist_index_that_outlives_an_empty_search_path() -> None:
    index = GistIndex(EarthPoint("latitude", "longitude"), name="commune_point")
    with connection.schema_editor() as editor:
        editor.add_index(Commune, index)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("ANALYZE public.territories_commune")
        cursor.execute("REINDEX INDEX public.commune_point")
        cursor.execute("SET LOCAL search_path = public")
    assert "commune_point" in around_lille(10).explain()
