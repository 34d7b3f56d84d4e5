"""All requests against all slots: how long, in how much memory, and against the same pairs listed in SQL."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from django.db import connection

from bench.database import use
from bench.matching.country import ALL
from territories.distance import KilometresFrom

Measure = dict[str, Any]

ROUNDS = 3
WHOLE = "whole"
# What there is a tenth of.
GROWTHS = ("requests", "slots", "both")
_KM = KilometresFrom.template % {
    "latitude": "site.latitude",
    "longitude": "site.longitude",
    "north": "here.latitude",
    "east": "here.longitude",
}
# What must hold, but languages, step-free access and what was dismissed: nothing is ranked, and no reason given.
_BARE = f"""
    SELECT count(*) FROM associations_request AS wanted
    JOIN territories_commune AS here ON here.code = wanted.commune_id
    CROSS JOIN LATERAL unnest(wanted.cells) AS around (cell)
    JOIN companies_room AS room ON room.cell = around.cell
    JOIN companies_site AS site ON site.id = room.site_id
    JOIN companies_slot AS slot ON slot.room_id = room.id
    WHERE wanted.state = 'open' AND slot.state = 'open'
    AND {_KM} <= wanted.radius_km
    AND slot.places >= wanted.participants AND slot.computers >= wanted.computers
    AND slot.local_date BETWEEN wanted.from_date AND wanted.until_date
    AND (wanted.weekdays = '{{}}' OR slot.weekday = ANY (wanted.weekdays))
    AND NOT EXISTS (
        SELECT FROM workshops_booking AS booking
        WHERE booking.slot_id = slot.id AND booking.state IN ('held', 'confirmed', 'completed', 'no_show')
    )
"""  # noqa: S608  # of our own


def measure(tenth: str) -> Iterator[Measure]:
    """`matching.sweep` in seconds, with reasons in words for all that is found; its memory; and its growth.

    The list in SQL is written once, for all requests: it takes longer than all else.
    """
    use(ALL)
    listed, pairs = _listed()
    rounds = [{name: _swept(*part) for name, part in _parts(tenth).items()} for _ in range(ROUNDS)]
    swept = [one[WHOLE] for one in rounds]
    last, seconds = swept[-1], median(one["seconds"] for one in swept)
    yield {
        "name": "matching.sweep",
        "value": round(seconds, 1),
        "unit": "s",
        "reference": {"name": "the pairs listed in SQL, once", "value": round(listed, 1)},
        "ratio": round(seconds / listed, 2),
        "asked": "≤ 3",
        "n": ROUNDS,
        "notes": f"{_data(last)}: {last['found']:.0f} pairs with reasons, of {pairs} in SQL; of it {_steps(swept)}",
    }
    yield {
        "name": "matching.sweep_memory",
        "value": round(max(one["gib"] for one in swept), 2),
        "unit": "GiB",
        "asked": "≤ 2",
        "n": ROUNDS,
        "notes": "most that the process ever held",
    }
    for name in GROWTHS:
        less = [one[name] for one in rounds]
        yield {
            "name": f"matching.sweep_growth_{name}",
            "value": round(median(one[WHOLE]["seconds"] / one[name]["seconds"] for one in rounds), 2),
            "unit": "times",
            "asked": "≤ 12",
            "n": ROUNDS,
            "notes": f"all of it ÷ {_data(less[-1])}, turn and turn about; "
            f"{last['found'] / less[-1]['found']:.1f} times as many pairs with reasons; of the smaller {_steps(less)}",
        }


def _parts(tenth: str) -> dict[str, tuple[str, int]]:
    """Of which database one request in how many."""
    return {WHOLE: (ALL, 1), "requests": (ALL, 10), "slots": (tenth, 1), "both": (tenth, 10)}


def _data(swept: dict[str, float]) -> str:
    return f"{swept['requests']:.0f} requests among {swept['slots']:.0f} slots"


def _steps(swept: list[dict[str, float]]) -> str:
    read, ranked, all_of_it = (median(one[step] for one in swept) for step in ("read", "ranked", "seconds"))
    return f"reading {read:.2f} s, ranking {ranked:.2f} s, reasons {all_of_it - read - ranked:.2f} s"


def _listed() -> tuple[float, int]:
    """How long that takes, and how many pairs there are."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        began = time.perf_counter()
        cursor.execute(_BARE)
        [(pairs,)] = cursor.fetchall()
        return time.perf_counter() - began, pairs


def _swept(name: str, one_in: int) -> dict[str, float]:
    """In a process of its own, whose memory is asked for at its end."""
    command = [sys.executable, "-m", "bench.matching.alone", name, str(one_in)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told
