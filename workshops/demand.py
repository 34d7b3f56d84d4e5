"""Which requests a company could serve: with evenings that it has not opened yet, and with those that are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from associations.models import Request, RequestQuerySet
from companies.demand import Demand, tells_demand
from companies.models import Company, Room
from workshops.catalogue import unasked
from workshops.matching import Match, best_of_each
from workshops.matching.judging import served_by_room
from workshops.sought import with_offers

# Those that have waited longest; and of a company's free slots, the soonest.
REQUESTS, SLOTS, SHOWN = 1_000, 200, 5


@tells_demand
def demand(room: Room, places: int, computers: int, starts: Sequence[dt.datetime], now: dt.datetime) -> Demand:
    """Without those that need a language: nobody has promised to come yet."""
    here = [start.astimezone(ZoneInfo(room.time_zone)) for start in starts]
    if not here:
        return Demand([], [])
    first, last = min(here).date(), max(here).date()
    looking = _around([room.cell], now).filter(participants__lte=places, computers__lte=computers, languages=[])
    requests = list(looking.filter(from_date__lte=last, until_date__gte=first)[:REQUESTS])
    serve = served_by_room(room, requests, places=places, computers=computers, starts=here)
    return Demand(requests, [np.flatnonzero(column).tolist() for column in serve.T])


def best_for(company: Company, now: dt.datetime) -> list[Match]:
    """The requests that the company's free slots serve best, each with the best of them; five at most."""
    slots = list(unasked(now).of_company(company).with_place().order_by("starts_at", "pk")[:SLOTS])
    if not slots:
        return []
    looking = _around(sorted({slot.cell for slot in slots}), now)
    return best_of_each(list(looking[:REQUESTS]), slots, count=SHOWN, now=now)


def _around(cells: Sequence[int], now: dt.datetime) -> RequestQuerySet:
    """Open requests that look in one of these cells of the grid, and to which nobody proposes anything now."""
    open_now = with_offers(Request.objects.open(now).filter(cells__overlap=list(cells)), now).filter(on_offer=False)
    found: RequestQuerySet = open_now.select_related("commune", "association").order_by("created_at", "pk")
    return found
