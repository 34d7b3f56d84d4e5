"""Random games of all moves by everybody, PostgreSQL asked for every promise of the domain after each move."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.database import empty_database

Measure = dict[str, Any]

GAMES, QUICK_GAMES = 300, 12
MOVES_A_GAME = 100
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


def measure(*, quick: bool = False) -> Iterator[Measure]:
    """`invariants.broken`, and how often each move was made."""
    with empty_database():
        # After Django is set up.
        from tests.workshops.everybody.play import Play, play  # noqa: PLC0415

        began, told = time.perf_counter(), ""
        try:
            play(now=NOW, examples=QUICK_GAMES if quick else GAMES, steps=MOVES_A_GAME)
        except Exception as error:  # noqa: BLE001  # whatever is not a refusal is what is looked for
            told = "\n".join([repr(error), *getattr(error, "__notes__", [])])
        yield from _told(Play.tally, told, time.perf_counter() - began)


def _told(tally: Counter[str], told: str, seconds: float) -> Iterator[Measure]:
    made = Counter({move: times for move, times in tally.items() if " refused" not in move})
    refused = Counter({move: times for move, times in tally.items() if move.endswith(" refused")})
    yield {
        "name": "invariants.broken",
        "value": int(bool(told)),
        "unit": "games",
        "asked": "= 0",
        "n": made.total() + refused.total(),
        "notes": told or f"{made.total()} moves made, {refused.total()} refused, in {seconds:.0f} s",
    }
    yield {
        "name": "invariants.moves",
        "value": len(made),
        "unit": "kinds of moves",
        "n": made.total(),
        "notes": ", ".join(f"{move} {times}" for move, times in sorted(made.items())),
    }
