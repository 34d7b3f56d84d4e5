"""Mail while everything around it fails, and the same with a guard off."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress, TaskID

from bench.mail import controls
from bench.mail.machine import Machine, machine
from bench.mail.messages import (
    ANSWERS,
    BRIEF,
    CUT,
    EARLY,
    EXPIRED,
    LATER,
    LOST,
    NEVER,
    PLAIN,
    REMINDER,
    WALL,
    Verdict,
    judge,
    post,
    told_in_ms,
)

Measure = dict[str, Any]
Event = Callable[[Machine], None]

PARTS_AT_MOST_SECONDS = 480
POLL_SECONDS = 0.05
FEW = 20
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
# Of a hundred messages, those whose recipients are not plain.
SPECIAL = (LATER, LATER, NEVER, CUT, LOST, BRIEF, BRIEF)
# Turns follow the order of posting.
STEP = dt.timedelta(microseconds=1)


class Size(NamedTuple):
    """How much of everything."""

    calm: int
    crashes: int
    clock: int
    control: int
    workers: int
    messages_between_kills: int
    """Kills follow what leaves, not the clock: a busy machine must not be killed faster than it starts again."""


FULL = Size(calm=1_000, crashes=10_000, clock=500, control=1_000, workers=2, messages_between_kills=45)
QUICK = Size(calm=60, crashes=240, clock=30, control=120, workers=1, messages_between_kills=8)


def measure(*, quick: bool) -> Iterator[Measure]:
    """All parts of the story, then what became of each message, then the controls."""
    size = QUICK if quick else FULL
    with machine() as ours, Progress(console=Console(stderr=True), transient=True) as progress:
        run = Run(ours, size, progress)
        yield from without_tick(run)
        for part in (calm, crashes, outage, jumps, nights):
            part(run)
        ours.stop_parts()
        yield from _told(_judge(run), run)
        yield from controls.measure(ours, size.control, progress)


@dataclass
class Run:
    """One run: the machine, how much, and what was ended on the way."""

    machine: Machine
    size: Size
    progress: Progress
    kills: int = 0

    def wait(self, part: str, count: int, tick: Callable[[float], None] = lambda _share: None) -> None:
        """Until nothing is due any more; `tick` gets the share of the part's messages that left.

        Raises:
            RuntimeError: it takes too long; what is left is said.
        """
        task, deadline = self.progress.add_task(part, total=count), time.monotonic() + PARTS_AT_MOST_SECONDS
        before = self.machine.ledger.read()
        while due := _due():
            self._show(task, before, count, tick)
            self.machine.revive_parts()
            if time.monotonic() > deadline:
                raise RuntimeError(f"{part}: {due} messages are still due after {PARTS_AT_MOST_SECONDS} seconds.")
            time.sleep(POLL_SECONDS)
        self.progress.update(task, completed=count)

    def _show(self, task: TaskID, before: int, count: int, tick: Callable[[float], None]) -> None:
        left = self.machine.ledger.read() - before
        self.progress.update(task, completed=left)
        tick(left / count)


def _due() -> int:
    """How many messages could leave now."""
    from mail.models import Message  # noqa: PLC0415
    from territories import clock  # noqa: PLC0415

    return Message.objects.due(clock.now()).count()


# --- The parts of the story --------------------------------------------------------------------------------


def without_tick(run: Run) -> Iterator[Measure]:
    """A control: the hints are flushed and no beat ticks, so that all waits until beats start."""
    from mail.outbox import wake_delivery  # noqa: PLC0415

    wake_delivery()
    post("tick", [PLAIN] * FEW, now=_real_now())
    run.machine.flush_broker()
    run.machine.start_parts(workers=run.size.workers, beats=0, debug=False)
    while not all(worker.ready for worker in run.machine.workers):
        time.sleep(POLL_SECONDS)
    time.sleep(1)
    yield {
        "name": "mail.control_flush_waits",
        "value": _due(),
        "unit": "messages",
        "asked": "≥ 1",
        "n": FEW,
        "notes": "the broker flushed and no beat: the hint alone delivers nothing",
    }
    run.machine.start_parts(workers=0, beats=2, debug=False)
    run.wait("tick", FEW)


def calm(run: Run) -> None:
    """Two beats and several workers, and nothing else: nobody is told twice."""
    post("calm", [PLAIN] * run.size.calm, now=_real_now())
    run.wait("calm", run.size.calm)


def crashes(run: Run) -> None:
    """Everything is ended at some moment, and what delivers all the time."""
    rng, count, events = random.Random(1), run.size.crashes, list(EVENTS)
    run.machine.server.order(answers=ANSWERS, cut=f"{CUT}-*", lost=f"{LOST}-*")
    kinds = [SPECIAL[n % 100] if n % 100 < len(SPECIAL) else PLAIN for n in range(count)]
    _post_held(kinds)
    next_kill = 0.0

    def tick(share: float) -> None:
        nonlocal next_kill
        while events and share >= events[0][0]:
            events.pop(0)[1](run.machine)
        if share * count >= next_kill:
            run.kills += _kill_one(run.machine, rng)
            next_kill = share * count + rng.expovariate(1 / run.size.messages_between_kills)

    run.wait("crashes", count, tick)
    if events:
        raise RuntimeError(f"{len(events)} faults were not made: too few messages left.")


def _post_held(kinds: list[str]) -> None:
    """All are due before the first leaves: an operator's pause holds them back."""
    from mail.models import Pause  # noqa: PLC0415
    from mail.outbox import wake_delivery  # noqa: PLC0415

    pause = Pause.objects.create(reason="mesure", created_at=_real_now())
    begin = _real_now()
    post("crashes", [kind for kind in kinds if kind != BRIEF], now=begin, every=STEP)
    # Their limits run from now on, their turn comes in the middle.
    now = _real_now()
    post("crashes", [kind for kind in kinds if kind == BRIEF], now=now, due_at=begin + len(kinds) // 2 * STEP)
    pause.delete()
    wake_delivery()


def outage(run: Run) -> None:
    """All is off for a day. Back again, what was told to come back leaves too."""
    run.machine.stop_parts()
    third, now = run.size.clock // 3, _real_now()
    post("outage", [PLAIN] * third, now=now)
    post("outage-lasting", [PLAIN] * third, now=now, not_after=now + 2 * DAY)
    post("outage-late", [EXPIRED] * third, now=now, not_after=now + HOUR)
    _set_forward(DAY)
    run.machine.server.order(answers={f"{NEVER}-*": ANSWERS[f"{NEVER}-*"]})
    run.machine.start_parts(workers=1, beats=2, debug=True)
    run.wait("outage", 2 * third)


def jumps(run: Run) -> None:
    """The clock goes forward and back while mail leaves; what is due later stays."""
    from territories import clock  # noqa: PLC0415

    now = clock.now()
    post("jumps", [PLAIN] * run.size.clock, now=now)
    post("jumps", [EARLY] * (run.size.clock // 10), now=now, due_at=now + HOUR)
    steps = [10 * MINUTE, -10 * MINUTE] * 3

    def tick(share: float) -> None:
        if steps and share >= 1 - len(steps) / 7:
            _set_forward(steps.pop(0))

    run.wait("jumps", run.size.clock, tick)
    _set_forward(HOUR + sum(steps, dt.timedelta()))
    run.wait("jumps: an hour later", run.size.clock // 10)


def nights(run: Run) -> None:
    """The night that lacks an hour and the night that has one twice, in either order."""
    for number in range(2):
        _night(run, f"night{number}")


def _night(run: Run, part: str) -> None:
    """What engages leaves all night, each at its instant; what may be refused at seven on the wall, not before."""
    from territories import clock  # noqa: PLC0415

    change = _next_change(clock.now())
    _set_forward(change - HOUR - clock.now())
    begin, each = clock.now(), max(run.size.clock // 4, 10)
    every = 3 * HOUR / each
    post(part, [PLAIN] * each, now=begin, every=every)
    post(part, [REMINDER] * each, now=begin, every=every)
    for instant in (
        HOUR / 2,
        3 * HOUR / 2,
        4 * HOUR,
        5 * HOUR - MINUTE,
        5 * HOUR,
        6 * HOUR - MINUTE,
        6 * HOUR,
        8 * HOUR,
    ):
        _set_forward(change - HOUR + instant + MINUTE / 2 - clock.now())
        run.wait(f"{part}, {clock.now().astimezone(WALL):%H:%M}", each)


def _next_change(after: dt.datetime) -> dt.datetime:
    """When the clocks of the wall change next: both nights have it at one o'clock UTC."""
    day = after.replace(hour=1, minute=0, second=0, microsecond=0) + DAY
    while (day - MINUTE).astimezone(WALL).utcoffset() == day.astimezone(WALL).utcoffset():
        day += DAY
    return day


# --- Faults ------------------------------------------------------------------------------------------------


def _mail_server_down(machine: Machine) -> None:
    machine.server.order(listening=False)
    time.sleep(1)
    machine.server.order(listening=True)


def _mail_server_slow(machine: Machine) -> None:
    machine.server.order(delay=0.1)


def _mail_server_fast(machine: Machine) -> None:
    machine.server.order(delay=0)


def _flush_broker(machine: Machine) -> None:
    machine.flush_broker()


def _restart_broker(machine: Machine) -> None:
    machine.restart_broker()


def _restart_database(machine: Machine) -> None:
    _without_connection(lambda: machine.restart_database(crash=False))


def _crash_database(machine: Machine) -> None:
    _without_connection(lambda: machine.restart_database(crash=True))


def _kill_workers(machine: Machine) -> None:
    for worker in machine.workers:
        machine.kill_worker(worker)


# At which share of the messages what is done.
EVENTS: list[tuple[float, Event]] = [
    (0.1, _flush_broker),
    (0.18, _mail_server_slow),
    (0.22, _mail_server_down),
    (0.25, _mail_server_fast),
    (0.35, _restart_broker),
    (0.45, _restart_database),
    (0.6, _kill_workers),
    (0.7, _crash_database),
    (0.8, _flush_broker),
    (0.85, _mail_server_down),
]


def _without_connection(deed: Callable[[], None]) -> None:
    """Django's own connection does not outlive its database."""
    from django.db import connection  # noqa: PLC0415

    connection.close()
    deed()


def _kill_one(machine: Machine, rng: random.Random) -> bool:
    """One of the processes that deliver; whether there was one."""
    delivering = [process for worker in machine.workers for process in worker.processes[2:]]
    if delivering:
        machine.kill_process(rng.choice(delivering))
    return bool(delivering)


def _real_now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)


def _set_forward(by: dt.timedelta) -> None:
    """For all workers at once; and the hint that mail may be due."""
    from mail.outbox import wake_delivery  # noqa: PLC0415
    from territories import clock  # noqa: PLC0415

    clock.set_forward(by)
    wake_delivery()


# --- The figures -------------------------------------------------------------------------------------------


def _judge(run: Run) -> dict[str, Verdict]:
    parts = ("tick", "calm", "crashes", "outage", "jumps", "night0", "night1")
    return {part: judge(part, run.machine.ledger) for part in parts}


def _told(verdicts: dict[str, Verdict], run: Run) -> Iterator[Measure]:
    total = Verdict()
    for verdict in verdicts.values():
        total.add(verdict)
    faults = f"{run.kills} processes killed, {len(EVENTS)} other faults, a day off, jumps, both nights"
    yield _zero("mail.lost", total.lost, total.posted, faults)
    yield {
        "name": "mail.doubled",
        "value": len(total.doubled),
        "unit": "messages",
        "n": total.accepted,
        "notes": f"same Message-ID; {sum(one.answer_lost for one in total.doubled)} where the server dropped the line "
        "instead of its answer, the others where we were killed before we recorded it",
    }
    yield _zero(
        "mail.duplicates_outside_window",
        len(total.outside_window),
        total.accepted,
        "neither the last message of a connection whose process or database was ended within the window, nor one "
        f"whose answer was dropped. {' '.join(map(run.machine.ledger.fate, total.outside_window[:3]))}".rstrip(),
    )
    yield {
        "name": "mail.window_ms",
        "value": round(median(verdicts["calm"].windows) * 1000, 2),
        "unit": "ms",
        "n": len(verdicts["calm"].windows),
        "notes": f"from the final dot to our commit; nothing ended: median {told_in_ms(verdicts['calm'].windows)}; "
        f"under faults, the server slow for a while: median {told_in_ms(verdicts['crashes'].windows)}",
    }
    calm = verdicts["calm"]
    yield _zero("mail.doubled_by_second_beat", len(calm.doubled), calm.posted, "two beats, nothing ended")
    yield _zero("mail.expired_sent", total.expired_sent, total.posted, "after a day off, or in the middle of faults")
    yield _zero("mail.early_sent", total.early_sent, total.posted, "before it was due")
    yield _zero("mail.woke", total.woke, total.posted, "what may wait, between 22:00 and 7:00 on the wall")
    yield _zero("mail.wrong_states", total.wrong_states, total.posted, "the outbox says otherwise than the server")


def _zero(name: str, value: int, of: int, notes: str) -> Measure:
    return {"name": name, "value": value, "unit": "messages", "asked": "= 0", "n": of, "notes": notes}
