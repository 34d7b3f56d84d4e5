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

from territories.distance import KilometresFrom

Measure = dict[str, Any]

ROUNDS, QUICK_ROUNDS = 3, 1
# SQL is asked for one request in so many: for all of them it would take longer than the rest of this.
ONE_IN, QUICK_ONE_IN = 50, 5
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
    WHERE wanted.state = 'open' AND slot.state = 'open' AND wanted.id %% %(one_in)s = 0
    AND {_KM} <= wanted.radius_km
    AND slot.places >= wanted.participants AND slot.computers >= wanted.computers
    AND slot.local_date BETWEEN wanted.from_date AND wanted.until_date
    AND (wanted.weekdays = '{{}}' OR slot.weekday = ANY (wanted.weekdays))
    AND NOT EXISTS (
        SELECT FROM workshops_booking AS booking
        WHERE booking.slot_id = slot.id AND booking.state IN ('held', 'confirmed', 'completed', 'no_show')
    )
"""  # noqa: S608  # of our own


def measure(*, quick: bool) -> Iterator[Measure]:
    """`matching.sweep` in seconds, with reasons in words for all that is found; its memory; and its growth."""
    rounds, one_in = (QUICK_ROUNDS, QUICK_ONE_IN) if quick else (ROUNDS, ONE_IN)
    swept, bare = list[dict[str, float]](), list[float]()
    for _ in range(rounds):
        bare.append(one_in * _listed(one_in))
        swept.append(_swept(1))
    few = [_swept(10) for _ in range(rounds)]
    last = swept[-1]
    yield {
        "name": "matching.sweep",
        "value": round(median(one["seconds"] for one in swept), 1),
        "unit": "s",
        "reference": {"name": f"the pairs listed in SQL, for one request in {one_in}", "value": round(median(bare), 1)},
        "ratio": round(median(one["seconds"] / listed for one, listed in zip(swept, bare, strict=True)), 2),
        "asked": "≤ 3",
        "n": rounds,
        "notes": f"{last['requests']:.0f} requests, {last['slots']:.0f} slots: {last['found']:.0f} pairs with reasons; "
        f"of it reading {median(one['read'] for one in swept):.1f} s, ranking "
        f"{median(one['ranked'] for one in swept):.1f} s",
    }
    yield {
        "name": "matching.sweep_memory",
        "value": round(max(one["gib"] for one in swept), 2),
        "unit": "GiB",
        "asked": "≤ 2",
        "n": rounds,
        "notes": "most that the process ever held",
    }
    grown = median(one["seconds"] for one in swept) / median(one["seconds"] for one in few)
    yield {
        "name": "matching.sweep_growth",
        "value": round(grown, 2),
        "unit": "times",
        "asked": "≤ 12",
        "n": rounds,
        "notes": f"all requests ÷ a tenth of them ({few[-1]['requests']:.0f}), among the same slots",
    }


def _listed(one_in: int) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        began = time.perf_counter()
        cursor.execute(_BARE, {"one_in": one_in})
        cursor.fetchall()
        return time.perf_counter() - began


def _swept(one_in: int) -> dict[str, float]:
    """In a process of its own, whose memory is asked for at its end."""
    command = [sys.executable, "-m", "bench.matching.alone", str(one_in)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told
