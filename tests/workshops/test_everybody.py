"""Random sequences of all moves by everybody; after each one PostgreSQL is asked whether anything is broken."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.workshops.everybody.play import MOVES, play

# Enough for most moves to be made.
GAMES, STEPS = 12, 50


@pytest.mark.django_db
def test_whatever_anybody_does_nothing_breaks(now: dt.datetime) -> None:
    tally = play(now=now, examples=GAMES, steps=STEPS)
    done = {move for move in tally if not move.endswith(" refused")}
    assert tally.total() > GAMES * STEPS / 2
    assert len(done) > len(set(MOVES)) / 2
