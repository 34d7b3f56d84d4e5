"""Publishing a year of evenings, and making the dates of thousands of series."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

from bench.database import empty_database
from bench.host import Host, make_host

Measure = dict[str, Any]

FEW, MANY, QUICK_FEW, QUICK_MANY = 1_000, 10_000, 200, 2_000


def measure(*, quick: bool) -> Iterator[Measure]:
    """`publish.queries`: statements for 52 weekly dates; `publish.growth`: time a series, many ÷ few."""
    with empty_database():
        yield from _measure(quick=quick)


def _measure(*, quick: bool) -> Iterator[Measure]:
    now = dt.datetime.now(tz=dt.UTC)
    host = make_host(now)
    yield _queries(host, now)
    few, many = (QUICK_FEW, QUICK_MANY) if quick else (FEW, MANY)
    _extend(host.site, few, now)  # once without the watch: connections and plans are made
    short, long = _extend(host.site, few, now), _extend(host.site, many, now)
    yield {
        "name": "publish.growth",
        "value": round(long / many * 1000, 2),
        "unit": "ms a series",
        "reference": {"name": f"{few} series", "value": round(short / few * 1000, 2)},
        "ratio": round((long / many) / (short / few), 2),
        "n": many,
        "asked": "≤ 1.1",
        "notes": f"{many} series of {_dates(now)} dates",
    }


def _dates(now: dt.datetime) -> int:
    """How many dates each series has."""
    from companies.models import Slot  # noqa: PLC0415

    last = Slot.objects.filter(created_at__gte=now).order_by("-pk").first()
    return Slot.objects.filter(availability=last.availability_id).count() if last else 0


def _rooms(site: Any, count: int, now: dt.datetime) -> list[Any]:
    from companies.models import Room  # noqa: PLC0415

    return Room.objects.bulk_create(
        Room(
            site=site,
            site_max_visitors=20,
            time_zone=site.time_zone,
            cell=site.cell,
            name=f"Salle {n}",
            capacity=10,
            computers=8,
            created_at=now,
        )
        for n in range(count)
    )


def _series(room: Any, now: dt.datetime, **fields: Any) -> Any:
    from companies.models import Availability  # noqa: PLC0415

    return Availability(
        **{
            "room": room,
            "weekdays": [4],
            "start_time": dt.time(18),
            "end_time": dt.time(20),
            "from_date": now.date(),
            "extended_to_date": now.date(),
            "notice_hours": 24,
            "places": 10,
            "computers": 8,
            "volunteers_offered": 2,
            "booking_mode": "instant",
            "created_at": now,
            **fields,
        }
    )


def _queries(host: Host, now: dt.datetime) -> Measure:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from companies import actions  # noqa: PLC0415

    (room,) = _rooms(host.site, 1, now)
    monday = now.date() + dt.timedelta(days=8 - now.isoweekday())
    year = _series(room, now, from_date=monday, until_date=monday + dt.timedelta(days=363))
    with CaptureQueriesContext(connection) as captured:
        season = actions.publish_season(room=room, openings=[year], by=host.owner, now=now)
    return {
        "name": "publish.queries",
        "value": len(captured),
        "unit": "statements",
        "asked": "≤ 10",
        "n": len(season.slots),
        "notes": "a year of Thursdays",
    }


def _extend(site: Any, count: int, now: dt.datetime) -> float:
    """Seconds to make the dates of so many new series, counted as autovacuum counts rows."""
    from django.db import connection  # noqa: PLC0415

    from companies import actions  # noqa: PLC0415
    from companies.models import Availability  # noqa: PLC0415

    Availability.objects.bulk_create(_series(room, now) for room in _rooms(site, count, now))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    actions.extend_series(now=now)
    return time.perf_counter() - began
