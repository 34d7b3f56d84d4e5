"""Plans held against every plan there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workshops.planning import Column, Graph, allocate, by_date, components, first_come

MERITS = st.integers(0, 1000)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to five requests of up to three groups, and up to five slots."""
    requests, slots, groups = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, requests - 1), st.integers(0, slots - 1), MERITS),
            unique_by=lambda pair: pair[:2],
            max_size=12,
        )
    )
    lines = np.array(sorted(pairs), np.int64).reshape(-1, 3)
    return Graph(
        people=np.array([draw(st.integers(1, 12)) for _ in range(requests)]),
        groups=np.array([draw(st.integers(0, groups - 1)) for _ in range(requests)]),
        left=np.array([draw(st.integers(0, 3)) for _ in range(groups)]),
        extra=np.array([draw(st.booleans()) for _ in range(slots)]),
        requests=lines[:, 0],
        slots=lines[:, 1],
        merits=lines[:, 2],
    )


def plans(graph: Graph, more: int) -> Iterator[Column]:
    """All that break no promise."""
    for chosen in product([False, True], repeat=len(graph.requests)):
        lines = np.flatnonzero(chosen)
        if holds(graph, lines, more):
            yield lines


def holds(graph: Graph, lines: Column, more: int) -> bool:
    requests, slots = graph.requests[lines], graph.slots[lines]
    each = len(set(requests.tolist())) == len(requests) and len(set(slots.tolist())) == len(slots)
    asked = np.bincount(graph.groups[requests], minlength=len(graph.left))
    return bool(each and (asked <= graph.left).all() and graph.extra[slots].sum() <= more)


def worth(graph: Graph, lines: Column) -> tuple[int, int, int]:
    """People, then evenings that need not be opened, then merit."""
    return graph.served(lines), -int(graph.extra[graph.slots[lines]].sum()), int(graph.merits[lines].sum())


@given(graph=graphs(), more=st.integers(0, 3))
def test_no_plan_serves_more_people_or_as_many_better(graph: Graph, more: int) -> None:
    plan = allocate(graph, more=more)
    assert holds(graph, plan, more)
    assert worth(graph, plan) == max(worth(graph, other) for other in plans(graph, more))


@given(graph=graphs())
def test_by_hand_is_a_plan_and_no_better(graph: Graph) -> None:
    best = graph.served(allocate(graph))
    everyone, all_slots = np.arange(len(graph.people)), np.arange(len(graph.extra))
    for plan in (first_come(graph, everyone), by_date(graph, all_slots)):
        assert holds(graph, plan, 0)
        assert graph.served(plan) <= best
        # Whatever could still be given is given.
        assert not any(
            holds(graph, np.append(plan, line), 0) for line in range(len(graph.requests)) if line not in plan
        )


@given(graph=graphs())
def test_parts_share_nothing_and_are_whole(graph: Graph) -> None:
    parts = list(components(graph))
    assert sorted(np.concatenate(parts).tolist() if parts else []) == list(range(len(graph.requests)))
    for name in ("requests", "slots"):
        ends = [set(getattr(graph, name)[part].tolist()) for part in parts]
        assert sum(map(len, ends)) == len(set().union(*ends))
    for group in np.flatnonzero(graph.tight):
        with_it = [part for part in parts if group in graph.groups[graph.requests[part]]]
        assert len(with_it) <= 1


@given(graph=graphs(), more=st.integers(0, 2), data=st.data())
def test_other_names_change_nothing(graph: Graph, more: int, data: st.DataObject) -> None:
    """Requests, slots and groups in any order: as many people, as well."""
    requests, slots, groups = (
        np.array(data.draw(st.permutations(range(count))), np.int64)
        for count in (len(graph.people), len(graph.extra), len(graph.left))
    )
    inverse = np.argsort(requests)
    renamed = Graph(
        people=graph.people[inverse],
        groups=groups[graph.groups[inverse]],
        left=graph.left[np.argsort(groups)],
        extra=graph.extra[np.argsort(slots)],
        requests=requests[graph.requests],
        slots=slots[graph.slots],
        merits=graph.merits,
    )
    assert worth(renamed, allocate(renamed, more=more)) == worth(graph, allocate(graph, more=more))


@given(graph=graphs())
def test_one_evening_more_never_serves_fewer(graph: Graph) -> None:
    served = [graph.served(allocate(graph, more=more)) for more in range(4)]
    assert served == sorted(served)
    gains = np.diff(served)
    # Each is worth no more than the one before.
    assert (np.diff(gains) <= 0).all()
