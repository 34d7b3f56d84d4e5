"""One new slot among all requests: against the query that fetches who may be served, and among fewer slots."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.database import use
from bench.matching.country import ALL
from companies.models import Slot
from workshops.catalogue import bookable
from workshops.matching import requests_for, served_by
from workshops.matching.reading import WANTED, paths

Measure = dict[str, Any]

SLOTS, ROUNDS = 200, 3


def measure(few: str, *, quick: bool) -> Iterator[Measure]:
    """`matching.increment` by its 95th percentile; `matching.growth` by its median, a hundred times as many slots."""
    times: dict[str, list[tuple[list[float], list[float]]]] = {few: [], ALL: []}
    for _ in range(ROUNDS + 1):
        for name, told in times.items():
            use(name)
            told.append(_round())
    # The first round of each reads the tables into memory.
    rounds = {name: told[1:] for name, told in times.items()}
    bare, ours = ([_late(one[side]) for one in rounds[ALL]] for side in (0, 1))
    yield {
        "name": "matching.increment",
        "value": round(median(ours), 2),
        "unit": "ms",
        "reference": {"name": "the query that fetches the candidates, alone", "value": round(median(bare), 2)},
        "ratio": round(median(mine / theirs for theirs, mine in zip(bare, ours, strict=True)), 2),
        # Of few requests, what a statement costs at least is most of it.
        "asked": "" if quick else "≤ 3",
        "n": SLOTS * ROUNDS,
        "notes": "95th percentile of the ranked matches of one new slot among all open requests, turn and turn about",
    }
    among, alone = ([median(one[1]) for one in rounds[name]] for name in (ALL, few))
    yield {
        "name": "matching.growth",
        "value": round(median(among), 2),
        "unit": "ms",
        "reference": {"name": "among a hundredth of the slots", "value": round(median(alone), 2)},
        "ratio": round(median(many / less for less, many in zip(alone, among, strict=True)), 2),
        "asked": "≤ 1.5",
        "n": SLOTS * ROUNDS,
        "notes": f"the same for {_slots()} slots, medians",
    }


def _slots() -> int:
    use(ALL)
    return Slot.objects.count()


def _late(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _round() -> tuple[list[float], list[float]]:
    """Milliseconds of the query alone, and of all of it, slot by slot: those of one evening in so many."""
    now = timezone.now()
    numbers = list(bookable(now).order_by("pk").values_list("pk", flat=True))
    chosen = bookable(now).filter(pk__in=numbers[:: max(len(numbers) // SLOTS, 1)][:SLOTS]).with_place()
    bare, ours = list[float](), list[float]()
    for slot in chosen:
        asked = requests_for(slot, now).values_list("pk", "association", *paths(WANTED))
        sql, parameters = asked.query.sql_with_params()
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()
        read = time.perf_counter()
        served_by(slot, requests_for(slot, now), now=now)
        bare.append(1000 * (read - began))
        ours.append(1000 * (time.perf_counter() - read))
    return bare, ours
