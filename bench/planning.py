"""Plans against an independent solver, against what one would do by hand, and against the solver alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from bench.database import empty_database

if TYPE_CHECKING:
    from workshops.planning import Graph

Measure = dict[str, Any]
type Column = NDArray[Any]

TERRITORIES, ROUNDS = 20, 3
REQUESTS, SLOTS, GROUPS, DAYS = 400, 350, 60, 28
CAPACITIES, LENGTHS, RADII = (6, 8, 8, 10, 12, 16, 24, 30), (60, 90, 120, 120, 120, 150, 180, 240), (5, 10, 20, 30)
# For the time that it takes: so many requests, slots, and slots of each request.
LARGE, QUICK_LARGE = (50_000, 100_000, 40), (5_000, 10_000, 40)


class Sessions(NamedTuple):
    """Of real workshops for groups: how many had so many people, and how many lasted so many minutes."""

    people: dict[int, int]
    minutes: dict[int, int]

    @classmethod
    def of(cls, file: Path) -> Sessions:
        """Counted in a JSON file: `par_type`, `collectif`, then `participants` and `duree_minutes`."""
        counted = json.loads(file.read_text(encoding="utf-8"))["par_type"]["collectif"]
        people, minutes = (
            {int(value): count for value, count in counted[name].items()} for name in ("participants", "duree_minutes")
        )
        return cls(people, minutes)


# 76 workshops as mediators wrote them down: the public examples of the « Coop de la médiation numérique »
# (inclusion-numerique/coop-mediation-numerique, crasV1Examples.csv), counted.
COUNTED = Sessions(
    people={
        2: 21, 3: 4, 4: 9, 5: 15, 6: 5, 7: 4, 8: 3, 9: 4, 10: 2, 11: 1, 13: 1, 14: 1, 19: 1, 22: 2, 25: 1, 26: 1, 28: 1,
    },
    minutes={15: 8, 45: 5, 60: 11, 90: 17, 105: 1, 120: 23, 150: 2, 165: 1, 180: 4, 195: 1, 240: 2, 360: 1},
)  # fmt: skip


class Territory(NamedTuple):
    """Who could have what, who came first, and which slot is first."""

    graph: Graph
    first_come: Column
    by_date: Column


def measure(*, quick: bool, file: Path | None = None) -> Iterator[Measure]:
    """On invented squares and on the communes of départements; the time on a graph of the country's size."""
    sessions = Sessions.of(file) if file else COUNTED
    with empty_database():
        made = [_square(seed, sessions) for seed in range(TERRITORIES)]
        real = [_departement(seed, sessions) for seed in range(TERRITORIES)]
        for name, territories in (("generated", made), ("geography", real)):
            yield from _judged(name, territories)
        yield _overhead(QUICK_LARGE if quick else LARGE)


def _judged(name: str, territories: list[Territory]) -> Iterator[Measure]:
    from workshops.planning import allocate, by_date, first_come  # noqa: PLC0415  # models come with them

    gaps, gains, fair = list[int](), list[tuple[float, float]](), list[tuple[float, float]]()
    for one in track(territories, description=name):
        plan, hand = allocate(one.graph), first_come(one.graph, one.first_come)
        served = one.graph.served(plan)
        gaps.append(_most(one.graph) - served)
        by_hand = one.graph.served(by_date(one.graph, one.by_date)), one.graph.served(hand)
        gains.append((served / by_hand[0], served / by_hand[1]))
        fair.append((_least(one.graph, plan), _least(one.graph, hand)))
    n = len(territories)
    yield {
        "name": f"plan.gap_{name}",
        "value": max(map(abs, gaps)),
        "unit": "people",
        "asked": "= 0",
        "n": n,
        "notes": "people served by a linear programme of HiGHS, less those of the plan: the most on any territory",
    }
    yield {
        "name": f"plan.gain_by_date_{name}",
        "value": round(100 * (median(gain for gain, _ in gains) - 1), 1),
        "unit": "%",
        "n": n,
        "notes": "people served more than where the next slot goes to the largest request: the median",
    }
    yield {
        "name": f"plan.gain_first_come_{name}",
        "value": round(100 * (median(gain for _, gain in gains) - 1), 1),
        "unit": "%",
        "n": n,
        "notes": "people served more than where who comes first has the best slot left: the median",
    }
    yield {
        "name": f"plan.fairness_{name}",
        "value": round(100 * median(plan for plan, _ in fair), 1),
        "unit": "%",
        "reference": {"name": "first come", "value": round(100 * median(hand for _, hand in fair), 1)},
        "n": n,
        "notes": "requests served of the least served tenth of the associations: the median",
    }


