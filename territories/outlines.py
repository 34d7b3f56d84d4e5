"""Outlines of the départements for maps drawn by the server as SVG, and where a place falls on them.

Mainland France and Corsica stand in Lambert's conformal conic projection, each overseas territory in a frame
of its own below. Every measure is in units of the SVG view box.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from territories.thinning import thinned, written

type Point = tuple[float, float]
type Ring = list[Point]

MAINLAND = "FR"
"""Key of the frame shared by the 96 départements of Europe."""

_WIDTH = 1000.0
_MAINLAND_BOX = (0.0, 0.0, _WIDTH, 980.0)
_OVERSEAS_ROWS = (("971", "972", "973", "974", "976", "977"), ("978", "975", "986", "987", "988"))
_ROW_HEIGHT = 150.0
_MARGIN = 8.0
_SEA = 24.0
"""Margin of the mainland: Ouessant and Molène, too small to be drawn, lie 20 units west of the outline."""

_PARALLELS = (math.radians(44.0), math.radians(49.0))
_MERIDIAN = math.radians(3.0)
_CONE = math.log(math.cos(_PARALLELS[0]) / math.cos(_PARALLELS[1])) / math.log(
    math.tan(math.pi / 4 + _PARALLELS[1] / 2) / math.tan(math.pi / 4 + _PARALLELS[0] / 2)
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of the map and how places fall into it: x = left + scale · east, y = top − scale · north."""

    box: tuple[float, float, float, float]
    scale: float
    left: float
    top: float
    parallel: float

    def place(self, latitude: float, longitude: float, *, conic: bool) -> Point:
        """Where a point (degrees) falls, in units of the view box, to a tenth."""
        east, north = _lambert(latitude, longitude) if conic else _flat(latitude, longitude, self.parallel)
        return round(self.left + self.scale * east, 1), round(self.top - self.scale * north, 1)


@dataclass(frozen=True, slots=True)
class Outlines:
    """`paths` gives each département code its SVG path data; `frames` the box of each overseas territory.

    `coarse` is like `paths`, for who draws the whole country.
    """

    view_box: str
    paths: dict[str, str]
    coarse: dict[str, str]
    frames: dict[str, Frame]

    def place(self, departement_code: str, latitude: float, longitude: float) -> Point:
        """Where a point (degrees) of this département falls on the map."""
        overseas = self.frames.get(departement_code)
        frame = overseas or self.frames[MAINLAND]
        return frame.place(latitude, longitude, conic=overseas is None)


@cache
def outlines() -> Outlines:
    """The 107 outlines shipped with the app, read once; 984 and 989, where nobody lives, have none."""
    drawn = json.loads((Path(__file__).parent / "data" / "outlines.json").read_text())
    frames = {code: Frame(box=tuple(frame.pop("box")), **frame) for code, frame in drawn["frames"].items()}
    return Outlines(view_box=drawn["view_box"], paths=drawn["paths"], coarse=drawn["coarse"], frames=frames)


def draw(topology: dict[str, Any]) -> dict[str, Any]:
    """The content of `outlines.json`, from a TopoJSON whose object `departements` carries `code`."""
    rings = {
        shape["properties"]["code"]: list(_rings(shape, _arcs(topology)))
        for shape in topology["objects"]["departements"]["geometries"]
    }
    boxes = dict(_boxes())
    mainland = [point for code in rings if code not in boxes for ring in rings[code] for point in ring]
    frames = {MAINLAND: _fit(mainland, _MAINLAND_BOX, conic=True, margin=_SEA)}
    for code, box in boxes.items():
        frames[code] = _fit([point for ring in rings[code] for point in ring], box, conic=False)
    paths = {
        code: _path(
            [frames.get(code, frames[MAINLAND]).place(*point, conic=code not in boxes) for point in ring]
            for ring in rings[code]
        )
        for code in sorted(rings)
    }
    height = _MAINLAND_BOX[3] + len(_OVERSEAS_ROWS) * _ROW_HEIGHT
    return {
        "view_box": f"0 0 {_WIDTH:g} {height:g}",
        "frames": {
            code: {name: getattr(frame, name) for name in ("box", "scale", "left", "top", "parallel")}
            for code, frame in frames.items()
        },
        "paths": paths,
        "coarse": thinned({code: _drawn(path) for code, path in paths.items()}),
    }


