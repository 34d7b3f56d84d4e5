"""People who race for one slot, in every mode; then while workers and PostgreSQL are killed; then without guards."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress

from bench.booking import judge
from bench.booking.machine import Machine, machine
from bench.booking.modes import MODES, Stage, Tally
from bench.booking.race import Move
from bench.booking.world import make_world, open_slots

Measure = dict[str, Any]

MANAGERS = 4
FAULTS_AFTER_SECONDS = 0.15
CONTROL_CLIENTS = 8


# What PostgreSQL says of one.
DEADLOCK = re.compile(r"deadlock detected\n(.*?STATEMENT:[^\n]*)", re.DOTALL)


class Size(NamedTuple):
    """How much of everything."""

    rounds: int
    stampedes: int
    """Rounds of 50 for one slot, among these."""
    crowd: float
    """How seldom many come: the greater, the fewer."""
    faulty: int
    faults: int
    control: int
    people: int = 50


FULL = Size(rounds=10_000, stampedes=100, crowd=12, faulty=400, faults=60, control=30)
QUICK = Size(rounds=500, stampedes=4, crowd=40, faulty=24, faults=3, control=5)


def measure(*, quick: bool = False, size: Size | None = None) -> Iterator[Measure]:
    """All modes in calm, then under faults, then the control."""
    size = size or (QUICK if quick else FULL)
    with machine() as ours, Progress(console=Console(stderr=True), transient=True) as progress:
        world = make_world(associations=size.people, managers=MANAGERS)
        ours.serve()
        stage = Stage(ours.port, world, Tally(), random.Random(1))
        _play(stage, size, progress)
        wrong = _wrong(stage)
        yield from _told(stage.tally, wrong, size, ours.postgres.log)
        yield from _under_faults(ours, stage, size, progress)
        yield _control(stage, size.control)


def _play(stage: Stage, size: Size, progress: Progress) -> None:
    """All modes in turn; the stampedes spread among them."""
    modes = list(MODES.items())
    every = size.rounds // size.stampedes
    for number in progress.track(range(size.rounds), description="contention"):
        name, mode = modes[number % len(modes)]
        stampede = number % every == every // 2
        if stampede:
            name, mode = modes[0]
        mode(stage, size.people if stampede else _clients(stage.rng, size))
        stage.tally.rounds[name] += 1


def _clients(rng: random.Random, size: Size) -> int:
    """From 2 to all, mostly few."""
    return 2 + int((size.people - 1) * rng.random() ** size.crowd)


def _wrong(stage: Stage) -> list[str]:
    """Everything that PostgreSQL or an answer shows to be wrong."""
    tally = stage.tally
    wrong = judge.wrong_states() + tally.untold
    wrong += [f"not one winner: slot {slot}" for slot in judge.rows(judge.WON, [tally.contested])]
    wrong += [f"not one place: association {one}" for one in judge.rows(judge.MOVED, _columns(tally.moved))]
    wrong += [f"not one promise: volunteer {one}" for one in judge.rows(judge.JOINED, _columns(tally.promises))]
    return wrong


def _columns(triples: list[tuple[int, int, int]]) -> list[list[int]]:
    return [[triple[place] for triple in triples] for place in range(3)]


def _told(tally: Tally, wrong: list[str], size: Size, log: Path) -> Iterator[Measure]:
    rounds, answers = tally.rounds.total(), len(tally.seconds)
    modes = ", ".join(f"{name} {count}" for name, count in tally.rounds.items())
    yield {
        "name": "contention.rounds",
        "value": rounds,
        "unit": "rounds",
        "asked": f"≥ {size.rounds}",
        "n": answers,
        "notes": f"{modes}; {answers} answers to 2 to {size.people} at once",
    }
    oversold = judge.rows(judge.OVERSOLD)
    yield _zero("contention.oversold", oversold, rounds, "slots")
    yield _zero("contention.wrong_states", wrong, rounds, "rows and answers")
    # PostgreSQL counts them with a delay.
    time.sleep(2)
    deadlocks = [re.sub(r"\s+", " ", one) for one in DEADLOCK.findall(log.read_text(errors="replace"))]
    yield _zero("contention.deadlocks", deadlocks or [0] * judge.rows(judge.DEADLOCKS)[0], rounds, "deadlocks")
    yield {
        "name": "contention.p95_ms",
        "value": _percentile(tally.seconds, 0.95),
        "unit": "ms",
        "n": answers,
        "notes": "of all answers in a race",
    }
    yield {
        "name": "contention.p99_ms",
        "value": _percentile(tally.seconds_of_50, 0.99),
        "unit": "ms",
        "asked": "≤ 500",
        "n": len(tally.seconds_of_50),
        "notes": f"{size.people} at once for one slot; median {_percentile(tally.seconds_of_50, 0.5)} ms",
    }


def _percentile(seconds: list[float], share: float) -> float:
    return round(sorted(seconds)[int(len(seconds) * share)] * 1000, 1)


def _zero(name: str, found: list[Any], of: int, unit: str, notes: str = "") -> Measure:
    told = [notes, *(str(one) for one in found[:5])]
    return {
        "name": name,
        "value": len(found),
        "unit": unit,
        "asked": "= 0",
        "n": of,
        "notes": "; ".join(filter(None, told)),
    }


# --- under faults ------------------------------------------------------------------------------------------


class Faults:
    """Ends something at a random moment of a race, and has it stand again before what was lost is sent again."""

    def __init__(self, ours: Machine, rng: random.Random, count: int) -> None:
        self.machine, self.rng, self.count = ours, rng, count
        self.workers = self.databases = 0
        self.timer: threading.Timer | None = None

    def plan(self) -> None:
        """Something ends soon: a process that answers, or every fourth time, beginning with the second, PostgreSQL."""
        self.timer = threading.Timer(self.rng.uniform(0, FAULTS_AFTER_SECONDS), self._strike)
        self.timer.start()

    def _strike(self) -> None:
        if (self.workers + self.databases) % 4 == 1:
            self.databases += 1
            self.machine.crash_database()
        else:
            self.workers += 1
            self.machine.kill_worker(self.rng)

    def recover(self) -> None:
        """Wait until all stands again."""
        from django.db import connection  # noqa: PLC0415

        if self.timer:
            self.timer.join()
        self.machine.revive()
        connection.close()


def _under_faults(ours: Machine, stage: Stage, size: Size, progress: Progress) -> Iterator[Measure]:
    """The same rounds; what was not answered is sent again with the same key, as a person does."""
    faults = Faults(ours, stage.rng, size.faults)
    before = stage.tally.rounds.total()
    stage.field.recover = faults.recover
    modes, every = list(MODES.items()), size.faulty // size.faults
    for number in progress.track(range(size.faulty), description="faults"):
        name, mode = modes[number % len(modes)]
        if number % every == 0:
            faults.plan()
        mode(stage, _clients(stage.rng, size._replace(crowd=3)))
        stage.tally.rounds[name] += 1
    faults.recover()
    notes = f"{faults.workers} web workers killed, PostgreSQL crashed {faults.databases} times, {stage.field.lost} "
    notes += "answers lost and asked for again"
    rounds = stage.tally.rounds.total() - before
    yield _zero("contention.wrong_states_under_faults", _wrong(stage), rounds, "rows and answers", notes)
    lost = judge.rows(judge.KEPT, _columns(stage.tally.acknowledged))
    count = len(stage.tally.acknowledged)
    yield _zero("contention.acknowledged_lost", lost, count, "bookings", "answers that said « booked »")


# --- without guards ----------------------------------------------------------------------------------------

UNGUARD = "DROP INDEX booking_one_live_per_slot, booking_asked_once"


def _control(stage: Stage, count: int) -> Measure:
    """Look, then write, without the lock and without the constraint: it must sell one slot to several."""
    from django.db import connection  # noqa: PLC0415

    # A window that an earlier fault broke asks again.
    stage.field.recover = lambda: None
    with connection.cursor() as cursor:
        cursor.execute(UNGUARD)
    people = stage.associations[:CONTROL_CLIENTS]
    for person in people:
        person.windows[0].hang_up()
    for slot in open_slots(stage.world, count):
        stage.field.race([_unguarded(person.windows[0], slot, person.of.pk) for person in people])
    return {
        "name": "contention.control_oversold",
        "value": len(judge.rows(judge.OVERSOLD)),
        "unit": "slots",
        "asked": "≥ 1",
        "n": count,
        "notes": f"{CONTROL_CLIENTS} at once; look, then write, without lock and constraint",
    }


def _unguarded(window: Any, slot: int, association: int) -> Move:
    return Move(lambda: window.post(f"/bench/sans/{slot}/", {"association": association}))
