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
    plan = _ByHand(graph)
    order = np.lexsort((-graph.merits, _place(requests, len(graph.people))[graph.requests]))
    for line in order.tolist():
        plan.take(line)
    return plan.lines


def by_date(graph: Graph, slots: Column) -> Column:
    """The next slot goes to the largest request that it serves, then to the best: the lines, by the order of slots."""
    plan = _ByHand(graph)
    people = graph.people[graph.requests]
    order = np.lexsort((-graph.merits, -people, _place(slots, len(graph.extra))[graph.slots]))
    for line in order.tolist():
        plan.take(line)
    return plan.lines


def _place(order: Column, count: int) -> Column:
    place = np.full(count, count, np.int64)
    place[order] = np.arange(len(order))
    return place


class _ByHand:
    """Pairs taken one after the other, each for good."""

    def __init__(self, graph: Graph) -> None:
        self.requests, self.slots = graph.requests.tolist(), graph.slots.tolist()
        self.groups, self.left = graph.groups.tolist(), graph.left.tolist()
        self.extra = graph.extra.tolist()
        self.asks, self.free = [True] * len(graph.people), [True] * len(self.extra)
        self.taken = list[int]()

    def take(self, line: int) -> None:
        """If its request has none yet, its slot is free, and its group may have it."""
        request, slot = self.requests[line], self.slots[line]
        group = self.groups[request]
        if self.asks[request] and self.free[slot] and self.left[group] > 0 and not self.extra[slot]:
            self.asks[request] = self.free[slot] = False
            self.left[group] -= 1
            self.taken.append(line)

    @property
    def lines(self) -> Column:
        return np.array(self.taken, np.int64)
