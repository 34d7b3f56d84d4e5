"""Who has nothing in a plan and why, what a wider look could bring, and what each commune's new evenings add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from territories.models import Commune
from workshops.matching.pairs import Condition
from workshops.matching.sweeping import lacking
from workshops.models import Unserved
from workshops.planning.allocating import allocate
from workshops.planning.graphs import Column, Graph, components
from workshops.planning.season import CANDIDATES, FARTHER, Season

MOST_LINES = 500_000
Why = Unserved.Why
# Plans are for admitted associations, of slots that can be had.
LACKED: dict[Condition, Unserved.Why] = {
    one: Why(str(one.name).lower()) for one in Condition if one not in Condition.ADMISSION | Condition.BOOKABLE
}


class Lack(NamedTuple):
    """A request (its number) that has nothing, how many people that is, why, and of how many slots that is said.

    `besides` is what the same slots lack too, where none lacks one thing only.
    """

    request: int
    people: int
    why: Unserved.Why
    slots: int
    besides: list[Unserved.Why]


class _Said(NamedTuple):
    """The same of a request, without it."""

    why: Unserved.Why
    slots: int
    besides: list[Unserved.Why]


class Gained(NamedTuple):
    """What the evenings of one commune alone would add."""

    commune: Commune
    evenings: int
    people: int


def lacks(season: Season, graph: Graph, plan: Column) -> list[Lack]:
    """Of every request without a slot in the plan (lines of the graph), the most people first."""
    served = np.isin(np.arange(len(graph.people)), graph.requests[plan])
    serving = np.bincount(graph.requests, minlength=len(graph.people))
    # Where a slot goes to fewer people, or to nobody, its association could not have it.
    given = np.zeros(len(graph.extra), np.int64)
    given[graph.slots[plan]] = graph.people[graph.requests[plan]]
    fewest = np.full(len(graph.people), np.iinfo(np.int64).max)
    np.minimum.at(fewest, graph.requests, given[graph.slots])
    capped = fewest < graph.people
    missed = _what_lacks(season, np.flatnonzero(~served & (serving == 0)))
    found = [
        Lack(int(season.everything.requests[place]), int(graph.people[place]), *said)
        for place in np.flatnonzero(~served).tolist()
        for said in [missed.get(place) or _Said(Why.CAP if capped[place] else Why.TAKEN, int(serving[place]), [])]
    ]
    return sorted(found, key=lambda lack: (-lack.people, lack.request))


def _what_lacks(season: Season, places: Column) -> dict[int, _Said]:
    """Of requests that nothing serves (their places): what became of the slots that would, or what others lack.

    Of these, what most lack of those that lack the fewest things.
    """
    found = {int(place): _Said(Why.NOTHING, 0, []) for place in places}
    for missed in lacking(season.everything.only(places), span=season.asked.span, farther=FARTHER):
        lines = zip(places[missed.requests].tolist(), missed.conditions.tolist(), missed.slots.tolist(), strict=True)
        for place, conditions, slots in lines:
            if slots > found[place].slots:
                why, *besides = (LACKED[condition] for condition in Condition(conditions))
                found[place] = _Said(why, slots, besides)
    for why, serving in (
        (Why.DISMISSED, season.serving_refused(places)),
        (Why.ASKED, season.serving_asked_for(places)),
    ):
        found |= {place: _Said(why, slots, []) for place, slots in serving.items()}
    return found


def could_gain(graph: Graph, plan: Column) -> int:
    """How many people more a plan could serve at most that looks at all slots of each request.

    Slots that were not looked at are of requests that have so many better ones. What else they could change is in the
    same part of the graph, where only who has nothing can gain.
    """
    cut = np.bincount(graph.requests, minlength=len(graph.people)) >= CANDIDATES
    if not cut.any():
        return 0
    served = np.isin(np.arange(len(graph.people)), graph.requests[plan])
    parts = (np.unique(graph.requests[part]) for part in components(graph))
    return sum(int(graph.people[part[~served[part]]].sum()) for part in parts if cut[part].any())


def gains(season: Season, plan: Column, chosen: Column) -> Iterator[Gained]:
    """By commune, what its evenings would add if they were opened alone: lines of the graph with all evenings.

    Not of a whole country, where each would take as long as the plan.
    """
    if len(season.graph.requests) > MOST_LINES:
        return
    graph, places = season.graph, defaultdict[Commune, list[int]](list)
    for slot in graph.slots[chosen].tolist():
        evening = season.evenings.all[slot - len(season.everything.runs.slots)]
        places[evening.room.site.commune].append(slot)
    for commune, slots in places.items():
        opened = graph.only(np.flatnonzero(~graph.extra[graph.slots] | np.isin(graph.slots, slots)))
        for part in components(opened):
            if opened.extra[opened.slots[part]].any():
                alone = opened.only(part)
                before = np.isin(graph.requests[plan], alone.requests)
                people = alone.served(allocate(alone, more=len(slots))) - graph.served(plan[before])
                yield Gained(commune, len(slots), people)
