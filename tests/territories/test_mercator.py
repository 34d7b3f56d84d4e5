"""The projection of maps on the web, against its definition and itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.distance import kilometres_between
from territories.mercator import TILE, Window

LATITUDES = st.floats(-80, 80)
LONGITUDES = st.floats(-180, 179.9)


@given(LATITUDES, LONGITUDES, st.integers(3, 18), st.floats(0, 320), st.floats(0, 320))
def test_point_and_pixel_are_inverse(latitude: float, longitude: float, zoom: int, x: float, y: float) -> None:
    window = Window(latitude, longitude, zoom, 320)
    back = window.pixel(*window.point(x, y))
    world = TILE << zoom
    assert math.isclose((back[0] - x) % world, 0, abs_tol=1e-4) or math.isclose((back[0] - x) % world, world)
    assert math.isclose(back[1], y, abs_tol=1e-4)


@given(LATITUDES, st.floats(-179, 179))
def test_scale_is_that_of_the_ground(latitude: float, longitude: float) -> None:
    window = Window(latitude, longitude, 15, 320)
    there = window.point(160 + 100, 160)
    metres = kilometres_between((latitude, longitude), there) * 1000
    assert metres == pytest.approx(100 * window.metres_per_pixel, rel=0.01)


@given(LATITUDES, LONGITUDES, st.integers(3, 18))
def test_tiles_cover_the_window_once(latitude: float, longitude: float, zoom: int) -> None:
    tiles = list(Window(latitude, longitude, zoom, 320).tiles())
    assert min(tile.x for tile in tiles) <= 0
    assert max(tile.x for tile in tiles) + TILE >= 320
    assert len({(tile.x, tile.y) for tile in tiles}) == len(tiles)
    assert all(0 <= tile.column < 2**zoom and 0 <= tile.row < 2**zoom for tile in tiles)


def test_world_is_one_tile_at_zoom_nought() -> None:
    assert Window(0, 0, 0, TILE).pixel(85.05112877980659, -180) == pytest.approx((0, 0), abs=1e-9)
    assert next((tile.column, tile.row) for tile in Window(0, 0, 0, 256).tiles()) == (0, 0)
