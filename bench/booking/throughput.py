"""The portal's booking against a view that books in one statement, on the same server, turn and turn about."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from math import ceil
from os import sysconf
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress

from bench.booking.browser import Answer, Browser
from bench.booking.machine import THREADS, WORKERS, Machine, machine
from bench.booking.modes import BOOKED
from bench.booking.world import World, make_world, open_slots, sign_in

Measure = dict[str, Any]
Book = Callable[[Browser, int, int], Answer]

CLIENTS = 8
# Bookings of one association: fewer than it may have to come.
EACH = 25
TICKS = sysconf("SC_CLK_TCK")
IN_ORDER = {"BEGIN", "COMMIT"}


class Size(NamedTuple):
    """How much of everything."""

    rounds: int
    bookings: int


FULL, QUICK = Size(rounds=9, bookings=400), Size(rounds=3, bookings=200)


class Turn(NamedTuple):
    """Bookings a second, and what one took of the processors of the web server, in milliseconds."""

    rate: float
    cpu_ms: float


class Round(NamedTuple):
    """A turn of each."""

    portal: Turn
    bare: Turn
    orm: Turn


def measure(*, quick: bool) -> Iterator[Measure]:
    """`booking.throughput`: the portal's ÷ a bare view's, medians of turns; `booking.queries`: statements of one."""
    size = QUICK if quick else FULL
    with machine() as ours, Progress(console=Console(stderr=True), transient=True) as progress:
        turns_made = (size.rounds + 1) * len(Round._fields)
        world = make_world(associations=1 + turns_made * ceil(size.bookings / EACH))
        ours.serve()
        turns = Turns(ours, world, size.bookings)
        turns.of_the_portal(), turns.in_one_statement(), turns.through_the_orm()
        rounds = [
            Round(turns.of_the_portal(), turns.in_one_statement(), turns.through_the_orm())
            for _ in progress.track(range(size.rounds), description="booking")
        ]
        yield _throughput(rounds, size)
        yield _queries(world)


def _throughput(rounds: list[Round], size: Size) -> Measure:
    cpu = [median(one[side].cpu_ms for one in rounds) for side in range(len(Round._fields))]
    orm = median(one.orm.rate / one.bare.rate for one in rounds)
    return {
        "name": "booking.throughput",
        "value": round(median(one.portal.rate for one in rounds), 1),
        "unit": "bookings a second",
        "reference": {"name": "one statement", "value": round(median(one.bare.rate for one in rounds), 1)},
        "ratio": round(median(one.portal.rate / one.bare.rate for one in rounds), 2),
        "asked": "≥ 0.4",
        "n": size.rounds * size.bookings,
        "notes": f"{CLIENTS} clients, granian with {WORKERS} workers of {THREADS} threads; all behind the whole "
        f"middleware; processor time of the web workers {cpu[0]:.1f} ms ÷ {cpu[1]:.1f} ms a booking: Python limits, "
        f"not the database; through the ORM with a lock and nothing else {orm:.2f} ({cpu[2]:.1f} ms)",
    }


class Turns:
    """So many bookings of free slots by several clients at once, each person with their session, association and form.

    Associations are new at each turn: none has more to come than one may have.
    """

    def __init__(self, ours: Machine, world: World, count: int) -> None:
        self.machine, self.world, self.count = ours, world, count
        self.fresh = iter(world.associations)
        (self.shown,) = open_slots(world, 1)

    def of_the_portal(self) -> Turn:
        """Signed in, with the form's token and key."""

        def book(browser: Browser, association: int, slot: int) -> Answer:
            fields = {**BOOKED, "association": association, "key": uuid.uuid4()}
            return browser.post(f"/creneaux/{slot}/reserver/", fields)

        return self._turn(book, HTTPStatus.FOUND)

    def in_one_statement(self) -> Turn:
        return self._without_rules("/bench/un/{}/")

    def through_the_orm(self) -> Turn:
        return self._without_rules("/bench/orm/{}/")

    def _without_rules(self, path: str) -> Turn:
        def book(browser: Browser, association: int, slot: int) -> Answer:
            return browser.post(path.format(slot), {"association": association})

        return self._turn(book, HTTPStatus.CREATED)

    def _turn(self, book: Book, booked: HTTPStatus) -> Turn:
        slots = open_slots(self.world, self.count)
        people = [self._person() for _ in range(ceil(self.count / EACH))]

        def go(number: int) -> None:
            browser, association = people[number]
            for slot in slots[number :: len(people)]:
                answer = book(browser, association, slot)
                if answer.status != booked:
                    raise RuntimeError(f"{answer.status}: {answer.text[:500]}")

        with ThreadPoolExecutor(CLIENTS) as pool:
            cpu, began = self._cpu(), time.perf_counter()
            list(pool.map(go, range(len(people))))
            seconds, used = time.perf_counter() - began, self._cpu() - cpu
        return Turn(self.count / seconds, used / self.count * 1000)

    def _person(self) -> tuple[Browser, int]:
        """Signed in, with the token of a form, and the number of their association."""
        association, owner = next(self.fresh)
        browser = Browser(self.machine.port, sign_in(owner))
        browser.read_form(f"/creneaux/{self.shown}/reserver/")
        return browser, association.pk

    def _cpu(self) -> float:
        """Seconds of the processors that the web server has used so far."""
        assert self.machine.web is not None
        used = 0
        for process in self.machine.web.processes:
            columns = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            used += int(columns[11]) + int(columns[12])
        return used / TICKS


def _queries(world: World) -> Measure:
    """Asked in this process, as Django tells them; a second booking, as connections and plans are made by the first."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    association, owner = world.associations[-1]
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = sign_in(owner)
    for slot in open_slots(world, 2):
        fields = {**BOOKED, "association": association.pk, "key": str(uuid.uuid4())}
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(f"/creneaux/{slot}/reserver/", fields)
        if answer.status_code != HTTPStatus.FOUND:
            raise RuntimeError(f"{answer.status_code}")
        statements = [query["sql"] for query in asked.captured_queries]
    return {
        "name": "booking.queries",
        "value": sum(statement not in IN_ORDER for statement in statements),
        "unit": "statements",
        "asked": "≤ 8",
        "n": 1,
        "notes": f"besides BEGIN and COMMIT ({len(statements)} with them); the session comes from Valkey",
    }
