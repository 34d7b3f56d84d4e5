"""What a plan is made of: some weeks' requests, the slots that are free in them, and evenings that could be opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from associations.models import Association, Request, RequestQuerySet
from companies.models import SlotQuerySet
from territories.grid import cells_around
from territories.models import Departement
from workshops.catalogue import asked_for, unasked
from workshops.matching import Everything, Span, read_everything, sweep
from workshops.matching.evenings import Evenings, evenings_to_open
from workshops.matching.everything import Runs
from workshops.models import Booking
from workshops.planning.graphs import Column, Graph

# Of each request, so many of its best slots are looked at.
CANDIDATES = 200
# To say what a request lacks, slots are read so many times as far as it would go, and so many days aside.
FARTHER, ASIDE = 2, dt.timedelta(days=14)


class Asked(NamedTuple):
    """Where and when; how many evenings may be added at most; by request, the slots that were tried before."""

    departement: Departement | None
    from_date: dt.date
    until_date: dt.date
    evenings: int = 0
    tried: Mapping[int, Collection[int]] = {}

    @property
    def span(self) -> Span:
        return Span(self.from_date.toordinal(), self.until_date.toordinal())


class Season(NamedTuple):
    """All of it as columns, and as a graph.

    The graph's requests are those of `everything`, by their places; its slots are those of `everything.runs`, then
    the evenings. `asked_for` are slots that would be in it if nobody waited for an answer about them.
    """

    asked: Asked
    everything: Everything
    evenings: Evenings
    graph: Graph
    asked_for: Runs

    def serving_asked_for(self, places: Column) -> dict[int, int]:
        """Of requests (their places, in order): how many of the slots that are asked for would serve each, if any."""
        return self._serving(self.everything._replace(runs=self.asked_for), places)

    def serving_refused(self, places: Column) -> dict[int, int]:
        """The same of those that were dismissed, or tried before."""
        refused = self.everything.dismissed_slots
        some = places[np.isin(places, refused[:, 0])]
        return self._serving(self.everything._replace(dismissed_slots=refused[:0]), some)

    def _serving(self, everything: Everything, places: Column) -> dict[int, int]:
        found = sweep(everything.only(places), most=CANDIDATES, today=0, span=self.asked.span)
        requests = np.concatenate([places[:0], *(best.requests for best in found)])
        served, slots = np.unique(requests, return_counts=True)
        return dict(zip(places[served].tolist(), slots.tolist(), strict=True))

    @property
    def posted_first(self) -> Column:
        """Requests, who has waited longest first."""
        return np.lexsort((self.everything.requests, self.everything.wants.posted_day))

    @property
    def soonest_first(self) -> Column:
        """Slots, by their beginning."""
        return np.argsort(self.everything.runs.ranks)


def season(asked: Asked, now: dt.datetime) -> Season:
    """As it is in the database now. Of the associations, those that may book; of the slots, those nobody asks for."""
    wanted = _wanted(asked, now)
    cells = _cells(wanted)
    everything = _but(asked.tried, read_everything(now, wanted, _around(unasked(now), asked, cells)))
    # An evening that is not among so many best ones of a request could give way to one that is.
    free = cells if asked.evenings else ()
    evenings = evenings_to_open(asked.from_date, asked.until_date, cells=free, now=now)
    waited_for = read_everything(now, wanted.none(), _around(asked_for(now), asked, cells)).runs
    return Season(asked, everything, evenings, _graph(asked, everything, evenings, now), waited_for)


def _wanted(asked: Asked, now: dt.datetime) -> RequestQuerySet:
    """For which nothing is kept nor asked for yet, and which could come in these weeks."""
    dated = Request.objects.open(now).filter(from_date__lte=asked.until_date, until_date__gte=asked.from_date)
    admitted = dated.filter(association__state=Association.State.ADMITTED)
    here = {"commune__departement": asked.departement} if asked.departement else {}
    waiting = Booking.objects.waiting(now).filter(request=OuterRef("pk"))
    found: RequestQuerySet = admitted.filter(~Exists(waiting), **here)
    return found


def _cells(wanted: RequestQuerySet) -> set[int]:
    """Of the grid, around all of them."""
    circles = wanted.filter(commune__latitude__isnull=False).order_by()
    where = circles.values_list("commune__latitude", "commune__longitude", "radius_km").distinct()
    found = {cell for north, east, radius in where for cell in cells_around(north, east, FARTHER * radius)}
    nowhere = wanted.filter(commune__latitude=None).values_list("cells", flat=True)
    return found.union(*nowhere)


def _around(slots: SlotQuerySet, asked: Asked, cells: Collection[int]) -> SlotQuerySet:
    weeks = (asked.from_date - ASIDE, asked.until_date + ASIDE)
    found: SlotQuerySet = slots.filter(cell__in=cells, local_date__range=weeks)
    return found


def _but(tried: Mapping[int, Collection[int]], everything: Everything) -> Everything:
    """As if what was tried had been dismissed."""
    places = {int(number): place for place, number in enumerate(everything.requests)}
    pairs = [(places[number], slot) for number, slots in tried.items() if number in places for slot in slots]
    more = np.array(pairs, np.int64).reshape(-1, 2)
    return everything._replace(dismissed_slots=np.unique(np.vstack([everything.dismissed_slots, more]), axis=0))


def _graph(asked: Asked, everything: Everything, evenings: Evenings, now: dt.datetime) -> Graph:
    slots = len(everything.runs.slots)
    opened = everything._replace(runs=evenings.runs, dismissed_slots=everything.dismissed_slots[:0])
    more = _pairs(opened, asked.evenings, asked.span, now)
    more[1] += slots
    requests, chosen, merits = np.hstack([_pairs(everything, CANDIDATES, asked.span, now), more])
    order = np.argsort(requests, kind="stable")
    owners, groups = np.unique(everything.associations, return_inverse=True)
    return Graph(
        people=everything.wants.participants,
        groups=groups,
        left=_left(owners, now),
        extra=np.arange(slots + len(evenings.all)) >= slots,
        requests=requests[order],
        slots=chosen[order],
        merits=merits[order],
    )


def _pairs(everything: Everything, most: int, span: Span, now: dt.datetime) -> Column:
    """Three lines: requests, slots, and merits in thousandths of the best there could be."""
    points = max(sum(everything.weights.values()), 1)
    found = [
        np.vstack([best.requests, best.slots, best.merits // points])
        for best in sweep(everything, most=most, today=now.date().toordinal(), span=span)
    ]
    return np.hstack(found) if found else np.zeros((3, 0), np.int64)


def _left(associations: Column, now: dt.datetime) -> Column:
    """How many workshops more each of these may have ahead."""
    ahead = Booking.objects.ahead(now).filter(association__in=associations.tolist()).order_by()
    counted = dict(ahead.values_list("association").annotate(Count("pk")))
    most = settings.BOOKINGS_PER_ASSOCIATION
    return np.array([max(most - counted.get(number, 0), 0) for number in associations.tolist()], np.int64)
