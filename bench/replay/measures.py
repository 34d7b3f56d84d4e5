"""What came of the replay: each line's end, its time, and whether anything is broken."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from bench.database import count_rows, empty_database
from bench.replay.play import Case, Replay, Timed
from bench.replay.stage import make_stage
from bench.replay.trace import read

Measure = dict[str, Any]
TENTHS = 10
# Fewer steps of a kind tell nothing of its tenths.
STEPS_AT_LEAST = 200


def measure(*, trace: Path, most: int | None = None, listed: Path | None = None) -> Iterator[Measure]:
    """Play a trace, or its first lines, on a database of its own; `listed` is where to write each line's end."""
    lines = read(trace, most=most)
    with empty_database():
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            # Durability is measured elsewhere; a disk that others use as well would be all that is seen.
            cursor.execute("SET synchronous_commit = off")
        replay = Replay(make_stage(lines), lines)
        count_rows()
        play(replay)
        if listed:
            write_ends(listed, replay.cases)
        yield from judged(replay)


def play(replay: Replay) -> None:
    """All lines to their end, on the database that is there."""
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replay", total=len(replay.cases))
        for done in replay.play():
            progress.update(task, completed=done)


def judged(replay: Replay) -> Iterator[Measure]:
    """The measures of what was played."""
    yield _unexplained(replay.cases)
    yield _moves(replay)
    yield growth(replay.timed, len(replay.cases))
    yield _broken(replay)


def _unexplained(cases: list[Case]) -> Measure:
    ended = [(case, _state(case)) for case in cases]
    as_told = Counter(state for case, state in ended if state == case.line.state)
    otherwise = [(case, state) for case, state in ended if state != case.line.state]
    unexplained = [
        f"line {case.line.number}: {state or 'nothing'}, not {case.line.state}"
        for case, state in otherwise
        if not case.reason
    ]
    listed = Counter(case.reason for case, _ in otherwise if case.reason)
    kept = ", ".join(f"{state} {count}" for state, count in sorted(as_told.items()))
    reasons = "; ".join(f"{reason} ({count})" for reason, count in listed.most_common())
    return {
        "name": "replay.unexplained",
        "value": len(unexplained),
        "unit": "lines",
        "asked": "= 0",
        "n": len(ended),
        "notes": "\n".join([f"as the trace says: {kept}; otherwise, with a reason: {reasons}", *unexplained[:5]]),
    }


def _moves(replay: Replay) -> Measure:
    moves = len(replay.timed.seconds["move"])
    refused = "; ".join(f"{reason} ({count})" for reason, count in replay.not_moved.items())
    return {
        "name": "replay.moves",
        "value": moves - sum(replay.not_moved.values()),
        "unit": "moves",
        "n": moves,
        "notes": f"of the others: {refused or 'none'}",
    }


def _broken(replay: Replay) -> Measure:
    from solidarite.invariants import FACTS, broken  # noqa: PLC0415

    wrong = broken(now=replay.now, checks=FACTS)
    named = ", ".join(f"{name}: {rows[:5]}" for name, rows in wrong.items())
    return {
        "name": "replay.broken",
        "value": sum(map(len, wrong.values())),
        "unit": "rows",
        "asked": "= 0",
        "n": len(replay.cases),
        "notes": named or f"{len(FACTS)} promises about rows",
    }


def _state(case: Case) -> str:
    if case.booking is None:
        return ""
    case.booking.refresh_from_db(fields=["state"])
    return str(case.booking.state)


def growth(timed: Timed, lines: int) -> Measure:
    """Time a line in the last tenth ÷ in the first one.

    A line is as many steps of each kind as lines have on the whole, whichever of them fell into that tenth: at the
    beginning people mostly book, at the end they mostly report. Of each kind the middle of its tenth is taken.
    """
    often = {kind: steps for kind, steps in timed.seconds.items() if len(steps) >= STEPS_AT_LEAST}
    middles = {kind: (_middle(steps, 0), _middle(steps, TENTHS - 1)) for kind, steps in often.items()}
    first, last = (sum(len(often[kind]) * both[n] for kind, both in middles.items()) / lines for n in (0, 1))
    kinds = ", ".join(f"{kind} {one:.1f} → {two:.1f} ms × {len(often[kind])}" for kind, (one, two) in middles.items())
    total = sum(sum(steps) for steps in timed.seconds.values())
    return {
        "name": "replay.growth",
        "value": round(last, 2),
        "unit": "ms a line",
        "reference": {"name": "first tenth", "value": round(first, 2)},
        "ratio": round(last / first, 2) if first else 1.0,
        "asked": "≤ 1.2",
        "n": lines,
        "notes": f"{kinds}; {total:.0f} s in all, {total / lines * 1000:.1f} ms a line",
    }


def _middle(steps: list[float], tenth: int) -> float:
    """Milliseconds."""
    size = len(steps) // TENTHS
    return median(steps[tenth * size : (tenth + 1) * size]) * 1000


def write_ends(file: Path, cases: list[Case]) -> None:
    """A row for each line: what the trace says, what it came to, and why it is something else."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["ligne", "selon la trace", "rejouée", "motif"])
        rows.writerows([case.line.number, case.line.state, _state(case), case.reason] for case in cases)
