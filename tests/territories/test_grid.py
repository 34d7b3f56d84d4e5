"""The grid over the globe: what is near is in the cells around, wherever on Earth."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companies.models import Room, Site, Slot
from territories.distance import EARTH_RADIUS_KM, kilometres_between
from territories.grid import cell_of, cells_around
from tests import factories
from tests.factories import World

KILOMETRES = (5, 10, 20, 30, 50, 100)


def away(latitude: float, longitude: float, kilometres: float, bearing: float) -> tuple[float, float]:
    """Where one arrives after so many kilometres along a great circle; degrees."""
    here, arc = math.radians(latitude), kilometres / EARTH_RADIUS_KM
    there = math.asin(math.sin(here) * math.cos(arc) + math.cos(here) * math.sin(arc) * math.cos(bearing))
    turned = math.atan2(
        math.sin(bearing) * math.sin(arc) * math.cos(here), math.cos(arc) - math.sin(here) * math.sin(there)
    )
    return math.degrees(there), (longitude + math.degrees(turned) + 540) % 360 - 180


@given(
    latitude=st.floats(-89, 89),
    longitude=st.floats(-180, 180),
    radius=st.sampled_from(KILOMETRES),
    share=st.floats(0, 1),
    bearing=st.floats(0, 2 * math.pi),
)
@example(latitude=48.85, longitude=2.35, radius=30, share=1.0, bearing=math.pi / 2)
@example(latitude=-17.5, longitude=179.99, radius=100, share=1.0, bearing=math.pi / 2)
@example(latitude=89.0, longitude=0.0, radius=100, share=1.0, bearing=0.0)
@example(latitude=0.0, longitude=0.0, radius=20, share=1.0, bearing=math.pi)
def test_whatever_is_near_is_in_the_cells_around(
    latitude: float, longitude: float, radius: int, share: float, bearing: float
) -> None:
    there = away(latitude, longitude, radius * share, bearing)
    assert kilometres_between((latitude, longitude), there) <= radius + 1e-6
    assert cell_of(*there) in cells_around(latitude, longitude, radius)


@pytest.mark.parametrize(("radius", "most"), [(5, 4), (10, 6), (20, 12), (30, 20), (50, 40), (100, 130)])
def test_cells_around_are_few(radius: int, most: int) -> None:
    for latitude, longitude in ((48.85, 2.35), (43.3, 5.37), (50.63, 3.06), (-21.1, 55.5), (4.9, -52.3), (14.6, -61.0)):
        assert len(cells_around(latitude, longitude, radius)) <= most


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(48.853, 2.35), (-21.1151, 55.5364), (4.9, -52.3), (0.0, 0.0), (90.0, 180.0), (-90, -180)],
)
def test_database_counts_cells_alike(world: World, now: dt.datetime, latitude: float, longitude: float) -> None:
    site = factories.make_site(now, world.company, latitude=latitude, longitude=longitude)
    assert site.cell == cell_of(latitude, longitude)


@pytest.mark.django_db
def test_rooms_and_slots_go_along_when_a_site_is_placed(world: World) -> None:
    Site.objects.filter(pk=world.site.pk).update(latitude=48.85, longitude=2.35)
    paris = cell_of(48.85, 2.35)
    for model in (Site, Room, Slot):
        assert set(model.objects.values_list("cell", flat=True)) == {paris}
