"""Dispatchers with one guard off, over the same outbox, mail server and kills: each must fail."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from multiprocessing.context import ForkServerProcess
from typing import Any

from rich.progress import Progress

from bench.mail.machine import Machine
from bench.mail.messages import EARLY, EXPIRED, PLAIN, REMINDER, WALL, Verdict, judge, post
from bench.mail.prefork import start

Measure = dict[str, Any]
Loop = Callable[[], None]

PROCESSES = 4
POLL_SECONDS = 0.03
SECONDS_TO_END = 0.5
SECONDS_AT_MOST = 240
SERVER_SECONDS = 0.02
BATCH, LEASE = 20, dt.timedelta(seconds=1)


def measure(ours: Machine, count: int, progress: Progress) -> Iterator[Measure]:
    """Each guard off in turn."""
    fleet = Fleet(ours, progress)
    first = fleet.run("control1", mark_first, [PLAIN] * count, kill_every=10)
    yield _must_fail("mail.control_mark_first_lost", first.lost, count, "marked as sent, then sent; killed")
    batch = fleet.run("control2", in_batches, [PLAIN] * count, kill_every=BATCH)
    notes = f"claimed by {BATCH} with a lease, then sent, then marked; killed; outside of our window"
    yield _must_fail("mail.control_batch_doubled", len(batch.outside_window), count, notes)
    few = count // 4
    loose = fleet.run("control3", without_lock, [PLAIN] * few)
    yield _must_fail("mail.control_second_doubled", len(loose.doubled), few, "the row is not locked; nobody killed")
    past = dt.datetime.now(tz=dt.UTC) - dt.timedelta(hours=2)
    blind = fleet.run("control4", without_looking, [EXPIRED] * few, now=past)
    yield _must_fail("mail.control_expired_sent", blind.expired_sent, few, "nobody looks whether it is too late")
    soon = dt.datetime.now(tz=dt.UTC) + dt.timedelta(hours=1)
    hasty = fleet.run("control5", without_waiting, [EARLY] * few, now=soon)
    yield _must_fail("mail.control_early_sent", hasty.early_sent, few, "nobody looks whether it is due")
    awake = fleet.run("control6", without_wishes, [REMINDER] * few, now=_midnight())
    yield _must_fail("mail.control_woke", awake.woke, few, "nobody asks for the quiet hours of who reads it")


def _must_fail(name: str, value: int, of: int, notes: str) -> Measure:
    return {"name": name, "value": value, "unit": "messages", "asked": "≥ 1", "n": of, "notes": notes}


class Fleet:
    """Processes of one dispatcher, killed and started again until nothing is due."""

    def __init__(self, ours: Machine, progress: Progress) -> None:
        self.machine = ours
        self.progress = progress

    def run(
        self, part: str, loop: Loop, kinds: list[str], *, kill_every: int = 0, now: dt.datetime | None = None
    ) -> Verdict:
        """Post, deliver by this loop, killing one of them for so many messages that were accepted, and judge."""
        now = now or dt.datetime.now(tz=dt.UTC)
        limit: dict[str, Any] = {"not_after": now + dt.timedelta(hours=1)} if EXPIRED in kinds else {}
        post(part, kinds, now=now, **limit)
        # A server that takes its time, before the message and after: a kill finds one in hand.
        slow = SERVER_SECONDS if kill_every else 0
        self.machine.server.order(delay=slow, thought=slow)
        self.deliver(part, loop, len(kinds), kill_every)
        return judge(part, self.machine.ledger)

    def deliver(self, part: str, loop: Loop, count: int, kill_every: int) -> None:
        """Until nothing is due.

        Raises:
            RuntimeError: it takes too long.
        """
        task, deadline = self.progress.add_task(part, total=count), time.monotonic() + SECONDS_AT_MOST
        processes, next_kill = [start(loop) for _ in range(PROCESSES)], self._accepted()
        while left := _queued(part):
            self.progress.update(task, completed=count - left)
            time.sleep(POLL_SECONDS)
            if kill_every and self._accepted() > next_kill:
                self._kill_one(processes, loop)
                next_kill = self._accepted() + random.randrange(2 * kill_every)
            if time.monotonic() > deadline:
                raise RuntimeError(f"{part}: {left} messages are still due after {SECONDS_AT_MOST} seconds.")
        self._end(processes)
        self.progress.update(task, completed=count)

    def _accepted(self) -> int:
        self.machine.ledger.read()
        return len(self.machine.ledger.taken)

    def _end(self, processes: list[ForkServerProcess]) -> None:
        """Whoever has a message in hand comes to its end first."""
        time.sleep(SECONDS_TO_END)
        for process in processes:
            process.kill()
            process.join()

    def _kill_one(self, processes: list[ForkServerProcess], loop: Loop) -> None:
        number = random.randrange(len(processes))
        ended, processes[number] = processes[number], start(loop)
        if ended.pid:
            self.machine.kill_process(ended.pid)
        ended.join()


def _queued(part: str) -> int:
    from mail.models import Message  # noqa: PLC0415

    return Message.objects.filter(key__startswith=f"{part}:", state="queued").count()


# --- Dispatchers, in processes of their own ----------------------------------------------------------------


def mark_first() -> None:
    """Guard off: what is marked as sent was sent."""
    from django.db import transaction  # noqa: PLC0415

    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        with transaction.atomic():
            message = Message.objects.due(_now()).select_for_update(skip_locked=True).first()
            if message:
                _mark([message])
        if message:
            _send(message)
        return message is not None

    _go_on(one)


def in_batches() -> None:
    """Guard off: one message at a time, locked until it is recorded."""
    from django.db import transaction  # noqa: PLC0415

    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        with transaction.atomic():
            batch = list(Message.objects.due(_now()).select_for_update(skip_locked=True)[:BATCH])
            leased = Message.objects.filter(pk__in=[message.pk for message in batch])
            leased.update(next_attempt_at=_now() + LEASE)
        for message in batch:
            _send(message)
        _mark(batch)
        return bool(batch)

    _go_on(one)


def without_lock() -> None:
    """Guard off: what one has in hand, nobody else takes."""
    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        message = Message.objects.due(_now()).first()
        if message:
            _send(message)
            _mark([message])
        return message is not None

    _go_on(one)


def without_looking() -> None:
    """Guard off: what is too late does not leave."""
    from django.db import transaction  # noqa: PLC0415

    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        with transaction.atomic():
            message = Message.objects.due(_now()).select_for_update(skip_locked=True).first()
            if message:
                _send(message)
                _mark([message])
        return message is not None

    _go_on(one)


def without_waiting() -> None:
    """Guard off: nothing leaves before it is due."""
    from django.db import transaction  # noqa: PLC0415

    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        with transaction.atomic():
            message = Message.objects.filter(state="queued").select_for_update(skip_locked=True).first()
            if message:
                _send(message)
                _mark([message])
        return message is not None

    _go_on(one)


def without_wishes() -> None:
    """Guard off: at midnight on the wall nobody is woken by what may wait."""
    from django.db import transaction  # noqa: PLC0415

    from mail.models import Message  # noqa: PLC0415

    def one() -> bool:
        with transaction.atomic():
            message = Message.objects.due(_midnight()).select_for_update(skip_locked=True).first()
            if message:
                _send(message)
                Message.objects.filter(pk=message.pk).move(Message.State.SENT, sent_at=_midnight())
        return message is not None

    _go_on(one)


def _midnight() -> dt.datetime:
    """The next one on the wall."""
    tomorrow = _now().astimezone(WALL).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), tzinfo=WALL)


def _go_on(one: Callable[[], bool]) -> None:
    """Until the bench ends, or ends us."""
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        if not one():
            time.sleep(0.01)


def _send(message: Any) -> None:
    from mail.rendering import build_email, render  # noqa: PLC0415

    _line().send_messages([build_email(message, render(message), sent_at=_now())])


@cache
def _line() -> Any:
    """One for the short life of a process."""
    from django.core.mail import mailers  # noqa: PLC0415

    line = mailers.default
    line.open()
    return line


def _mark(messages: list[Any]) -> None:
    from mail.models import Message  # noqa: PLC0415

    Message.objects.filter(pk__in=[message.pk for message in messages]).move(Message.State.SENT, sent_at=_now())


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