def _most(graph: Graph) -> int:
    """The most people that can be served, by another solver: its linear programme has whole solutions."""
    import highspy  # noqa: PLC0415  # for the bench alone

    requests, slots, groups = len(graph.people), len(graph.extra), len(graph.left)
    pairs = len(graph.requests)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs, requests + slots + groups
    lp.col_cost_ = -graph.people[graph.requests].astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(pairs), np.ones(pairs)
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([np.ones(requests + slots), graph.left.astype(np.float64)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 3 * pairs + 1, 3)
    rows = [graph.requests, requests + graph.slots, requests + slots + graph.groups[graph.requests]]
    lp.a_matrix_.index_ = np.column_stack(rows).ravel()
    lp.a_matrix_.value_ = np.ones(3 * pairs)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the library has no types here
    solver.silent()
    solver.passModel(lp)
    solver.run()
    return round(-solver.getInfo().objective_function_value)


def _least(graph: Graph, plan: Column) -> float:
    """Of the tenth of the groups that is served least, the mean share of their requests."""
    asked = np.bincount(graph.groups, minlength=len(graph.left))
    given = np.bincount(graph.groups[graph.requests[plan]], minlength=len(graph.left))
    shares = np.sort(given[asked > 0] / asked[asked > 0])
    return float(shares[: max(len(shares) // 10, 1)].mean())


def _square(seed: int, sessions: Sessions) -> Territory:
    """A hundred kilometres by a hundred, with people in a few towns."""
    chance = np.random.default_rng(seed)
    towns = chance.uniform(0, 100, (12, 2))

    def somewhere(count: int) -> Column:
        return towns[chance.integers(0, len(towns), count)] + chance.normal(0, 6, (count, 2))

    looking, free = somewhere(REQUESTS), somewhere(SLOTS)
    return _territory(chance, sessions, np.hypot(*(looking[:, np.newaxis] - free[np.newaxis]).transpose(2, 0, 1)))


def _departement(seed: int, sessions: Sessions) -> Territory:
    """One of the départements, in its own communes, by how many people live there."""
    from territories.great_circles import kilometres_between_all  # noqa: PLC0415  # models come with it
    from territories.models import Commune, Departement  # noqa: PLC0415

    chance = np.random.default_rng(seed)
    departement = Departement.objects.inhabited().order_by("pk")[4 * seed]
    rows = Commune.objects.filter(departement=departement, latitude__isnull=False, population__gt=0)
    points = np.array(rows.order_by("pk").values_list("latitude", "longitude", "population"), np.float64)
    weights = points[:, 2] / points[:, 2].sum()
    looking, free = (points[chance.choice(len(points), count, p=weights)] for count in (REQUESTS, SLOTS))
    here, there = (looking[:, :1], looking[:, 1:2]), (free[:, 0], free[:, 1])
    return _territory(chance, sessions, kilometres_between_all(here, there))


def _territory(chance: np.random.Generator, sessions: Sessions, km: Column) -> Territory:
    """Requests of real sizes and lengths, each on some days of four weeks, and evenings of any length in any room."""
    from workshops.planning import WHOLE, Graph  # noqa: PLC0415  # idem

    people, minutes = (_drawn(chance, counted) for counted in sessions)
    rooms, lengths, days = (
        chance.choice(CAPACITIES, SLOTS),
        chance.choice(LENGTHS, SLOTS),
        chance.integers(0, DAYS, SLOTS),
    )
    since = chance.integers(-7, DAYS, REQUESTS)
    until = since + chance.integers(7, 30, REQUESTS)
    radius = chance.choice(RADII, REQUESTS)
    dated = (since[:, np.newaxis] <= days) & (days <= until[:, np.newaxis])
    large = (rooms >= people[:, np.newaxis]) & (lengths >= minutes[:, np.newaxis])
    requests, slots = np.nonzero(dated & large & (km <= radius[:, np.newaxis]))
    near = 1 - km[requests, slots] / radius[requests]
    graph = Graph(
        people=people,
        groups=chance.integers(0, GROUPS, REQUESTS),
        left=np.full(GROUPS, 10),
        extra=np.zeros(SLOTS, np.bool_),
        requests=requests,
        slots=slots,
        merits=(WHOLE * near * people[requests] / rooms[slots]).astype(np.int64),
    )
    return Territory(graph, chance.permutation(REQUESTS), np.argsort(days, kind="stable"))


def _drawn(chance: np.random.Generator, counted: dict[int, int]) -> Column:
    """Of each request, as often as they were counted."""
    often = np.array(list(counted.values()))
    return chance.choice(list(counted), REQUESTS, p=often / often.sum())


def _overhead(size: tuple[int, int, int]) -> Measure:
    """Turn and turn about, on one graph, in processor time: neither side waits for anything."""
    graph = _large(*size)
    solved, ours, alone = list[float](), list[float](), list[float]()
    for _ in track(range(ROUNDS), description="overhead"):
        began = time.process_time()
        solved.append(_planned(graph) - began)
        between = time.process_time()
        _solved(graph)
        ours.append(between - began)
        alone.append(time.process_time() - between)
    return {
        "name": "plan.overhead",
        "value": round(median(ours), 2),
        "unit": "s",
        "reference": {"name": "the solver alone", "value": round(median(alone), 2)},
        "ratio": round(median(mine / theirs for theirs, mine in zip(alone, ours, strict=True)), 2),
        "asked": "≤ 2",
        "n": ROUNDS,
        "notes": f"{size[0]} requests, {size[1]} slots, {len(graph.requests)} pairs: all that a plan does with its "
        f"graph; of it solving {median(solved):.2f} s, two orders by hand and what a wider look could bring the rest",
    }


def _planned(graph: Graph) -> float:
    """All that `draft` does with a graph of what there is today. Returns at which processor time it was solved."""
    from workshops.planning import allocate, by_date, first_come  # noqa: PLC0415  # idem
    from workshops.planning.explaining import could_gain  # noqa: PLC0415  # idem

    plan = allocate(graph)
    solved = time.process_time()
    first_come(graph, np.arange(len(graph.people)))
    by_date(graph, np.arange(len(graph.extra)))
    could_gain(graph, plan)
    return solved


def _large(requests: int, slots: int, each: int) -> Graph:
    """Each request among some slots around it, on a line."""
    from workshops.planning import WHOLE, Graph  # noqa: PLC0415  # idem

    chance = np.random.default_rng(0)
    middle = (slots * chance.random(requests)).astype(np.int64)
    around = np.clip(middle[:, np.newaxis] + chance.integers(-200, 200, (requests, each)), 0, slots - 1)
    pairs = np.unique(np.repeat(np.arange(requests), each) * slots + around.ravel())
    groups = requests // 20
    return Graph(
        people=chance.integers(3, 13, requests),
        groups=chance.integers(0, groups, requests),
        left=np.full(groups, requests),
        extra=np.zeros(slots, np.bool_),
        requests=pairs // slots,
        slots=pairs % slots,
        merits=chance.integers(0, WHOLE + 1, len(pairs)),
    )


def _solved(graph: Graph) -> None:
    """The same graph without a thought for parts, caps or evenings: an arc a pair, and one solution."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  # beside what is measured

    from workshops.planning import WHOLE  # noqa: PLC0415  # idem

    requests, slots = len(graph.people), len(graph.extra)
    source, sink = requests + slots, requests + slots + 1
    person = WHOLE * min(requests, slots) + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    nothing = np.zeros(1, np.int64)
    for tails, heads, most, cost in (
        (np.full(requests, source), np.arange(requests), 1, nothing),
        (graph.requests, requests + graph.slots, 1, -(graph.people[graph.requests] * person + graph.merits)),
        (requests + np.arange(slots), np.full(slots, sink), 1, nothing),
        (np.array([source]), np.array([sink]), requests, nothing),
    ):
        shape = tails.shape
        solver.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), np.full(shape, most), np.broadcast_to(cost, shape)
        )
    solver.set_nodes_supplies(np.array([source, sink], np.int32), np.array([requests, -requests]))
    solver.solve()
    solver.flows(np.arange(solver.num_arcs(), dtype=np.int32))
