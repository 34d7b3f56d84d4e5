"""Random sequences of all moves by everybody; after each one PostgreSQL is asked whether anything is broken."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.workshops.everybody.play import KINDS, play

# Enough for most kinds of moves to be made; the others are sought.
GAMES, STEPS = 8, 50


@pytest.mark.django_db
def test_whatever_anybody_does_nothing_breaks(now: dt.datetime) -> None:
    """And there is no kind of move that nobody can make."""
    tally = play(now=now, examples=GAMES, steps=STEPS)
    assert {move for move in tally if " refused" not in move} == KINDS
    assert tally.total() > GAMES * STEPS / 2
