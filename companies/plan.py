"""A small plan around a site: its point, the communes about it and a scale; tiles under them when there are some."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from territories.mercator import Window
from territories.models import Commune
from territories.wording import NO_BREAK

SIZE = 320
ZOOMS = (9, 11, 13, 15, 17)
USUAL_ZOOM = 13
# The labels that fit, the largest communes first.
LABELS = 9
LABEL_HEIGHT, LETTER_WIDTH, DOT = 16, 8, 4
SCALES_M = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20)
LONGEST_SCALE = 100
# The pin, as the template draws it, in pixels above the point.
TIP_HEIGHT, TIP_HALF_WIDTH, DISC_HEIGHT, DISC_RADIUS = 16, 9, 21, 10


class Label(NamedTuple):
    """A commune's dot and name, in pixels."""

    x: int
    y: int
    name: str
    before: bool
    """Whether the name stands before its dot, where it would not fit after it."""


class Image(NamedTuple):
    """A tile and its corner, in pixels."""

    href: str
    x: int
    y: int


class Plan(NamedTuple):
    """What the template draws, in pixels of a square of `size`."""

    size: int
    middle: int
    labels: list[Label]
    tiles: list[Image]
    scale: int
    scale_text: str
    rings: list[int]
    """Radii around the point, of once and twice the scale."""


def draw_plan(window: Window, *, communes: Iterable[Commune], tile_url: str) -> Plan:
    """The plan of a window; `communes` come largest first, `tile_url` is empty for none."""
    tiles = [
        Image(tile_url.format(z=tile.zoom, x=tile.column, y=tile.row), round(tile.x), round(tile.y))
        for tile in window.tiles()
        if tile_url
    ]
    metres = next((one for one in SCALES_M if one / window.metres_per_pixel <= LONGEST_SCALE), SCALES_M[-1])
    text = f"{metres // 1000}{NO_BREAK}km" if metres >= 1000 else f"{metres}{NO_BREAK}m"  # noqa: PLR2004  # a kilometre
    scale = round(metres / window.metres_per_pixel)
    return Plan(
        size=window.size,
        middle=window.size // 2,
        labels=_labels(window, communes),
        tiles=tiles,
        scale=scale,
        scale_text=text,
        rings=[ring for ring in (scale, 2 * scale) if ring < window.size // 2],
    )


def is_on_pin(x: int, y: int, *, size: int) -> bool:
    """Whether a pixel of a square of `size` is on the pin: a disc above its middle, and the tip that leads there."""
    east, up = x - size // 2, size // 2 - y
    in_tip = 0 <= up <= TIP_HEIGHT and abs(east) * TIP_HEIGHT <= up * TIP_HALF_WIDTH
    return in_tip or math.hypot(east, up - DISC_HEIGHT) <= DISC_RADIUS


class Box(NamedTuple):
    """What is drawn somewhere, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Box) -> bool:
        apart = self.right < other.left or other.right < self.left or self.bottom < other.top or other.bottom < self.top
        return not apart


def _labels(window: Window, communes: Iterable[Commune]) -> list[Label]:
    """Those that write neither over each other nor over the pin, the north and the scale."""
    size, middle = window.size, window.size // 2
    drawn = [
        Box(middle - 12, middle - 34, middle + 12, middle - 4),
        Box(size - 36, size - 52, size, size),
        Box(0, size - 36, LONGEST_SCALE + 20, size),
    ]
    labels: list[Label] = []
    for commune in communes:
        if commune.latitude is None or commune.longitude is None:
            continue
        x, y = (round(pixel) for pixel in window.pixel(commune.latitude, commune.longitude))
        width = len(commune.name) * LETTER_WIDTH
        before = x > size - width
        left = x - width if before else x - DOT
        box = Box(left, y - LABEL_HEIGHT // 2, left + width + DOT, y + LABEL_HEIGHT // 2)
        if len(labels) < LABELS and not any(box.meets(other) for other in drawn):
            drawn.append(box)
            labels.append(Label(x, y, commune.name, before=before))
    return labels
