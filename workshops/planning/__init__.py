"""The best allocation of slots to requests, by an exact solver (decision 25). No query, no clock."""

from workshops.planning.allocating import NotSolved, allocate, by_date, first_come
from workshops.planning.graphs import WHOLE, Column, Graph, components

__all__ = ["WHOLE", "Column", "Graph", "NotSolved", "allocate", "by_date", "components", "first_come"]
