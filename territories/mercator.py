"""The projection of maps on the web (EPSG:3857, spherical Mercator), in pixels of a zoom level.

At zoom z the world is a square of 256 · 2^z pixels, its corner at the north-west; tiles are 256 pixels wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

TILE = 256
# Where the square ends (the latitude at which its height equals its width).
HIGHEST_LATITUDE = 85.05112877980659
EARTH_CIRCUMFERENCE_M = 40_075_016.686


class Tile(NamedTuple):
    """One tile of a tile server, and where its corner is in the window, in pixels."""

    zoom: int
    column: int
    row: int
    x: float
    y: float


class Window(NamedTuple):
    """A square of `size` pixels around a point (degrees WGS 84) at a zoom level."""

    latitude: float
    longitude: float
    zoom: int
    size: int

    @property
    def metres_per_pixel(self) -> float:
        return EARTH_CIRCUMFERENCE_M * math.cos(math.radians(self.latitude)) / _side(self.zoom)

    def pixel(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point is in the window: x to the east, y to the south, from its north-west corner."""
        x, y = _world(latitude, longitude, self.zoom)
        left, top = self._corner()
        return x - left, y - top

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude of a pixel of the window."""
        left, top = self._corner()
        world = _side(self.zoom)
        longitude = (left + x) / world * 360 - 180
        latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (top + y) / world))))
        return latitude, (longitude + 180) % 360 - 180

    def tiles(self) -> Iterator[Tile]:
        """The tiles that cover the window."""
        left, top = self._corner()
        side = _side(self.zoom) // TILE
        for row in range(max(0, int(top // TILE)), min(side - 1, int((top + self.size) // TILE)) + 1):
            for column in range(int(left // TILE), int((left + self.size) // TILE) + 1):
                yield Tile(self.zoom, column % side, row, column * TILE - left, row * TILE - top)

    def _corner(self) -> tuple[float, float]:
        x, y = _world(self.latitude, self.longitude, self.zoom)
        return x - self.size / 2, y - self.size / 2


def _side(zoom: int) -> int:
    """The world's width in pixels."""
    return TILE << zoom


def _world(latitude: float, longitude: float, zoom: int) -> tuple[float, float]:
    world = _side(zoom)
    radians = math.radians(max(-HIGHEST_LATITUDE, min(HIGHEST_LATITUDE, latitude)))
    return (longitude + 180) / 360 * world, (1 - math.asinh(math.tan(radians)) / math.pi) / 2 * world
