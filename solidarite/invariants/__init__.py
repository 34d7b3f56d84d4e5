"""Every promise of the domain about what is stored, as SQL alone: each statement finds the rows that break one.

PostgreSQL holds most of them by itself. These statements ask again, past the guards: after a restore, after a fault,
after any number of moves, and nightly. Which promises are deliberately not made is said where the others stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection

from solidarite.invariants import catalogue, claims, states, supply, workshops
from solidarite.invariants.check import Check

FACTS = [*supply.CHECKS, *claims.CHECKS, *workshops.CHECKS, *states.CHECKS]
CHECKS = [*FACTS, *catalogue.CHECKS]


class Found(NamedTuple):
    """What one check found: the numbers of the rows, or names of the catalogue, that break its promise."""

    check: Check
    rows: list[int | str]


def look(*, now: dt.datetime, checks: Iterable[Check] = CHECKS) -> Iterator[Found]:
    """Run the checks one after the other; each sees the database at one instant of its own."""
    parameters: dict[str, Any] = {"now": now, **catalogue.expected()}
    with connection.cursor() as cursor:
        for check in checks:
            cursor.execute(check.sql, parameters)
            yield Found(check, [row[0] for row in cursor.fetchall()])


def broken(*, now: dt.datetime, checks: Iterable[Check] = CHECKS) -> dict[str, list[int | str]]:
    """The checks that found something, by their names."""
    return {found.check.name: found.rows for found in look(now=now, checks=checks) if found.rows}