def _lambert(latitude: float, longitude: float) -> Point:
    """East and north on a sphere of radius 1, with the parallels and the meridian of Lambert-93."""
    reach = math.cos(_PARALLELS[0]) * math.tan(math.pi / 4 + _PARALLELS[0] / 2) ** _CONE / _CONE
    radius = reach / math.tan(math.pi / 4 + math.radians(latitude) / 2) ** _CONE
    angle = _CONE * (math.radians(longitude) - _MERIDIAN)
    return radius * math.sin(angle), -radius * math.cos(angle)


def _flat(latitude: float, longitude: float, parallel: float) -> Point:
    """East and north in degrees of latitude, true along one parallel: enough for one territory."""
    return longitude * math.cos(math.radians(parallel)), latitude


def _boxes() -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    for row, codes in enumerate(_OVERSEAS_ROWS):
        width = _WIDTH / len(codes)
        for column, code in enumerate(codes):
            yield (
                code,
                (
                    round(column * width, 1),
                    _MAINLAND_BOX[3] + row * _ROW_HEIGHT,
                    round(width, 1),
                    _ROW_HEIGHT,
                ),
            )


def _fit(points: Ring, box: tuple[float, float, float, float], *, conic: bool, margin: float = _MARGIN) -> Frame:
    """The frame that shows all of the points (latitude, longitude) as large as the box allows, centred."""
    parallel = round((min(p[0] for p in points) + max(p[0] for p in points)) / 2, 4)
    flat = [_lambert(*p) if conic else _flat(*p, parallel) for p in points]
    west, east = min(p[0] for p in flat), max(p[0] for p in flat)
    south, north = min(p[1] for p in flat), max(p[1] for p in flat)
    x, y, width, height = box
    scale = min((width - 2 * margin) / (east - west), (height - 2 * margin) / (north - south))
    left = x + width / 2 - scale * (west + east) / 2
    top = y + height / 2 + scale * (south + north) / 2
    return Frame(box=box, scale=round(scale, 5), left=round(left, 3), top=round(top, 3), parallel=parallel)


def _arcs(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of a quantised TopoJSON as (latitude, longitude), in degrees."""
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((south + y * high, west + x * wide))
        arcs.append(arc)
    return arcs


def _rings(shape: dict[str, Any], arcs: list[Ring]) -> Iterator[Ring]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        for ring in polygon:
            joined: Ring = []
            for index in ring:
                arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                joined += arc[1:] if joined else arc
            yield joined


def _path(rings: Iterable[Ring]) -> str:
    """SVG path data in tenths, each ring an absolute start and relative steps; dust is left out."""
    return "".join(filter(None, map(_ring_path, rings)))


def _ring_path(ring: Ring) -> str:
    corners = [(round(x * 10), round(y * 10)) for x, y in ring]
    kept = [corner for before, corner in zip([None, *corners], corners, strict=False) if corner != before]
    return written(kept[:-1])


NUMBER = re.compile(r"-?\d*\.?\d+")
RING = re.compile(r"M([^l]+)l([^z]+)z")


def extent(path: str) -> tuple[float, float, float, float]:
    """West, north, east and south of SVG path data that `draw` has written."""
    xs, ys = zip(*(corner for ring in _drawn(path) for corner in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def middle(path: str) -> Point:
    """The centre of gravity of the largest part of SVG path data that `draw` has written."""
    area, x, y = max(map(_weighed, _drawn(path)))
    return x / (3 * area), y / (3 * area)


def _drawn(path: str) -> list[Ring]:
    rings = []
    for start, steps in RING.findall(path):
        x, y = map(float, NUMBER.findall(start))
        ring = [(x, y)]
        moves = [float(number) for number in NUMBER.findall(steps)]
        for step_x, step_y in zip(moves[::2], moves[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        rings.append(ring)
    return rings


def _weighed(ring: Ring) -> tuple[float, float, float]:
    """Twice the area of a ring, and that times thrice the place of its centre (the surveyor's formula)."""
    area = to_right = down = 0.0
    for (x, y), (next_x, next_y) in pairwise([*ring, ring[0]]):
        cross = x * next_y - next_x * y
        area += cross
        to_right += (x + next_x) * cross
        down += (y + next_y) * cross
    sign = -1 if area < 0 else 1
    return sign * area, sign * to_right, sign * down
