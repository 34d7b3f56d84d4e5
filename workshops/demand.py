"""Which requests a company could serve: with evenings that it has not opened yet, and with those that are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from associations.models import Request, RequestQuerySet
from companies.demand import Demand, tells_demand
from companies.models import Company, Room, VolunteerProfile
from workshops.catalogue import unasked
from workshops.matching import Match, best_of_each
from workshops.matching.judging import served_by_room
from workshops.sought import with_offers

# Those that have waited longest; and of a company's free slots, the soonest.
REQUESTS, SLOTS, SHOWN = 1_000, 200, 5


@tells_demand
def demand(room: Room, places: int, computers: int, starts: Sequence[dt.datetime], now: dt.datetime) -> Demand:
    """As if a volunteer of the company who speaks the language of a request came, if it has one."""
    here = [start.astimezone(ZoneInfo(room.time_zone)) for start in starts]
    if not here:
        return Demand([], [])
    first, last = min(here).date(), max(here).date()
    spoken = _spoken(room)
    fitting = {"participants__lte": places, "computers__lte": computers, "languages__contained_by": spoken}
    looking = _around([room.cell], now).filter(from_date__lte=last, until_date__gte=first, **fitting)
    requests = list(looking[: REQUESTS + 1])
    most, requests = (REQUESTS if len(requests) > REQUESTS else 0), requests[:REQUESTS]
    serve = served_by_room(room, requests, places=places, computers=computers, languages=spoken, starts=here)
    return Demand(requests, [np.flatnonzero(column).tolist() for column in serve.T], most)


def _spoken(room: Room) -> list[str]:
    """Languages of all who volunteer for the company."""
    profiles = VolunteerProfile.objects.filter(membership__company=room.site.company_id)
    return sorted({word for languages in profiles.values_list("languages", flat=True) for word in languages})


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
