"""One new slot among all requests, and one new request: against the query that fetches, and among fewer slots."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from associations.models import Request
from bench.database import use
from bench.matching.country import ALL
from companies.models import Slot
from workshops import actions
from workshops.catalogue import bookable
from workshops.matching import MATCHES_TOLD, best_slots, requests_for, served_by, slots_for
from workshops.matching.reading import WANTED, paths
from workshops.models import MatchAgain

Measure = dict[str, Any]

SLOTS, TOLD, REQUESTS, ROUNDS = 200, 20, 100, 3


class _Round(NamedTuple):
    """Milliseconds: of the query alone and of all of it, slot by slot; of a run that tells; request by request."""

    bare: list[float]
    ranked: list[float]
    told: list[float]
    found: list[float]


def measure(few: str, *, quick: bool) -> Iterator[Measure]:
    """`matching.increment` by its 95th percentile; `matching.growth` by medians, a hundred times as many slots."""
    times: dict[str, list[_Round]] = {few: [], ALL: []}
    for _ in range(ROUNDS + 1):
        for name, told in times.items():
            use(name)
            told.append(_Round(*_ranked(), _told(), _found()))
    # The first round of each reads the tables into memory.
    rounds = {name: told[1:] for name, told in times.items()}
    bare, ours = [_late(one.bare) for one in rounds[ALL]], [_late(one.ranked) for one in rounds[ALL]]
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
    slots = _slots()
    yield _growth("growth", rounds[few], rounds[ALL], "ranked", f"the same for {slots} slots, medians")
    new = "a whole run of the task that tells, with one new slot: with the mails it writes, before any other was told"
    yield _growth("growth_told", rounds[few], rounds[ALL], "told", new)
    wanted = "one new request and its best slots, of which there are as many more around it"
    yield _growth("growth_request", rounds[few], rounds[ALL], "found", wanted) | {"asked": ""}


def _growth(name: str, few: list[_Round], many: list[_Round], what: str, notes: str) -> Measure:
    alone, among = ([median(getattr(one, what)) for one in rounds] for rounds in (few, many))
    return {
        "name": f"matching.{name}",
        "value": round(median(among), 2),
        "unit": "ms",
        "reference": {"name": "among a hundredth of the slots", "value": round(median(alone), 2)},
        "ratio": round(median(many / less for less, many in zip(alone, among, strict=True)), 2),
        "asked": "≤ 1.5",
        "n": len(getattr(few[0], what)) * len(few),
        "notes": notes,
    }


def _slots() -> int:
    use(ALL)
    return Slot.objects.count()


def _late(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _some(now: dt.datetime, count: int) -> list[Slot]:
    """Of all that can be had, one in so many."""
    numbers = list(bookable(now).order_by("pk").values_list("pk", flat=True))
    return list(bookable(now).filter(pk__in=numbers[:: max(len(numbers) // count, 1)][:count]).with_place())


def _ranked() -> tuple[list[float], list[float]]:
    """Of the query alone, and of all of it."""
    now = timezone.now()
    bare, ours = list[float](), list[float]()
    for slot in _some(now, SLOTS):
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


def _told() -> list[float]:
    """Each time as if one slot alone had come, and undone."""
    now, took = timezone.now(), list[float]()
    for slot in _some(now, TOLD):
        with transaction.atomic():
            MatchAgain.objects.all().delete()
            Slot.objects.filter(pk=slot.pk).update(matched_at=None)
            began = time.perf_counter()
            actions.tell_matches(now=now)
            took.append(1000 * (time.perf_counter() - began))
            transaction.set_rollback(True)
    return took


def _found() -> list[float]:
    now, took = timezone.now(), list[float]()
    numbers = list(Request.objects.open(now).order_by("pk").values_list("pk", flat=True))
    chosen = numbers[:: max(len(numbers) // REQUESTS, 1)][:REQUESTS]
    for request in Request.objects.filter(pk__in=chosen).select_related("commune", "association"):
        began = time.perf_counter()
        best_slots(request, slots_for(request, now), count=MATCHES_TOLD, now=now)
        took.append(1000 * (time.perf_counter() - began))
    return took
