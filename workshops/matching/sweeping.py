"""The best slots of every request at once.

Whatever a slot must have besides its date is asked of whole runs. Of a run, the best slot for a request is told by
dates alone, so runs are ranked by that one, and only the best of them are looked at slot by slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np

from territories.great_circles import kilometres_between_all
from territories.grid import cells_around
from workshops.matching.everything import Everything
from workshops.matching.pairs import AT_EASE_DAYS, Column, Condition, Offers, Pairs, Wants
from workshops.models import Part

# So many pairs of request and run at a time: what fits into a processor's cache is soon counted.
PAIRS_A_BLOCK = 100_000
# A key holds a request's place in its block, a merit upside down, and the rank of a slot, in 63 bits: one sort of whole
# numbers puts the best slots of each request first.
RANK_BITS, MERIT_BITS = 24, 20
MOST_SLOTS, MOST_MERIT = 1 << RANK_BITS, (1 << MERIT_BITS) - 1
CONDITION_BITS = 11
# More than there are ordinals of days, and numbers of slots and sites, so that a number and another make one.
DAYS, NUMBERS = 1 << 22, 1 << 40
# What tells most pairs apart is asked first; of those that are left, the rest.
TOLD_APART = Condition.DAYS | Condition.PERIODS | Condition.PLACES | Condition.COMPUTERS
# A latitude of places whose point nobody published.
NOWHERE = 1_000.0


class Best(NamedTuple):
    """Pairs, request by request, the best slots first. Requests and slots by their places in `Everything`.

    How good a pair is, and how good the slot is for the request, are what `Pairs` says of them.
    """

    requests: Column
    slots: Column
    merits: Column
    merits_of_slot: Column


class Span(NamedTuple):
    """Days that are looked at, both included, as ordinals."""

    since: int
    until: int


ALWAYS = Span(0, DAYS - 2)


class Lacking(NamedTuple):
    """Of requests (their places), what some slots lack (bits), where none lacks less, and how many slots these are."""

    requests: Column
    conditions: Column
    slots: Column


class _Near(NamedTuple):
    """Pairs of a request and a run, request by request, and how far they are from each other."""

    requests: Column
    runs: Column
    km: Column


def sweep(everything: Everything, *, most: int, today: int, span: Span = ALWAYS) -> Iterator[Best]:
    """For each request that any slot serves its best ones, at most so many; some hundred requests at a time.

    Raises:
        OverflowError: there are more slots than can be ranked.
    """
    if len(everything.runs.slots) > MOST_SLOTS:
        raise OverflowError(f"More than {MOST_SLOTS} slots are too many to rank.")
    sweeper = _Sweeper(everything, most, today, span)
    for near in _blocks(everything):
        yield sweeper.best(near)


def lacking(everything: Everything, *, span: Span, farther: int) -> Iterator[Lacking]:
    """Of each request, the slots around, so many times as far as it would go, that the fewest things keep from it."""
    sweeper = _Sweeper(everything, 0, 0, span)
    for near in _blocks(everything, farther):
        yield sweeper.lacking(near)


def _blocks(everything: Everything, farther: int = 1) -> Iterator[_Near]:
    kept, size = list[_Near](), 0
    for near in _circles(everything, farther):
        kept.append(near)
        size += len(near.requests)
        if size >= PAIRS_A_BLOCK:
            yield _Near(*map(np.concatenate, zip(*kept, strict=True)))
            kept, size = [], 0
    if kept:
        yield _Near(*map(np.concatenate, zip(*kept, strict=True)))


def _circles(everything: Everything, farther: int) -> Iterator[_Near]:
    """By where requests look and how far: all of them with all that is in that circle, or that département."""
    wants, offers, grid = everything.wants, everything.runs.offers, _Grid(everything.runs.cells)
    somewhere = ~np.isnan(wants.latitude)
    circles = np.column_stack(
        [
            np.where(somewhere, wants.latitude, NOWHERE),
            np.where(somewhere, wants.longitude, wants.departement),
            farther * wants.radius_km,
        ]
    )
    order = np.lexsort(circles.T)
    borders = np.flatnonzero(np.any(np.diff(circles[order], axis=0) != 0, axis=1)) + 1
    for looking in np.split(order, borders) if len(order) else []:
        latitude, longitude, radius = circles[looking[0]]
        if latitude == NOWHERE:
            near = np.flatnonzero(offers.departement == wants.departement[looking[0]])
            km = np.full(len(near), np.nan)
        else:
            near = grid.around(latitude, longitude, radius)
            km = kilometres_between_all((latitude, longitude), (offers.latitude[near], offers.longitude[near]))
            near, km = near[km <= radius], km[km <= radius]
        if len(near):
            for some in np.array_split(looking, 1 + len(looking) * len(near) // PAIRS_A_BLOCK):
                yield _Near(np.repeat(some, len(near)), np.tile(near, len(some)), np.tile(km, len(some)))


class _Grid:
    """Runs by the cell of the grid that holds them."""

    def __init__(self, cells: Column) -> None:
        self.order = np.argsort(cells, kind="stable")
        self.cells = cells[self.order]

    def around(self, latitude: float, longitude: float, kilometres: float) -> Column:
        """Those of the cells around a point."""
        cells = cells_around(latitude, longitude, kilometres)
        since, until = np.searchsorted(self.cells, cells), np.searchsorted(self.cells, cells, side="right")
        pieces = [self.order[one:end] for one, end in zip(since.tolist(), until.tolist(), strict=True) if end > one]
        return np.concatenate(pieces) if pieces else self.order[:0]


class _Sweeper:
    """What is looked up in each block."""

    def __init__(self, everything: Everything, most: int, today: int, span: Span) -> None:
        self.all, self.most, self.today, self.span = everything, most, today, span
        runs = everything.runs
        self.run_of, self.by_rank = everything.run_of, np.argsort(runs.ranks)
        # Days of all runs in one order, so that one search finds a day within its run.
        self.days = self.run_of * DAYS + runs.days
        self.refused = _Refused(everything)

    def best(self, near: _Near) -> Best:
        """Of these pairs the slots that serve best."""
        requests, runs, km = self._serving(near)
        since, until, at_ease = self._dated(requests, runs)
        # From `at_ease` on there is all the notice that one may wish, and the soonest is the best; before, the last.
        first = np.where(at_ease < until, at_ease, until - 1)
        held = np.flatnonzero(since < until)
        # A run whose best slot was refused may have another one.
        firsts, slots = self._ranked(requests[held], first[held], km[held], more=self.refused.slots_of)
        requests, slots = self._ranked(*self._spread(firsts, self.run_of[slots]))
        pairs, weights = self._pairs(requests, self.run_of[slots], day=self.all.runs.days[slots]), self.all.weights
        return Best(requests, slots, pairs.merit(weights), pairs.merit_of_slot(weights))

    def lacking(self, near: _Near) -> Lacking:
        """What runs lack, each counted by its slots: those at the right dates or, if it is the dates, all."""
        requests, runs, _ = near
        unmet = self._pairs(requests, runs, km=near.km).unmet & ~int(Condition.DATES)
        refused = self.refused.sites_of(requests, self.all.runs.sites[runs])
        unmet |= np.where(refused, int(Condition.DISMISSED), 0)
        since, until, _ = self._dated(requests, runs)
        dated, all_dates = np.maximum(until - since, 0), np.diff(self.all.runs.first)[runs]
        unmet |= np.where(dated == 0, int(Condition.DATES), 0)
        missing, begins = np.bitwise_count(unmet), np.flatnonzero(np.diff(requests, prepend=-1))
        fewest = np.repeat(np.minimum.reduceat(missing, begins), np.diff(np.append(begins, len(requests))))
        nearest = np.flatnonzero((missing > 0) & (missing == fewest))
        slots = np.where(unmet & Condition.DATES, all_dates, dated)[nearest]
        keys, at = np.unique(requests[nearest] << CONDITION_BITS | unmet[nearest], return_inverse=True)
        counts = np.bincount(at, slots, minlength=len(keys)).astype(np.int64)
        return Lacking(keys >> CONDITION_BITS, keys & (1 << CONDITION_BITS) - 1, counts)

    def _serving(self, near: _Near) -> _Near:
        """Those that serve, if they have a slot at the right date."""
        left = near
        for conditions in (TOLD_APART, ~(TOLD_APART | Condition.DATES)):
            pairs = self._pairs(left.requests, left.runs, km=left.km)
            serve = np.flatnonzero(np.logical_and.reduce([pairs.met(condition) for condition in conditions]))
            left = _Near(*(column[serve] for column in left))
        wanted = ~self.refused.sites_of(left.requests, self.all.runs.sites[left.runs])
        return left if wanted.all() else _Near(*(column[wanted] for column in left))

    def _dated(self, requests: Column, runs: Column) -> tuple[Column, Column, Column]:
        """Of each run: where its slots at the right dates begin and end, and the first with all the notice wished."""
        wants, posted = self.all.wants, self.all.runs.offers.posted_day
        since = self._search(runs, np.maximum(wants.from_day[requests], self.span.since))
        until = self._search(runs, np.minimum(wants.until_day[requests], self.span.until) + 1)
        if not self.all.weights[Part.NOTICE]:
            return since, until, since
        at_ease = self._search(runs, np.maximum(wants.posted_day[requests], posted[runs]) + AT_EASE_DAYS)
        return since, until, np.clip(at_ease, since, np.maximum(since, until))

    def _search(self, runs: Column, days: Column) -> Column:
        return np.searchsorted(self.days, runs * DAYS + days)

    def _spread(self, requests: Column, runs: Column) -> tuple[Column, Column]:
        """Pairs of request and slot: of each of these runs as many of the best as may be among the best of all."""
        since, until, at_ease = self._dated(requests, runs)
        most = self.most + self.refused.slots_of[requests]
        ahead = np.minimum(until - at_ease, most)
        behind = np.minimum(at_ease - since, most - ahead)
        line, at = _counted(ahead + behind)
        slots = np.where(at < ahead[line], at_ease[line] + at, at_ease[line] - 1 - (at - ahead[line]))
        wanted = ~self.refused.are(requests[line], self.all.runs.slots[slots])
        return requests[line][wanted], slots[wanted]

    def _ranked(
        self, requests: Column, slots: Column, km: Column | None = None, more: Column | None = None
    ) -> tuple[Column, Column]:
        """The best pairs of each request, at most so many, and so many more of each of all requests."""
        pairs = self._pairs(requests, self.run_of[slots], km=km, day=self.all.runs.days[slots])
        begins = np.append(True, requests[1:] != requests[:-1])[: len(requests)]
        numbers, local = requests[begins], np.cumsum(begins) - 1
        merits = MOST_MERIT - pairs.merit_of_slot(self.all.weights)
        keys = ((local << MERIT_BITS | merits) << RANK_BITS) | self.all.runs.ranks[slots]
        keys.sort()
        local = keys >> MERIT_BITS + RANK_BITS
        most = self.most if more is None else self.most + more[numbers[local]]
        best = np.flatnonzero(np.arange(len(keys)) - np.searchsorted(local, local) < most)
        return numbers[local[best]], self.by_rank[keys[best] & MOST_SLOTS - 1]

    def _pairs(self, requests: Column, runs: Column, *, km: Column | None = None, day: Column | None = None) -> Pairs:
        wants, offers = _Taken(self.all.wants, requests), _Taken(self.all.runs.offers, runs)
        if day is not None:
            vars(offers)["day"] = day
        return Pairs(cast("Wants", wants), cast("Offers", offers), today=self.today, km=km)


class _Taken:
    """Lines of columns, each column taken when it is asked for."""

    def __init__(self, columns: Wants | Offers, lines: Column) -> None:
        self._columns, self._lines = columns, lines

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._columns, name)[self._lines]
        setattr(self, name, column)
        return column


class _Refused:
    """What associations have said is not for a request of theirs: of most requests, nothing."""

    def __init__(self, everything: Everything) -> None:
        slots, sites = everything.dismissed_slots, everything.dismissed_sites
        count = len(everything.requests)
        self.slots_of, self.sites_said = (np.bincount(pairs[:, 0], minlength=count) for pairs in (slots, sites))
        self.slots, self.sites = (pairs[:, 0] * NUMBERS + pairs[:, 1] for pairs in (slots, sites))

    def are(self, requests: Column, slots: Column) -> Column:
        """Whether each of these slots (numbers) is none for the request."""
        return _among(self.slots, self.slots_of > 0, requests, slots)

    def sites_of(self, requests: Column, sites: Column) -> Column:
        """Whether each of these sites (numbers) is none for the request."""
        return _among(self.sites, self.sites_said > 0, requests, sites)


def _among(pairs: Column, said: Column, requests: Column, numbers: Column) -> Column:
    found = said[requests]
    found[found] = np.isin(requests[found] * NUMBERS + numbers[found], pairs)
    return found


def _counted(counts: Column) -> tuple[Column, Column]:
    """[2, 0, 3] gives the lines [0, 0, 2, 2, 2] and, within each, [0, 1, 0, 1, 2]."""
    lines = np.repeat(np.arange(len(counts)), counts)
    return lines, np.arange(len(lines)) - np.repeat(np.cumsum(counts) - counts, counts)
