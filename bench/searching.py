"""The search on the data of a country against the limits of the same machine, turn and turn about."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http import HTTPStatus
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress

from bench.booking.browser import Browser
from bench.booking.machine import THREADS, WORKERS, Machine, machine
from bench.database import copy_to, count_rows, use
from solidarite.embedded.addresses import DATABASE_NAME

Measure = dict[str, Any]

CLIENTS = 8
PAGES_ON = 99
FEW = "few"
# Towns and villages, by INSEE code; half of France lives in places like the first ten.
PLACES = (
    "75056", "13055", "69123", "31555", "59350", "44109", "67482", "35238", "38185", "97411",
    "29019", "63113", "87085", "66136", "10387", "15014", "48095", "23096", "2A004", "97302",
)  # fmt: skip
ALONE = (
    "", "du=2027-01-15", "au=2027-01-15", "moment=soir", "moment=weekend", "moment=semaine", "ordinateurs=6",
    "places=8", "benevoles=1", "theme=email", "reponse=immediate", "reponse=accord", "acces=on", "tri=distance",
)  # fmt: skip
TOGETHER = (
    "moment=soir&ordinateurs=6", "moment=weekend&ordinateurs=6", "moment=soir&reponse=immediate",
    "ordinateurs=8&places=8", "acces=on&benevoles=1", "theme=sante&moment=soir", "theme=email&acces=on",
    "du=2027-01-15&au=2027-01-31", "du=2027-02-01&moment=soir", "du=2027-02-01&moment=weekend&places=10",
    "ordinateurs=12&moment=soir&reponse=immediate", "benevoles=2&theme=bureautique", "acces=on&tri=distance",
    "moment=soir&tri=distance", "ordinateurs=6&tri=distance&reponse=immediate", "moment=semaine&places=12",
    "moment=weekend&acces=on&benevoles=1", "du=2027-01-01&au=2027-01-07&ordinateurs=6",
    "reponse=immediate&ordinateurs=4&places=6", "moment=soir&acces=on&ordinateurs=6&benevoles=1",
    "theme=insertion_professionnelle&ordinateurs=6&moment=soir", "places=16&ordinateurs=16",
    "ordinateurs=24&moment=weekend", "du=2027-04-01&places=8", "au=2026-12-20&moment=soir",
    "du=2027-03-01&au=2027-03-31&tri=distance",
)  # fmt: skip
RADIUS = "rayon=30"


class Size(NamedTuple):
    """How much of everything."""

    scale: str
    rounds: int
    pages: int


FULL, QUICK = Size("national", rounds=5, pages=400), Size("regional", rounds=3, pages=80)


def measure(*, quick: bool) -> Iterator[Measure]:
    """The lists, found and kept, and the page of a slot, each against what this machine can do at most."""
    size = QUICK if quick else FULL
    with (
        machine("bench.searching_settings") as ours,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        copy_to(FEW)
        yield _loaded(size)
        ours.serve()
        turns = Turns(ours, size)
        turns.warm()
        rounds = [turns.all() for _ in progress.track(range(size.rounds + 1), description="search")][1:]
        yield from _told(rounds, size)
        yield from _of_pages()


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


class Turns:
    """So many pages by several clients at once, of one kind after the other."""

    def __init__(self, ours: Machine, size: Size) -> None:
        self.machine, self.size = ours, size
        self.browsers = [Browser(ours.port, "") for _ in range(CLIENTS)]
        for browser in self.browsers:
            browser.cookies.clear()
        self.searches = [
            f"/creneaux/?lieu={place}&{RADIUS}" + (f"&{asked}" if asked else "")
            for place, asked in itertools.product(PLACES, (*ALONE, *TOGETHER))
        ]
        self.drawn = itertools.cycle(_shuffled(self.searches))
        self.slots = itertools.cycle(_slots())

    def warm(self) -> None:
        """Ask every set of filters of every connection, as a server that has run for a while has been: each plans once.

        Whose turn a connection is, the server decides: most of them meet every set.
        """
        sets = [f"/creneaux/?lieu={place}&{RADIUS}&{asked}" for place in PLACES[4:6] for asked in (*ALONE, *TOGETHER)]
        self._ask([f"{one}&x={time.monotonic_ns()}" for one in sets for _ in range(2 * CLIENTS)])

    def all(self) -> dict[str, float]:
        """Pages a second of each kind."""
        kept = f"/creneaux/?lieu=59350&{RADIUS}"
        tag = self.browsers[0].get(kept).tag
        return {
            "uncached": self._rate(lambda: f"{next(self.drawn)}&x={time.monotonic_ns()}"),
            "bare": self._rate(lambda: f"/bench/vingt/?x={time.monotonic_ns()}"),
            "empty": self._rate(lambda: "/bench/vide/"),
            "cached": self._rate(lambda: kept),
            "not_modified": self._rate(lambda: kept, tag=tag),
            "detail": self._rate(lambda: f"/creneaux/{next(self.slots)}/?x={time.monotonic_ns()}"),
        }

    def _rate(self, address: Callable[[], str], *, tag: str = "") -> float:
        addresses = [address() for _ in range(self.size.pages)]
        began = time.perf_counter()
        self._ask(addresses, tag=tag)
        return self.size.pages / (time.perf_counter() - began)

    def _ask(self, addresses: list[str], *, tag: str = "") -> None:
        wanted = HTTPStatus.NOT_MODIFIED if tag else HTTPStatus.OK

        def go(number: int) -> None:
            for one in addresses[number::CLIENTS]:
                answer = self.browsers[number].get(one, tag=tag)
                if answer.status not in (wanted, HTTPStatus.OK):
                    raise RuntimeError(f"{one}: {answer.status}")

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(go, range(CLIENTS)))


def _shuffled(searches: list[str]) -> list[str]:
    """In an order that is the same each time, and in which neighbours differ."""
    return sorted(searches, key=lambda one: sha256(one.encode()).hexdigest())


def _slots() -> list[int]:
    from companies.models import Slot  # noqa: PLC0415

    step = max(1, Slot.objects.count() // 997)
    return list(Slot.objects.order_by("pk").values_list("pk", flat=True)[::step][:900])


def _told(rounds: list[dict[str, float]], size: Size) -> Iterator[Measure]:
    asked = {
        "uncached": ("bare", "≥ 0.35", "P: one indexed query, twenty rows drawn already"),
        "cached": ("empty", "≥ 0.6", "H: an empty view"),
        "not_modified": ("empty", "≥ 0.7", "H: an empty view"),
        "detail": ("bare", "≥ 0.3", "P: one indexed query, twenty rows drawn already"),
    }
    for name, (reference, limit, what) in asked.items():
        yield {
            "name": f"search.{name}",
            "value": round(median(one[name] for one in rounds), 1),
            "unit": "pages a second",
            "reference": {"name": what, "value": round(median(one[reference] for one in rounds), 1)},
            "ratio": round(median(one[name] / one[reference] for one in rounds), 2),
            "asked": limit,
            "n": len(rounds) * size.pages,
            "notes": f"{CLIENTS} clients, granian with {WORKERS} workers of {THREADS} threads, all behind the whole "
            "middleware, turn and turn about",
        }


# --- one page after the other, in this process -------------------------------------------------------------


def _of_pages() -> Iterator[Measure]:
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    times = {one: _milliseconds(client, f"/creneaux/?lieu=75056&{RADIUS}&{one}") for one in (*ALONE, *TOGETHER)}
    worst = max(times, key=lambda one: times[one])
    yield {
        "name": "search.worst",
        "value": round(times[worst], 2),
        "unit": "ms",
        "n": len(times),
        "notes": f"{worst or 'no filter'} around Paris; median of all {median(times.values()):.2f} ms, one at a time",
    }
    yield _deep(client)
    yield from _plans_and_queries(client)
    yield _growth(client)


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
    address = f"/creneaux/?lieu=75056&{RADIUS}"
    first, deep = [], []
    for _ in range(9):
        first.append(_milliseconds(client, address))
        deep.append(_milliseconds(client, f"{address}&apres={position}"))
    return {
        "name": "search.deep_page",
        "value": round(median(deep), 2),
        "unit": "ms",
        "reference": {"name": "first page", "value": round(median(first), 2)},
        "ratio": round(median(one / other for one, other in zip(deep, first, strict=True)), 2),
        "asked": "≤ 1.2",
        "n": len(deep),
        "notes": "the hundredth page around Paris",
    }


def _growth(client: Any) -> Measure:
    """Both databases in turns, the smaller one filled now."""
    from django.core.management import call_command  # noqa: PLC0415

    use(FEW)
    call_command("seed", scale="regional")
    count_rows()
    address = f"/creneaux/?lieu=59350&{RADIUS}"
    times: dict[str, list[float]] = {FEW: [], DATABASE_NAME: []}
    for _ in range(9):
        for name, taken in times.items():
            use(name)
            taken.append(_milliseconds(client, address))
    few, many = times.values()
    return {
        "name": "search.growth",
        "value": round(median(many), 2),
        "unit": "ms",
        "reference": {"name": "100,000 slots", "value": round(median(few), 2)},
        "ratio": round(median(one / other for one, other in zip(many, few, strict=True)), 2),
        "asked": "≤ 1.3",
        "n": len(many),
        "notes": "a page around Lille",
    }


def _plans_and_queries(client: Any) -> Iterator[Measure]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    counts = {}
    for one in (*ALONE, *TOGETHER):
        address = f"/creneaux/?lieu=59350&{RADIUS}&{one}"
        client.get(f"{address}&x=0")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{address}&x={time.monotonic_ns()}")
        counts[one] = len(asked)
    yield {
        "name": "search.queries",
        "value": max(counts.values()),
        "unit": "statements",
        "asked": "≤ 2",
        "n": len(counts),
        "notes": "anonymous, the most of all filters",
    }
    read = _read_whole()
    yield {
        "name": "search.sequential_scans",
        "value": len(read),
        "unit": "plans",
        "asked": "= 0",
        "n": len(counts),
        "notes": "; ".join(read) or "no plan of any filter reads the whole table of slots",
    }


def _read_whole() -> list[str]:
    """The filters whose plan reads the whole table of slots."""
    from django.db import connection  # noqa: PLC0415

    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements WHERE statement LIKE '%companies_slot%'")
        for name, statement in cursor.fetchall():
            places = max((int(one) for one in re.findall(r"\$(\d+)", statement)), default=0)
            given = f"({', '.join(['NULL'] * places)})" if places else ""
            cursor.execute(f'EXPLAIN EXECUTE "{name}"{given}')
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if "Seq Scan on companies_slot" in plan:
                found.append(statement[:80])
    return found
