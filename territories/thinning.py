"""Outlines with fewer corners, for a map of the whole country. What two neighbours share stays shared: no gap opens."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

type Corner = tuple[int, int]
type Chain = tuple[Corner, ...]
type Rings = list[list[tuple[float, float]]]

# In units of the view box: how far a corner that goes may lie from the line that remains. At 1,280 pixels, the map of
# the country shows such a unit in 0.6 pixels.
TOLERANCE = 2.0
# An island that is no wider nor higher keeps its shape, and its place to a tenth: an archipelago is made of them.
ISLET, TOLERANCE_OF_ISLET = 8.0, 0.2
TENTHS = 10


def thinned(outlines: Mapping[str, Rings]) -> dict[str, str]:
    """SVG path data by the same keys, each ring an absolute start and relative steps, in whole units but for islets."""
    rings = {code: [_closed(ring) for ring in own] for code, own in outlines.items()}
    joints = _joints(ring for own in rings.values() for ring in own)
    return {code: "".join(written(_thinned_ring(ring, joints)) for ring in own) for code, own in rings.items()}


def _closed(ring: Iterable[tuple[float, float]]) -> list[Corner]:
    """In whole tenths, the first corner again at the end."""
    corners = [(round(x * TENTHS), round(y * TENTHS)) for x, y in ring]
    return [*corners, corners[0]]


def _joints(rings: Iterable[list[Corner]]) -> set[Corner]:
    """Where lines meet: between two of them, rings share all corners or none."""
    beside: dict[Corner, set[Corner]] = defaultdict(set)
    for ring in rings:
        for one, other in pairwise(ring):
            beside[one].add(other)
            beside[other].add(one)
    return {corner for corner, others in beside.items() if len(others) > 2}  # noqa: PLR2004  # of a line, two


def _thinned_ring(ring: list[Corner], joints: set[Corner]) -> list[Corner]:
    corners, thin = _from_a_joint(ring, joints), _islet if _is_islet(ring, joints) else _line
    return [corner for chain in _chains(corners, joints) for corner in thin(chain)[:-1]]


def _is_islet(ring: list[Corner], joints: set[Corner]) -> bool:
    xs, ys = zip(*ring, strict=True)
    return joints.isdisjoint(ring) and max(max(xs) - min(xs), max(ys) - min(ys)) <= ISLET * TENTHS


def _islet(chain: Chain) -> list[Corner]:
    return _kept(chain, TOLERANCE_OF_ISLET * TENTHS)


def _line(chain: Chain) -> list[Corner]:
    """The same corners whichever of two neighbours draws it, and in whichever way."""
    there = chain > chain[::-1]
    kept = _kept(chain[::-1] if there else chain, TOLERANCE * TENTHS)
    return [(round(x / TENTHS) * TENTHS, round(y / TENTHS) * TENTHS) for x, y in (kept[::-1] if there else kept)]


def _from_a_joint(ring: list[Corner], joints: set[Corner]) -> list[Corner]:
    """The ring from a corner that stays: where lines meet, else the first in order, whoever draws it."""
    open_ring = ring[:-1]
    start = next((at for at, corner in enumerate(open_ring) if corner in joints), open_ring.index(min(open_ring)))
    return [*open_ring[start:], *open_ring[:start], open_ring[start]]


def _chains(corners: list[Corner], joints: set[Corner]) -> Iterable[Chain]:
    """Cut where lines meet; a line that ends where it begins is cut at its far end too."""
    stays = joints if sum(corner in joints for corner in corners[:-1]) > 1 else joints | {_far_end(corners)}
    chain = [corners[0]]
    for corner in corners[1:]:
        chain.append(corner)
        if corner in stays or corner == corners[0]:
            yield tuple(chain)
            chain = [corner]


def _far_end(corners: list[Corner]) -> Corner:
    return max(corners, key=lambda corner: (math.dist(corners[0], corner), corner))


def _kept(chain: Chain, tolerance: float) -> list[Corner]:
    """The corners that are needed (Douglas and Peucker)."""
    first, last = chain[0], chain[-1]
    inside = [(_from_line(corner, first, last), at) for at, corner in enumerate(chain[1:-1], start=1)]
    away, farthest = max(inside, default=(0.0, 0))
    if away <= tolerance:
        return [first, last]
    return _kept(chain[: farthest + 1], tolerance)[:-1] + _kept(chain[farthest:], tolerance)


def _from_line(corner: Corner, first: Corner, last: Corner) -> float:
    """How far a corner is from the line between two others."""
    (x, y), (from_x, from_y), (to_x, to_y) = corner, first, last
    long = math.dist(first, last)
    if not long:
        return math.dist(first, corner)
    along = ((x - from_x) * (to_x - from_x) + (y - from_y) * (to_y - from_y)) / long**2
    part = min(max(along, 0.0), 1.0)
    return math.dist(corner, (from_x + part * (to_x - from_x), from_y + part * (to_y - from_y)))


def written(ring: list[Corner]) -> str:
    """SVG path data of a ring in whole tenths; nothing of what has no inside."""
    corners = [corner for before, corner in zip([None, *ring], ring, strict=False) if corner != before]
    if len(set(corners)) < 3:  # noqa: PLR2004  # less than a triangle
        return ""
    steps = [f"{_told(x - from_x)} {_told(y - from_y)}" for (from_x, from_y), (x, y) in pairwise(corners)]
    return f"M{_told(corners[0][0])} {_told(corners[0][1])}l{' '.join(steps)}z".replace(" -", "-")


def _told(tenths: int) -> str:
    text = f"{tenths / TENTHS:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
