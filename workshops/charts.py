"""Charts drawn on the server; each number stands in a table too. Units are those of a drawing, which fits its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from territories.wording import number

# What columns stand on, and how high the highest may be.
WIDTH, HEIGHT = 640, 200
# Below the columns stands what they are of, above them how many; the scale stands on their left.
FOOT, HEAD, SIDE = 28, 24, 48
# How much of its place a column fills.
FILLED = 0.7
# Of more columns than this the scale alone says how many.
MOST_FIGURES = 16
# How much place a label takes, on a phone.
LABEL = 130
STEPS = (1, 2, 5)


class Column(NamedTuple):
    """A column, with what it says; its label is left out where there is no room for it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    figure: str
    label: str


class Mark(NamedTuple):
    """A line of the scale."""

    y: float
    label: str


class Columns(NamedTuple):
    """Columns on one foot."""

    columns: list[Column]
    marks: list[Mark]

    @property
    def view_box(self) -> str:
        return f"0 0 {SIDE + WIDTH} {HEAD + HEIGHT + FOOT}"

    @property
    def left(self) -> int:
        return SIDE

    @property
    def right(self) -> int:
        return SIDE + WIDTH

    @property
    def foot(self) -> int:
        return HEAD + HEIGHT


def columns(counts: Sequence[tuple[str, int]]) -> Columns:
    """Of counts in their order, each with a short label."""
    top = round_above(max((count for _, count in counts), default=0))
    pitch = WIDTH / max(len(counts), 1)
    labelled_each = max(1, round(LABEL / pitch + 0.49))
    drawn = [
        _column(place, count, label if place % labelled_each == 0 else "", top=top, pitch=pitch)
        for place, (label, count) in enumerate(counts)
    ]
    if len(drawn) > MOST_FIGURES:
        drawn = [one._replace(figure="") for one in drawn]
    return Columns(drawn, [_mark(count, top) for count in (0, top // 2, top)])


def _column(place: int, count: int, label: str, *, top: int, pitch: float) -> Column:
    height, left = HEIGHT * count / top, SIDE + place * pitch
    return Column(
        x=round(left + pitch * (1 - FILLED) / 2, 1),
        y=round(HEAD + HEIGHT - height, 1),
        width=round(pitch * FILLED, 1),
        height=round(height, 1),
        middle=round(left + pitch / 2, 1),
        figure=number(count) if count else "",
        label=label,
    )


def _mark(count: int, top: int) -> Mark:
    return Mark(round(HEAD + HEIGHT - HEIGHT * count / top, 1), number(count))


def round_above(most: int) -> int:
    """The top of a scale, of which half is round as well: 2, 4, 10, 20, 40, 100 and so on."""
    power = 1
    while most > 2 * STEPS[-1] * power:
        power *= 10
    return next(2 * step * power for step in STEPS if most <= 2 * step * power)


def share(count: int, most: int) -> float:
    """How long a bar is, in hundredths of the longest."""
    return round(100 * count / most, 1) if most else 0.0
