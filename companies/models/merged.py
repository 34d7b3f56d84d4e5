"""Slots where they are searched: what PostgreSQL is to read in order, so that it stops when a page is full.

Tables of a query are replaced by parts of them that are in order already: PostgreSQL merges the slots of cells, each of
which has its own by their beginning, or goes through the sites of a place from the nearest one on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import FloatField, Func
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable, Join

from territories.distance import KilometresFrom

# More than there are. PostgreSQL, which is not told how many, plans for a part of them: else it reads a cell as a whole
# and sorts it, wherever it takes cells for smaller than they are.
ALL = 1_000_000_000
# One part for all cells.
ANYWHERE = (None,)


class Span(NamedTuple):
    """Between two beginnings of slots, both included, or several on either side, whichever is the closer."""

    since: tuple[dt.datetime, ...] = ()
    until: tuple[dt.datetime, ...] = ()
    most: int = ALL
    """How many are read of each cell."""


class OpenByCell(BaseTable):
    """In place of the table of slots: those that are open, of these cells and a span, each cell's by their beginning.

    `ANYWHERE` instead of cells takes them all.

    What is asked of the beginning must be said by the span, and of other columns of the index by `asked`, a condition
    on them alone: nothing beyond a leg narrows what is read.
    """

    def __init__(
        self, table: str, alias: str, cells: Sequence[int | None], span: Span, asked: Query, *, backwards: bool
    ) -> None:
        super().__init__(table, alias)
        self.cells, self.span, self.asked, self.backwards = cells, span, asked, backwards

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002  # Django's signature
        name, alias, way = compiler.quote_name(self.table_name), self.table_alias, "DESC" if self.backwards else "ASC"
        since, until, most = self.span
        asked, values = compiler.compile(self.asked.where) if self.asked.where else ("", ())
        within = " AND starts_at >= %s" * len(since) + " AND starts_at <= %s" * len(until)
        within += f" AND {asked}" if asked else ""
        order = f"ORDER BY starts_at {way}, id {way} LIMIT %s"
        legs, given = [], []
        for cell in self.cells:
            here = () if cell is None else (cell,)
            of_cell = " AND cell = %s" * len(here)
            legs.append(f"(SELECT * FROM {name} WHERE state = 'open'{of_cell}{within} {order})")  # noqa: S608  # names of our own
            given += [*here, *since, *until, *values, most]
        return f"({' UNION ALL '.join(legs)}) {compiler.quote_name(alias)}", given

    def relabeled_clone(self, change_map: Any) -> OpenByCell:
        alias = change_map.get(self.table_alias, self.table_alias)
        return OpenByCell(self.table_name, alias, self.cells, self.span, self.asked, backwards=self.backwards)


class NearestSites(Join):
    """In place of the table of sites: those of these cells in a circle, from the nearest one on."""

    where: tuple[float, float, float, float]
    """Latitude and longitude, degrees; from how many kilometres away to how many."""
    cells: Sequence[int]
    backwards: bool

    @classmethod
    def instead_of(
        cls, join: Any, where: tuple[float, float, float, float], cells: Sequence[int], *, backwards: bool
    ) -> NearestSites:
        nearest = cls.__new__(cls)
        nearest.__dict__ |= join.__dict__ | {"where": where, "cells": cells, "backwards": backwards}
        return nearest

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        latitude, longitude, since, until = self.where
        joined, given = super().as_sql(compiler, connection)
        name, way = compiler.quote_name(self.table_name), "DESC" if self.backwards else "ASC"
        away = KilometresFrom.template % {"latitude": "latitude", "longitude": "longitude", "north": "%s", "east": "%s"}
        cells = ", ".join(["%s"] * len(self.cells))
        # Measured once: with OFFSET, PostgreSQL does not write the inner query into the outer one.
        measured = f"SELECT *, {away} AS km FROM {name} WHERE cell IN ({cells}) OFFSET 0"  # noqa: S608  # idem
        sites = f"(SELECT * FROM ({measured}) AS here WHERE km BETWEEN %s AND %s ORDER BY km {way}, id {way})"  # noqa: S608  # idem
        return joined.replace(name, f"{sites} {name}", 1), [
            latitude,
            latitude,
            longitude,
            *self.cells,
            since,
            until,
            *given,
        ]


class KmOfSite(Func):
    """How far a site is, where the sites of a query are the `NearestSites`."""

    arity = 0
    template = '"companies_site"."km"'
    output_field = FloatField()
