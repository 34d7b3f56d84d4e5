"""The search on the data of a country against the limits of the same machine, turn and turn about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bench.booking.machine import machine
from bench.database import copy_to
from bench.searching.alone import FEW, one_at_a_time
from bench.searching.seen import seen
from bench.searching.turns import Size, Turns, told

Measure = dict[str, Any]

FULL, QUICK = Size("national", rounds=5, pages=400), Size("regional", rounds=3, pages=80)


def measure(*, quick: bool) -> Iterator[Measure]:
    """The lists, found and kept, and the page of a slot, each against what this machine can do at most."""
    size = QUICK if quick else FULL
    with (
        machine("bench.searching.settings") as ours,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        copy_to(FEW)
        yield _loaded(size)
        _collected()
        ours.serve()
        turns = Turns(ours, size)
        turns.warm()
        rounds = [turns.all() for _ in progress.track(range(size.rounds + 1), description="search")][1:]
        yield from told(rounds, size)
        yield from seen(ours)
        yield from one_at_a_time()


def _loaded(size: Size) -> Measure:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from companies.models import Slot  # noqa: PLC0415

    began = time.perf_counter()
    call_command("seed", scale=size.scale)
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        # As autovacuum does within minutes.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    return {
        "name": "search.seed",
        "value": round(seconds, 1),
        "unit": "s",
        "asked": "≤ 300",
        "n": Slot.objects.count(),
        "notes": f"{size.scale}: slots, with all that they hang on, by COPY through constraints and triggers",
    }


def _collected() -> None:
    """Static files as in production, for whoever looks at a page."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)
