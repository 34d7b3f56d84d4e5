"""What the mail server accepted, held against what the outbox says and against the faults that we made."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench.mail.sink import Taken

# From the claim of a row to the server's first word of it: rendering, and whatever a busy machine adds.
CLAIM_SECONDS = 1.0
# How long a busy machine may leave a process aside between the server's answer and its commit. A kill falls into a
# long pause more easily than into a short one, and such a commit is never seen: the longest of the others is no bound.
PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Fault:
    """What we ended, and from when to when it could not record anything. No processes: the database itself."""

    since: float
    until: float
    processes: frozenset[int] = frozenset()

    def may_have_hit(self, taken: Taken, *, window: float) -> bool:
        """Whether it fell between the claim of this message and the commit that would have recorded it.

        The server may read the final dot after the process that sent it has died: what counts for a process is that
        it had begun. A dead one sends no dot.
        """
        hit = taken.process in self.processes if self.processes else True
        begun = taken.begun_at - (0 if self.processes else CLAIM_SECONDS)
        return hit and self.since <= taken.at + window and begun <= self.until


@dataclass
class Ledger:
    """Reads the server's file as it grows."""

    file: Path
    taken: list[Taken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _read: int = 0

    def read(self) -> int:
        """Take in what was written since; returns how many different messages there are."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        self.taken += [Taken(**json.loads(line)) for line in whole.splitlines()]
        return len({one.message_id for one in self.taken})

    def by_message(self) -> dict[str, list[Taken]]:
        """The times that each message was accepted, in the order in which they began.

        Not that of the file: a slow server may still accept what a process said that has died since, after another one
        has told it again.
        """
        found: dict[str, list[Taken]] = defaultdict(list)
        for one in sorted(self.taken, key=lambda one: one.begun_at):
            found[one.message_id].append(one)
        return found

    def doubled(self) -> list[Taken]:
        """Each acceptance but the last of its message: the ones that nobody recorded."""
        return [one for times in self.by_message().values() for one in times[:-1]]

    def outside_window(self, doubled: Iterable[Taken], *, window: float) -> list[Taken]:
        """Those that no fault explains.

        The window is that of one message: our process turns to the next one only after it recorded this one. So it
        must be the last of its connection, and what would have recorded it must have ended within the `window`, in
        seconds, or within the pause that a busy machine may add.
        """
        window = max(window, PAUSE_SECONDS)
        last: dict[int, int] = {}
        for one in self.taken:
            last[one.connection] = max(one.turn, last.get(one.connection, 0))
        return [
            one
            for one in doubled
            if not one.answer_lost
            and not (
                one.turn == last[one.connection]
                and any(fault.may_have_hit(one, window=window) for fault in self.faults)
            )
        ]

    def fate(self, taken: Taken) -> str:
        """A message that no fault explains, when its process or the database was ended, and what followed it."""
        ends = sorted(
            round(fault.since - taken.at, 3)
            for fault in self.faults
            if not fault.processes or taken.process in fault.processes
        )
        later = [one for one in self.taken if one.connection == taken.connection and one.turn > taken.turn]
        again = [one for one in self.taken if one.message_id == taken.message_id and one is not taken]
        return f"{taken}, ends at {ends} seconds from it, told again as {again}, its line went on with {later[:2]}"
