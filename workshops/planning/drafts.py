"""What a plan comes to: read, solved and explained. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from companies.evenings import Evening
from territories.great_circles import kilometres_between_all
from workshops.planning.allocating import allocate, by_date, first_come
from workshops.planning.explaining import Gained, Lack, could_gain, gains, lacks
from workshops.planning.graphs import Column, Graph
from workshops.planning.season import Asked, Season, season


class Pair(NamedTuple):
    """A slot for a request (their numbers), how many people it serves, and how far they go, where that is known."""

    request: int
    slot: int
    people: int
    km: float | None


class Added(NamedTuple):
    """An evening that would have to be opened, and the request (its number) that would have it."""

    evening: Evening
    request: int


class Draft(NamedTuple):
    """All that a plan says. People: who asks, and who is served, by it, by hand in two ways, and with more evenings."""

    requests: int
    people: int
    slots: int
    pairs: int
    planned: list[Pair]
    people_served: int
    people_first_come: int
    people_by_date: int
    people_wider: int
    unserved: list[Lack]
    people_with_evenings: int
    added: list[Added]
    gained: list[Gained]


def draft(asked: Asked, *, now: dt.datetime, progress: Callable[[float], object] = float) -> Draft:
    """The plan that serves most people, and what it would take to serve more; `progress` hears shares of the work.

    Raises:
        NotSolved
    """
    found = season(asked, now)
    progress(0.4)
    today = np.flatnonzero(~found.graph.extra[found.graph.slots])
    graph = found.graph.only(today)
    plan = allocate(graph, progress=lambda share: progress(0.4 + 0.3 * share))
    wide = allocate(found.graph, more=asked.evenings) if asked.evenings else today[plan]
    progress(0.8)
    chosen = wide[found.graph.extra[found.graph.slots[wide]]]
    drafted = Draft(
        requests=len(graph.people),
        people=int(graph.people.sum()),
        slots=len(np.unique(graph.slots)),
        pairs=len(graph.requests),
        planned=list(_planned(found, graph, plan)),
        people_served=graph.served(plan),
        people_first_come=graph.served(first_come(graph, found.posted_first)),
        people_by_date=graph.served(by_date(graph, found.soonest_first)),
        people_wider=graph.served(plan) + could_gain(graph, plan),
        unserved=lacks(found, graph, plan),
        people_with_evenings=found.graph.served(wide),
        added=list(_added(found, chosen)),
        gained=list(gains(found, today[plan], chosen)),
    )
    progress(1)
    return drafted


def _planned(found: Season, graph: Graph, plan: Column) -> Iterator[Pair]:
    """By the beginning of the slots."""
    everything = found.everything
    plan = plan[np.argsort(everything.runs.ranks[graph.slots[plan]])]
    requests, slots = graph.requests[plan], graph.slots[plan]
    wants, offers, runs = everything.wants, everything.runs.offers, everything.run_of[slots]
    km = kilometres_between_all(
        (wants.latitude[requests], wants.longitude[requests]), (offers.latitude[runs], offers.longitude[runs])
    )
    columns = everything.requests[requests], everything.runs.slots[slots], graph.people[requests], km
    for request, slot, people, away in zip(*(column.tolist() for column in columns), strict=True):
        yield Pair(request, slot, people, None if np.isnan(away) else away)


def _added(found: Season, chosen: Column) -> Iterator[Added]:
    slots = len(found.everything.runs.slots)
    for line in chosen.tolist():
        evening = found.evenings.all[int(found.graph.slots[line]) - slots]
        yield Added(evening, int(found.everything.requests[found.graph.requests[line]]))
