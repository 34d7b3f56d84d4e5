"""Who may have what: requests, slots, and the pairs that serve, as columns. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Column = NDArray[np.int64]

# A merit is said in thousandths of the best there could be.
WHOLE = 1000


class Graph(NamedTuple):
    """Requests that want one slot each, slots that serve one request each, and the pairs that serve.

    `people` of each request (1 at least); `groups`, whose it is, from nought on; `left`, how many slots each group may
    still have. A pair is a line of `requests`, `slots` (their places) and `merits` (0 to WHOLE), with the request's
    lines together. `extra` tells of each slot whether it would have to be opened first.
    """

    people: Column
    groups: Column
    left: Column
    extra: NDArray[np.bool_]
    requests: Column
    slots: Column
    merits: Column

    def only(self, lines: Column) -> Graph:
        """With these pairs alone."""
        return self._replace(requests=self.requests[lines], slots=self.slots[lines], merits=self.merits[lines])

    def without_extra(self) -> Graph:
        """What there is today."""
        return self.only(np.flatnonzero(~self.extra[self.slots]))

    def served(self, pairs: Column) -> int:
        """How many people these pairs (their lines) serve."""
        return int(self.people[self.requests[pairs]].sum())

    @property
    def tight(self) -> NDArray[np.bool_]:
        """The groups that ask for more slots than they may have."""
        asking = np.bincount(self.groups[np.unique(self.requests)], minlength=len(self.left))
        return asking > self.left


def components(graph: Graph) -> Iterator[Column]:
    """The lines of each part of a graph that has nothing to do with the others, the first line's first.

    Requests of a group that may not have all they ask for belong together, and so do slots of which only some may be
    opened.
    """
    if not len(graph.requests):
        return
    label = _labels(graph)[graph.requests]
    order = np.argsort(label, kind="stable")
    borders = np.flatnonzero(np.diff(label[order])) + 1
    yield from np.split(order, borders)


def _labels(graph: Graph) -> Column:
    """Of each request and then of each slot: the least number of whatever is tied to it."""
    requests, slots = len(graph.people), len(graph.extra)
    groups, opened = requests + slots, requests + slots + len(graph.left)
    tied = np.unique(graph.requests[graph.tight[graph.groups[graph.requests]]])
    extra = np.unique(graph.slots[graph.extra[graph.slots]])
    one = np.concatenate([graph.requests, tied, requests + extra])
    other = np.concatenate([requests + graph.slots, groups + graph.groups[tied], np.full(len(extra), opened)])
    label = np.arange(opened + 1)
    while True:
        least = np.minimum(label[one], label[other])
        found = label.copy()
        np.minimum.at(found, one, least)
        np.minimum.at(found, other, least)
        found = np.minimum(found, found[found])
        if (found == label).all():
            return label
        label = found
