"""The best allocation of slots to requests for some weeks, by an exact solver (decision 25)."""

from workshops.planning.allocating import NotSolved, allocate, by_date, first_come
from workshops.planning.drafts import Draft, draft
from workshops.planning.graphs import WHOLE, Column, Graph, components
from workshops.planning.season import Asked

__all__ = [
    "WHOLE",
    "Asked",
    "Column",
    "Draft",
    "Graph",
    "NotSolved",
    "allocate",
    "by_date",
    "components",
    "draft",
    "first_come",
]
