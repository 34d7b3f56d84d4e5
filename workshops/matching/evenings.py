"""Evenings that nobody has opened, in rooms that exist: as if they were slots, to ask whom they would serve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

import numpy as np

from companies.evenings import WEEKEND_HOURS, Evening, evenings_of
from companies.models import Room, signatory
from workshops.matching.everything import Runs
from workshops.matching.known import spoken_in
from workshops.matching.reading import offers_of_rooms, period_bit


class Evenings(NamedTuple):
    """All of them, and the same as runs, whose slots are their places in `all`."""

    all: list[Evening]
    runs: Runs


def evenings_to_open(since: dt.date, until: dt.date, *, cells: Collection[int], now: dt.datetime) -> Evenings:
    """In rooms of signatories in these cells of the grid, at the hours at which their companies are shown who looks.

    As if a volunteer of the company who speaks the language of a request came, if it has one.
    """
    rooms = list(
        Room.objects.filter(signatory(now, "site__company__"), archived_at=None, cell__in=cells)
        .select_related("site__commune")
        .order_by("pk")
    )
    found = evenings_of(rooms, since, until, now=now, weekends=WEEKEND_HOURS)
    return Evenings(found, _runs(found, now.date()))


def _day(evening: Evening) -> dt.date:
    return evening.starts_at.date()


def _run(placed: tuple[int, Evening]) -> tuple[int, int, dt.time]:
    _, evening = placed
    return evening.room.pk, _day(evening).isoweekday(), evening.starts_at.time()


def _runs(evenings: list[Evening], today: dt.date) -> Runs:
    """Of one room, one day of the week and one hour, most often four."""
    heads = [next(same) for _, same in groupby(enumerate(evenings), _run)]
    first = [evening for _, evening in heads]
    days = np.array([_day(evening).toordinal() for evening in evenings], np.int64)
    ranks = np.empty(len(evenings), np.int64)
    ranks[np.lexsort((np.arange(len(evenings)), days))] = np.arange(len(evenings))
    spoken = spoken_in({evening.room.site.company_id for evening in first})
    starts = np.array([int(evening.starts_at.timestamp()) for evening in evenings], np.int64) * 1_000_000
    offers = offers_of_rooms([evening.room for evening in first])
    return Runs(
        offers=offers._replace(
            weekday=np.array([1 << _day(evening).isoweekday() for evening in first], np.int64),
            period=np.array([period_bit(evening.starts_at.time()) for evening in first], np.int64),
            languages=np.array([spoken.get(evening.room.site.company_id, 0) for evening in first], np.int64),
            posted_day=np.full(len(first), today.toordinal(), np.int64),
        ),
        sites=np.array([evening.room.site_id for evening in first], np.int64),
        cells=np.array([evening.room.cell for evening in first], np.int64),
        first=np.array([*(place for place, _ in heads), len(evenings)], np.int64),
        slots=np.arange(len(evenings)),
        starts=starts,
        days=days,
        ranks=ranks,
    )
