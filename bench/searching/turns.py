"""Pages by several clients at once, of one kind after the other, each against what the machine can do at most."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http import HTTPStatus
from statistics import median, quantiles
from typing import Any, NamedTuple

from bench.booking.browser import Browser
from bench.booking.machine import THREADS, WORKERS, Machine
from bench.searching.searches import PLACES, SETS, search

CLIENTS = 8


class Size(NamedTuple):
    """How much of everything."""

    scale: str
    rounds: int
    pages: int


class Turn(NamedTuple):
    """Pages a second, and what each of them took to be there, in milliseconds, with its address."""

    rate: float
    pages: list[tuple[float, str]]


class Turns:
    """So many pages by several clients at once, of one kind after the other."""

    def __init__(self, ours: Machine, size: Size) -> None:
        self.machine, self.size = ours, size
        self.browsers = [Browser(ours.port, "") for _ in range(CLIENTS)]
        for browser in self.browsers:
            browser.cookies.clear()
        self.searches = [search(place, asked) for place, asked in itertools.product(PLACES, SETS)]
        self.drawn = itertools.cycle(_shuffled(self.searches))
        self.slots = itertools.cycle(_slots())

    def warm(self) -> None:
        """Ask every set of filters of every connection, as a server that has run for a while has been: each plans once.

        Whose turn a connection is, the server decides: most of them meet every set.
        """
        sets = [search(place, asked) for place in PLACES[4:6] for asked in SETS]
        self._ask([f"{one}&x={time.monotonic_ns()}" for one in sets for _ in range(2 * CLIENTS)])

    def all(self) -> dict[str, Turn]:
        """A turn of each kind."""
        kept = search("59350")
        tag = self.browsers[0].get(kept).tag
        return {
            "uncached": self._turn(lambda: f"{next(self.drawn)}&x={time.monotonic_ns()}"),
            "bare": self._turn(lambda: f"/bench/vingt/?x={time.monotonic_ns()}"),
            "empty": self._turn(lambda: "/bench/vide/"),
            "cached": self._turn(lambda: kept),
            "not_modified": self._turn(lambda: kept, tag=tag),
            "detail": self._turn(lambda: f"/creneaux/{next(self.slots)}/?x={time.monotonic_ns()}"),
        }

    def _turn(self, address: Callable[[], str], *, tag: str = "") -> Turn:
        addresses = [address() for _ in range(self.size.pages)]
        began = time.perf_counter()
        pages = self._ask(addresses, tag=tag)
        return Turn(self.size.pages / (time.perf_counter() - began), pages)

    def _ask(self, addresses: list[str], *, tag: str = "") -> list[tuple[float, str]]:
        wanted = HTTPStatus.NOT_MODIFIED if tag else HTTPStatus.OK

        def go(number: int) -> list[tuple[float, str]]:
            taken = []
            for one in addresses[number::CLIENTS]:
                answer = self.browsers[number].get(one, tag=tag)
                if answer.status not in (wanted, HTTPStatus.OK):
                    raise RuntimeError(f"{one}: {answer.status}")
                taken.append((answer.seconds * 1000, one))
            return taken

        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(itertools.chain.from_iterable(pool.map(go, range(CLIENTS))))


def _shuffled(searches: list[str]) -> list[str]:
    """In an order that is the same each time, and in which neighbours differ."""
    return sorted(searches, key=lambda one: sha256(one.encode()).hexdigest())


def _slots() -> list[int]:
    from companies.models import Slot  # noqa: PLC0415

    step = max(1, Slot.objects.count() // 997)
    return list(Slot.objects.order_by("pk").values_list("pk", flat=True)[::step][:900])


def told(rounds: list[dict[str, Turn]], size: Size) -> Iterator[dict[str, Any]]:
    asked = {
        "uncached": ("bare", "≥ 0.35", "P: one indexed query, twenty rows drawn already"),
        "cached": ("empty", "≥ 0.6", "H: an empty view"),
        "not_modified": ("empty", "≥ 0.7", "H: an empty view"),
        "detail": ("bare", "≥ 0.3", "P: one indexed query, twenty rows drawn already"),
    }
    for name, (reference, limit, what) in asked.items():
        yield {
            "name": f"search.{name}",
            "value": round(median(one[name].rate for one in rounds), 1),
            "unit": "pages a second",
            "reference": {"name": what, "value": round(median(one[reference].rate for one in rounds), 1)},
            "ratio": round(median(one[name].rate / one[reference].rate for one in rounds), 2),
            "asked": limit,
            "n": len(rounds) * size.pages,
            "notes": f"{_slow([page for one in rounds for page in one[name].pages])}; {CLIENTS} clients, granian with "
            f"{WORKERS} workers of {THREADS} threads, all behind the whole middleware, turn and turn about",
        }


def _slow(pages: list[tuple[float, str]]) -> str:
    """How long 95 pages of a hundred take at most, and which takes longest, as their client sees it."""
    times = [taken for taken, _ in pages]
    slowest, address = max(pages)
    p95 = quantiles(times, n=20)[-1]
    return f"p95 {p95:.1f} ms, median {median(times):.1f} ms, slowest {slowest:.1f} ms: {address.partition('&x=')[0]}"
