"""Giving slots to requests so that most people are served: exactly, and as one would do by hand.

The most people first; of all plans that serve as many, one that opens the fewest evenings, and of these one of the
greatest merit. A request has at most one slot, a slot at most one request, a group at most what it may still have.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from ortools.graph.python import min_cost_flow

from workshops.planning.graphs import WHOLE, Column, Graph, components


class NotSolved(RuntimeError):
    """The solver gave up: its word why. A plan is made of nothing else."""


def allocate(graph: Graph, *, more: int = 0, progress: Callable[[float], object] = float) -> Column:
    """The lines of a plan that no other one beats; `progress` hears which share of all lines is done.

    Raises:
        NotSolved
    """
    asked = graph if more else graph.without_extra()
    lines = np.arange(len(graph.requests)) if more else np.flatnonzero(~graph.extra[graph.slots])
    chosen, done = list[Column](), 0
    for part in components(asked):
        chosen.append(lines[part[_flow(asked, part, more)]])
        done += len(part)
        progress(done / len(lines))
    return np.sort(np.concatenate(chosen)) if chosen else lines[:0]


def _flow(graph: Graph, part: Column, more: int) -> Column:
    """Of one part of a graph: which of its lines carry something when most is carried."""
    requests, at_request = np.unique(graph.requests[part], return_inverse=True)
    slots, at_slot = np.unique(graph.slots[part], return_inverse=True)
    groups, at_group = np.unique(graph.groups[requests], return_inverse=True)
    source, sink, opened = range(3)
    group, request = 3, 3 + len(groups)
    slot = request + len(requests)
    # What serves one person more outweighs an evening more, and that the merits of all pairs together.
    evening = WHOLE * min(len(requests), len(slots)) + 1
    person = evening * (more + 1)
    extra = graph.extra[slots]
    network = _Network()
    network.join(np.full(len(groups), source), group + np.arange(len(groups)), graph.left[groups])
    network.join(group + at_group, request + np.arange(len(requests)))
    pairs = network.join(
        request + at_request,
        slot + at_slot,
        cost=-(graph.people[graph.requests[part]] * person + graph.merits[part]),
    )
    network.join(slot + np.arange(len(slots)), np.where(extra, opened, sink))
    network.join([opened, source], [sink, sink], [more, len(requests)], cost=[evening, 0])
    return np.flatnonzero(network.carry(len(requests), source, sink)[pairs])


class _Network:
    """Arcs, each of which carries so much at most, at a cost a piece."""

    def __init__(self) -> None:
        self.solver = min_cost_flow.SimpleMinCostFlow()

    def join(
        self,
        tails: ArrayLike,
        heads: ArrayLike,
        most: ArrayLike = 1,
        cost: ArrayLike = 0,
    ) -> Column:
        """Arcs from each of these nodes to each of those. Returns their numbers."""
        ends = [np.asarray(nodes, np.int32) for nodes in (tails, heads)]
        said = [np.broadcast_to(np.asarray(each, np.int64), ends[0].shape) for each in (most, cost)]
        arcs: Column = self.solver.add_arcs_with_capacity_and_unit_cost(*ends, *said)
        return arcs

    def carry(self, amount: int, source: int, sink: int) -> Column:
        """So much from one node to another at the least cost: what each arc carries then.

        Raises:
            NotSolved
        """
        self.solver.set_nodes_supplies(np.array([source, sink], np.int32), np.array([amount, -amount], np.int64))
        status = self.solver.solve()
        if status != self.solver.OPTIMAL:
            raise NotSolved(str(status))
        flows: Column = self.solver.flows(np.arange(self.solver.num_arcs(), dtype=np.int32))
        return flows


def first_come(graph: Graph, requests: Column) -> Column:
    """Who comes first has the best slot that is left, as one by one would book: the lines, by the order of requests."""
    return _by_hand(graph, np.lexsort((-graph.merits, _place(requests, len(graph.people))[graph.requests])))


def by_date(graph: Graph, slots: Column) -> Column:
    """The next slot goes to the largest request that it serves, then to the best: the lines, by the order of slots."""
    people = graph.people[graph.requests]
    return _by_hand(graph, np.lexsort((-graph.merits, -people, _place(slots, len(graph.extra))[graph.slots])))


def _place(order: Column, count: int) -> Column:
    place = np.full(count, count, np.int64)
    place[order] = np.arange(len(order))
    return place


def _by_hand(graph: Graph, order: Column) -> Column:
    """Of slots that are there already, line after line: each for good, where request, slot and group still may."""
    order = order[~graph.extra[graph.slots[order]]]
    groups, left = graph.groups.tolist(), graph.left.tolist()
    asks, free = [True] * len(graph.people), [True] * len(graph.extra)
    taken = list[int]()
    lines = zip(order.tolist(), graph.requests[order].tolist(), graph.slots[order].tolist(), strict=True)
    for line, request, slot in lines:
        if asks[request] and free[slot] and left[groups[request]] > 0:
            asks[request] = free[slot] = False
            left[groups[request]] -= 1
            taken.append(line)
    return np.array(taken, np.int64)
