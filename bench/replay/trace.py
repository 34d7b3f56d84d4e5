"""The trace: one line a booking, in the order in which people booked."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import NamedTuple

DAY = dt.timedelta(days=1)
# What the trace says became of a booking, and the state that it must end in.
ENDS = {"honoree": "completed", "annulee": "cancelled_by_association", "absent": "no_show"}
SHARE_OF_EVENINGS = 0.95


class Line(NamedTuple):
    """One booking. Nights are not kept: a stay takes the evening of its arrival."""

    number: int
    """Of its line in the file, the first one after the header being 1."""
    booked: dt.date
    planned: dt.date
    people: int
    state: str
    ended: dt.date
    moves: int
    kind: str

    @property
    def last_change(self) -> dt.date:
        """The day until which it may be moved: that of its arrival, or on which it was called off."""
        return min(self.ended, self.planned)


def read(path: Path, *, most: int | None = None) -> list[Line]:
    """The lines of a file, or the first ones.

    Raises:
        KeyError, ValueError: it is no such trace.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = islice(csv.DictReader(file), most)
        return [
            Line(
                number=number,
                booked=dt.date.fromisoformat(row["jour_reservation"]),
                planned=dt.date.fromisoformat(row["jour_prevu"]),
                people=int(row["personnes"]),
                state=ENDS[row["issue"]],
                ended=dt.date.fromisoformat(row["jour_issue"]),
                moves=int(row["modifications"]),
                kind=row["type_ressource"],
            )
            for number, row in enumerate(rows, start=1)
        ]


def rooms_of_kinds(lines: list[Line]) -> dict[str, int]:
    """How many rooms of each kind are enough on 95 evenings of 100: on the others people compete. At least one."""
    first, last = min(line.planned for line in lines), max(line.planned for line in lines)
    evenings = [first + number * DAY for number in range((last - first).days + 1)]
    wanted = Counter((line.kind, line.planned) for line in lines)
    rooms = {}
    for kind in sorted({line.kind for line in lines}):
        counts = sorted(wanted[kind, evening] for evening in evenings)
        rooms[kind] = max(1, counts[int(SHARE_OF_EVENINGS * (len(counts) - 1))])
    return rooms
