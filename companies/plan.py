"""A small plan around a site: its point, the communes about it and a scale; tiles under them when there are some."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from territories.french import NO_BREAK
from territories.mercator import Window
from territories.models import Commune

SIZE = 320
ZOOMS = (9, 11, 13, 15, 17)
USUAL_ZOOM = 13
# The labels that fit, the largest communes first.
LABELS = 9
LABEL_HEIGHT, LETTER_WIDTH = 16, 8
SCALES_M = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20)
LONGEST_SCALE = 100


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


def draw_plan(window: Window, *, communes: Iterable[Commune], tile_url: str) -> Plan:
    """The plan of a window; `communes` come largest first, `tile_url` is empty for none."""
    tiles = [
        Image(tile_url.format(z=tile.zoom, x=tile.column, y=tile.row), round(tile.x), round(tile.y))
        for tile in window.tiles()
        if tile_url
    ]
    metres = next((one for one in SCALES_M if one / window.metres_per_pixel <= LONGEST_SCALE), SCALES_M[-1])
    text = f"{metres // 1000}{NO_BREAK}km" if metres >= 1000 else f"{metres}{NO_BREAK}m"  # noqa: PLR2004  # a kilometre
    return Plan(
        size=window.size,
        middle=window.size // 2,
        labels=_labels(window, communes),
        tiles=tiles,
        scale=round(metres / window.metres_per_pixel),
        scale_text=text,
    )


def _labels(window: Window, communes: Iterable[Commune]) -> list[Label]:
    """Those that do not write over each other."""
    placed: list[Label] = []
    for commune in communes:
        if commune.latitude is None or commune.longitude is None:
            continue
        x, y = (round(pixel) for pixel in window.pixel(commune.latitude, commune.longitude))
        apart = all(abs(one.y - y) > LABEL_HEIGHT or abs(one.x - x) > window.size // 2 for one in placed)
        if apart and len(placed) < LABELS:
            placed.append(Label(x, y, commune.name, before=x > window.size - len(commune.name) * LETTER_WIDTH))
    return placed
