"""Which slots serve which requests: one new slot among all requests, and all of both at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.database import copy_to, empty_database

Measure = dict[str, Any]

# The same requests among a hundredth of the slots.
FEW = "few"


def measure(*, quick: bool) -> Iterator[Measure]:
    """On the data of a country (quick: a tenth of it), against queries that only fetch."""
    with empty_database():
        from bench.matching import country, increments, sweeps  # noqa: PLC0415  # models come with them

        copy_to(FEW)
        country.load(FEW, quick=quick, hundredth=True)
        country.load(country.ALL, quick=quick)
        yield from increments.measure(FEW, quick=quick)
        yield from sweeps.measure(quick=quick)
