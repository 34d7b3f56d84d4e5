"""Which requests a company could serve: with evenings that it has not opened yet, and with those that are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from accounts.vocabulary import Language
from associations.models import Request, RequestQuerySet
from companies.demand import Demand, Opening, tells_demand
from companies.models import Company, Room, Slot
from workshops.catalogue import unasked
from workshops.matching import Match, best_of_each
from workshops.matching.judging import served_by_room
from workshops.matching.known import spoken_in
from workshops.matching.reading import words_of
from workshops.sought import with_offers

# Those that have waited longest.
REQUESTS, SHOWN = 1_000, 5
# Of a company's free slots, the soonest, and the last that it has published: so many pairs with requests, at most.
SLOTS, LATEST, PAIRS = 200, 20, 400_000
JUST_NOW = dt.timedelta(days=1)


@tells_demand
def demand(opening: Opening, starts: Sequence[dt.datetime], now: dt.datetime) -> Demand:
    """As if a volunteer of the company who speaks the language of a request came, if it has one."""
    room = opening.room
    here = [start.astimezone(ZoneInfo(room.time_zone)) for start in starts]
    if not here:
        return Demand([], [])
    first, last = min(here).date(), max(here).date()
    spoken = _spoken(room)
    fitting = {"participants__lte": opening.places, "computers__lte": opening.computers}
    looking = _around([room.cell], now).filter(from_date__lte=last, until_date__gte=first, **fitting)
    looking = looking.filter(languages__contained_by=spoken)
    requests = list(looking[: REQUESTS + 1])
    most, requests = (REQUESTS if len(requests) > REQUESTS else 0), requests[:REQUESTS]
    serve = served_by_room(opening, requests, languages=spoken, starts=here)
    return Demand(requests, [np.flatnonzero(column).tolist() for column in serve.T], most)


def _spoken(room: Room) -> list[str]:
    """Languages of all who volunteer for the company."""
    company = room.site.company_id
    return words_of(spoken_in([company]).get(company, 0), Language)


def best_for(company: Company, now: dt.datetime) -> list[Match]:
    """The requests that the company's free slots serve best, each with the best of them; five at most."""
    free = unasked(now).of_company(company).with_place()
    return _best([*free.order_by("starts_at", "pk")[:SLOTS], *free.order_by("-pk")[:LATEST]], now)


def best_for_latest(company: Company, now: dt.datetime) -> list[Match]:
    """The same of what it has published within a day, whatever else it has."""
    free = unasked(now).of_company(company).with_place()
    return _best(free.filter(created_at__gt=now - JUST_NOW).order_by("-pk")[:LATEST], now)


def _best(slots: Iterable[Slot], now: dt.datetime) -> list[Match]:
    each = sorted({slot.pk: slot for slot in slots}.values(), key=lambda slot: (slot.starts_at, slot.pk))
    if not each:
        return []
    looking = _around(sorted({slot.cell for slot in each}), now)
    return best_of_each(looking[: PAIRS // len(each)], each, count=SHOWN, now=now)


def _around(cells: Sequence[int], now: dt.datetime) -> RequestQuerySet:
    """Open requests that look in one of these cells of the grid, and to which nobody proposes anything now."""
    open_now = with_offers(Request.objects.open(now).filter(cells__overlap=list(cells)), now).filter(on_offer=False)
    found: RequestQuerySet = open_now.select_related("commune", "association").order_by("created_at", "pk")
    return found
