"""Distances on the globe, many at once: what `territories.distance` says of two points, with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from territories.distance import EARTH_RADIUS_KM

type Degrees = NDArray[np.float64]


def kilometres_between_all(a: tuple[Degrees, Degrees], b: tuple[Degrees, Degrees]) -> NDArray[Any]:
    """Great-circle distances between points (latitudes, longitudes), pair by pair; NaN where one is not known."""
    latitude_a, longitude_a, latitude_b, longitude_b = map(np.radians, (*a, *b))
    across = np.cos(latitude_a) * np.cos(latitude_b) * np.sin((longitude_b - longitude_a) / 2) ** 2
    half_chord = np.sqrt(np.sin((latitude_b - latitude_a) / 2) ** 2 + across)
    kilometres: NDArray[Any] = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, half_chord))
    return kilometres
