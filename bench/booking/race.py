"""People at one moment: each on a connection of their own, all let go together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from bench.booking.browser import Answer, Lost

AT_ONCE = 60
PATIENCE_SECONDS = 60
TRIES = 8


@dataclass
class Move:
    """What somebody does, sent once more when no answer came."""

    do: Callable[[], Answer | None]
    """None where nothing answers: a scan."""

    def __call__(self) -> Answer | None:
        return self.do()


class Field:
    """Where moves are raced. `recover` waits until everything stands again; without it all must be answered at once."""

    def __init__(self, recover: Callable[[], None] | None = None) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.recover = recover
        self.lost = 0

    def race(self, moves: list[Move]) -> list[Answer | None]:
        """Let all go at once; what was not answered is sent again, as a person does, until it is."""
        together = threading.Barrier(len(moves))

        def run(move: Move) -> Answer | Lost | None:
            together.wait(PATIENCE_SECONDS)
            return self._try(move)

        return [
            self._insist(move) if isinstance(answer, Lost) else answer
            for move, answer in zip(moves, list(self.pool.map(run, moves)), strict=True)
        ]

    def one(self, move: Move) -> Answer | None:
        """The same for somebody alone."""
        (answer,) = self.race([move])
        return answer

    def _try(self, move: Move) -> Answer | Lost | None:
        try:
            answer = move()
        except Lost as lost:
            return lost
        if answer is not None and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and self.recover:
            return Lost(str(answer.status))
        return answer

    def _insist(self, move: Move) -> Answer | None:
        if self.recover is None:
            raise RuntimeError("No answer came, and nothing had been ended.")
        self.lost += 1
        for _ in range(TRIES):
            self.recover()
            answer = self._try(move)
            if not isinstance(answer, Lost):
                return answer
        raise RuntimeError(f"No answer in {TRIES} tries.")
