"""Several people at one moment, each on a connection of their own. For tests that commit."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from django.db import connection, transaction

from accounts.refusals import Refused

Move = Callable[[], object]
PAUSE_SECONDS, DEADLINE_SECONDS = 0.5, 20


def at_once(*moves: Move, refused: tuple[type[Exception], ...] = (Refused,)) -> Counter[str]:
    """Start all moves together; count those that are done, and the others by the name of their refusal."""
    start = threading.Barrier(len(moves))

    def run(move: Move) -> str:
        with closing(connection):
            start.wait()
            try:
                move()
            except refused as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(len(moves)) as pool:
        return Counter(pool.map(run, moves))


def second_waits(first: Callable[[Move], object], second: Move) -> bool:
    """Start `second` while `first` pauses in its transaction; tell whether it waited until `first` had ended.

    `first` is given the pause, which it calls where the other shall begin.
    """
    begun, ended = threading.Event(), threading.Event()
    early: list[bool] = []

    def pause() -> None:
        begun.set()
        early.append(ended.wait(PAUSE_SECONDS))

    def run_first() -> None:
        with closing(connection), transaction.atomic():
            first(pause)

    def run_second() -> None:
        with closing(connection):
            assert begun.wait(DEADLINE_SECONDS)
            second()
            ended.set()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(run_first), pool.submit(run_second)]:
            one.result(DEADLINE_SECONDS)
    return early == [False]
