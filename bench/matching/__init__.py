"""Which slots serve which requests: one new slot among all requests, and all of both at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.database import copy_to, empty_database

Measure = dict[str, Any]

# The same requests among a hundredth and a tenth of the slots.
FEW, TENTH = "few", "tenth"


def measure(*, quick: bool) -> Iterator[Measure]:
    """On the data of a country (quick: a tenth of it), against queries that only fetch."""
    with empty_database():
        from bench.matching import country, increments, sweeps  # noqa: PLC0415  # models come with them

        for name, part in ((FEW, 100), (TENTH, 10)):
            copy_to(name)
            country.load(name, quick=quick, part=part)
        country.load(country.ALL, quick=quick)
        yield from increments.measure(FEW, quick=quick)
        yield from sweeps.measure(TENTH)
