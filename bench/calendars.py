"""Every calendar of a folder read as a room's own, or beside ours: none may crash, or change one of our events."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
from rich.progress import track

from companies.busy import UnreadableCalendar, read_busy

ZONE = ZoneInfo("Europe/Paris")
SINCE, UNTIL = dt.datetime(2010, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)

Measure = dict[str, Any]


def measure(*, folder: Path) -> Iterator[Measure]:
    """Crashes, refusals with their reasons (printed one by one), and the slowest file."""
    files = sorted(folder.rglob("*.ics"))
    refused: list[str] = []
    crashed: list[str] = []
    slowest = 0.0
    for file in track(files, description="calendars", disable=not sys.stderr.isatty()):
        began = time.perf_counter()
        try:
            read_busy(file.read_bytes(), zone=ZONE, since=SINCE, until=UNTIL)
        except UnreadableCalendar as error:
            refused.append(f"{file.relative_to(folder)}\u00a0: {error}")
        except Exception as error:  # noqa: BLE001  # that there is none is what is measured
            crashed.append(f"{file.relative_to(folder)}\u00a0: {error!r}")
        slowest = max(slowest, time.perf_counter() - began)
    yield {
        "name": "calendars.crashed",
        "value": len(crashed),
        "unit": "files",
        "n": len(files),
        "notes": "; ".join(crashed),
    }
    yield {
        "name": "calendars.refused",
        "value": len(refused),
        "unit": "files",
        "n": len(files),
        "notes": "; ".join(refused),
    }
    yield {"name": "calendars.slowest", "value": round(slowest, 3), "unit": "s", "n": len(files), "notes": ""}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")
    django.setup()
    from bench.neighbours import neighbours  # noqa: PLC0415  # after Django is set up

    yield neighbours(files, folder)
