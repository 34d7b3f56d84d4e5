"""A short form of `bench replay`, on a trace of our own."""

import csv
import datetime as dt
import gzip
from pathlib import Path
from random import Random

import pytest

from bench.replay.measures import judged, play
from bench.replay.play import Replay
from bench.replay.stage import make_stage
from bench.replay.trace import read

COLUMNS = ("jour_reservation", "jour_prevu", "personnes", "issue", "jour_issue", "modifications", "type_ressource")
DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 3, 1)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Sixty bookings in two kinds of rooms, in the order in which people booked: many for one evening."""
    chance = Random("trace")  # noqa: S311  # no secret
    rows = [_booking(chance) for _ in range(60)]
    rows[7]["personnes"] = rows[31]["personnes"] = 0
    file = tmp_path / "trace.csv.gz"
    with gzip.open(file, "wt", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: str(row["jour_reservation"])))
    return file


def _booking(chance: Random) -> dict[str, object]:
    booked = FIRST + chance.randrange(20) * DAY
    planned = max(FIRST + (15 + chance.choice([*range(20), *[8] * 10])) * DAY, booked)
    issue = chance.choice(["honoree", "honoree", "annulee", "absent"])
    ahead = (planned - booked).days
    return {
        "jour_reservation": booked,
        "jour_prevu": planned,
        "personnes": 1 + chance.randrange(8),
        "issue": issue,
        "jour_issue": booked + chance.randint(0, ahead) * DAY if issue == "annulee" else planned,
        "modifications": chance.choice([0, 0, 1, 2]),
        "type_ressource": chance.choice("AB"),
    }


@pytest.mark.django_db
def test_every_line_ends_as_the_trace_says_or_with_its_reason(trace: Path) -> None:
    lines = read(trace)
    replay = Replay(make_stage(lines), lines)
    play(replay)
    measured = {measure["name"]: measure for measure in judged(replay)}

    assert measured["replay.unexplained"]["value"] == 0, measured["replay.unexplained"]["notes"]
    assert measured["replay.broken"]["value"] == 0, measured["replay.broken"]["notes"]
    assert measured["replay.moves"]["value"] > 0
    reasons = [case.reason for case in replay.cases if case.reason]
    assert sum(reason.startswith("Indiquez combien") for reason in reasons) == 2
    assert any("complet" in reason for reason in reasons)
    assert {"completed", "cancelled_by_association", "no_show"} == {line.state for line in lines}


@pytest.mark.django_db
def test_a_line_that_ends_otherwise_without_a_reason_is_seen(trace: Path) -> None:
    lines = read(trace)[:12]
    replay = Replay(make_stage(lines), lines)
    play(replay)
    booked = next(case for case in replay.cases if case.booking is not None)
    booked.line = booked.line._replace(state="no_show" if booked.line.state == "completed" else "completed")
    assert next(judged(replay))["value"] == 1
