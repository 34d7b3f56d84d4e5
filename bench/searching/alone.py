"""One page after the other, in this process: how long, how many statements, and what is read for it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from statistics import median
from typing import Any

from bench.database import count_rows, use
from bench.searching.searches import ANYWHERE, SETS, search
from solidarite.embedded.addresses import DATABASE_NAME

Measure = dict[str, Any]

PAGES_ON = 99
FEW = "few"


def one_at_a_time() -> Iterator[Measure]:
    """The worst of all searches, the hundredth page, what is counted, and what grows with the number of slots."""
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    times = {one: _milliseconds(client, search("75056", one)) for one in SETS}
    worst = max(times, key=lambda one: times[one])
    yield {
        "name": "search.worst",
        "value": round(times[worst], 2),
        "unit": "ms",
        "n": len(times),
        "notes": f"{worst or 'no filter'} around Paris; median of all {median(times.values()):.2f} ms, one at a time",
    }
    yield _counts(client)
    yield _deep(client)
    yield from _plans_and_queries(client)
    yield _anywhere(client)
    yield _growth(client)


def _counts(client: Any) -> Measure:
    asked = [search("75056", one).replace("/creneaux/?", "/creneaux/comptes/?") for one in SETS]
    times = {one: _milliseconds(client, one, times=3) for one in asked}
    worst = max(times, key=lambda one: times[one])
    return {
        "name": "search.facets",
        "value": round(median(times.values()), 2),
        "unit": "ms",
        "n": len(times),
        "notes": f"all counts around Paris, exact to a thousand, one at a time; worst {times[worst]:.2f} ms: {worst}",
    }


def _anywhere(client: Any) -> Measure:
    times = {one: _milliseconds(client, f"/creneaux/?{one}", times=5) for one in ANYWHERE}
    worst = max(times, key=lambda one: times[one])
    return {
        "name": "search.anywhere",
        "value": round(times[worst], 2),
        "unit": "ms",
        "asked": "≤ 500",
        "n": len(times),
        "notes": f"{worst}, without a place; median of all {median(times.values()):.2f} ms, one at a time",
    }


def _milliseconds(client: Any, address: str, times: int = 7) -> float:
    taken = []
    for number in range(times):
        began = time.perf_counter()
        answer = client.get(f"{address}&x={number}-{time.monotonic_ns()}")
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return median(taken[2:])


def _deep(client: Any) -> Measure:
    from django.utils import timezone  # noqa: PLC0415

    from territories.models import Commune  # noqa: PLC0415
    from workshops.searching import Criteria, find  # noqa: PLC0415

    criteria, now, position = Criteria(Commune.objects.get(pk="75056"), 30), timezone.now(), None
    for _ in range(PAGES_ON):
        position = find(criteria, now=now, position=position).ends(criteria)[1]
    address = search("75056")
    first, deep = [], []
    for _ in range(9):
        first.append(_milliseconds(client, address))
        deep.append(_milliseconds(client, f"{address}&apres={position}"))
    return _against("first page", deep, first, name="deep_page", asked="≤ 1.2", notes="the hundredth page around Paris")


def _growth(client: Any) -> Measure:
    """Both databases in turns, the smaller one filled now."""
    from django.core.management import call_command  # noqa: PLC0415

    use(FEW)
    call_command("seed", scale="regional")
    count_rows()
    address = search("59350")
    times: dict[str, list[float]] = {FEW: [], DATABASE_NAME: []}
    for _ in range(9):
        for name, taken in times.items():
            use(name)
            taken.append(_milliseconds(client, address))
    few, many = times.values()
    return _against("100,000 slots", many, few, name="growth", asked="≤ 1.3", notes="a page around Lille")


def _against(reference: str, ours: list[float], theirs: list[float], *, name: str, asked: str, notes: str) -> Measure:
    """Milliseconds of both, turn and turn about."""
    return {
        "name": f"search.{name}",
        "value": round(median(ours), 2),
        "unit": "ms",
        "reference": {"name": reference, "value": round(median(theirs), 2)},
        "ratio": round(median(one / other for one, other in zip(ours, theirs, strict=True)), 2),
        "asked": asked,
        "n": len(ours),
        "notes": notes,
    }


def _plans_and_queries(client: Any) -> Iterator[Measure]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    def most_asked(who: Client) -> int:
        counts = []
        for one in SETS:
            address = search("59350", one)
            who.get(f"{address}&x=0")
            with CaptureQueriesContext(connection) as asked:
                who.get(f"{address}&x={time.monotonic_ns()}")
            counts.append(len(asked))
        return max(counts)

    member = Client(SERVER_NAME="127.0.0.1")
    member.force_login(User.objects.filter(is_active=True).order_by("pk")[0])
    for name, who, limit in (("queries", client, "≤ 2"), ("queries_signed_in", member, "≤ 4")):
        yield {
            "name": f"search.{name}",
            "value": most_asked(who),
            "unit": "statements",
            "asked": limit,
            "n": len(SETS),
            "notes": "the most of all filters",
        }
    yield from _plans()


def _plans() -> Iterator[Measure]:
    """How the pages of all sets of filters are read, by the plans that PostgreSQL keeps for this connection."""
    from workshops.searching import PAGE  # noqa: PLC0415

    plans = _kept_plans(f"%companies_slot% LIMIT {PAGE + 1}")
    for name, sign, what in (
        ("sequential_scans", "Seq Scan on companies_slot", "reads the whole table of slots"),
        ("whole_cells", "Bitmap Heap Scan on companies_slot", "reads a cell as a whole, and sorts it"),
    ):
        found = [statement for statement, plan in plans if sign in plan]
        yield {
            "name": f"search.{name}",
            "value": len(found),
            "unit": "plans",
            "asked": "= 0",
            "n": len(plans),
            "notes": "; ".join(found) or f"no plan of any filter {what}",
        }


def _kept_plans(words: str) -> list[tuple[str, str]]:
    """Statements that are like these words, cut short, with their plans."""
    from django.db import connection  # noqa: PLC0415

    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements WHERE statement LIKE %s", [words])
        for name, statement in cursor.fetchall():
            places = max((int(one) for one in re.findall(r"\$(\d+)", statement)), default=0)
            given = f"({', '.join(['NULL'] * places)})" if places else ""
            cursor.execute(f'EXPLAIN EXECUTE "{name}"{given}')
            found.append((statement[:80], "\n".join(row[0] for row in cursor.fetchall())))
    return found
