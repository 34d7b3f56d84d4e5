"""Queries whose words never change: Django writes their SQL once, PostgreSQL plans it once for each connection.

Writing and planning them takes most of the time of what is asked very often. Only for that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet
from psycopg import RawCursor
from psycopg.sql import Literal

type Row = tuple[Any, ...]
# A search has a statement for each set of filters; psycopg forgets those beyond a hundred.
MOST_KEPT = 500
PLACES = re.compile("%[%s]")
# Stands for an instant among the examples.
ANY_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


class Planned(RawCursor[Row]):
    """A statement of its own, whose values PostgreSQL is given apart; its places have PostgreSQL's own names, `$1`."""

    # Nothing is put before what a cursor with a name runs: several statements at once cannot be planned.
    name = "planned"


def run_planned(sql: str, values: Sequence[object], *, using: str = "default") -> list[Row]:
    """The rows of a statement whose values are left apart (`$1`, `$2`): PostgreSQL plans it once for each connection.

    The history of rows (pghistory) does not learn who wrote what it writes: for tables that keep one, use the ORM.
    """
    connection: Any = connections[using]
    connection.ensure_connection()
    connection.connection.prepared_max = MOST_KEPT
    with connection._prepare_cursor(Planned(connection.connection)) as cursor:  # noqa: SLF001
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
    return rows


class Prepared[M: Model]:
    """`Prepared(build, number=-1)(number=7)` gives the rows of `build(number=7)`.

    The examples show where the values go: none may occur in the query otherwise, and `build` may not look at them.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **examples: object) -> None:
        self.build = build
        self.examples = examples

    def __call__(self, **values: object) -> list[M]:
        query, compiler, statement, names = self._written
        connection: Any = connections[query.db]
        given = [values[name] for name in names]

        def execute(**_kwargs: object) -> list[list[Row]]:
            return [run_planned(statement, given, using=query.db)]

        run: Any = copy(compiler)
        run.connection, run.execute_sql = connection, execute
        shell: Any = query.all()
        # What the rows are read through: Django has no public way to keep the words.
        shell._query = SimpleNamespace(get_compiler=lambda using: run)  # noqa: ARG005, SLF001
        read: list[M] = list(shell._iterable_class(shell))  # noqa: SLF001
        return read

    def rows(self, **values: object) -> list[Row]:
        """The same rows as PostgreSQL gives them, in the order of `values_list`."""
        query, _, statement, names = self._written
        return run_planned(statement, [values[name] for name in names], using=query.db)

    @cached_property
    def _written(self) -> tuple[QuerySet[M], Any, str, list[str]]:
        """The query, its compiler, its words, and the names of the values that they leave apart.

        A value that is asked for in many places is sent once.

        What is always the same stands in the words: an index of some rows only is of use when PostgreSQL sees that it
        holds them all.
        """
        query = self.build(**self.examples)
        compiler: Any = query.query.get_compiler(using=query.db)
        statement, parameters = compiler.as_sql()
        named = {example: name for name, example in self.examples.items()}
        names = list(dict.fromkeys(named[given] for given in parameters if given in named))
        if missing := self.examples.keys() - set(names):
            raise ValueError(f"The query has no place for {sorted(missing)}.")
        numbers = {self.examples[name]: number for number, name in enumerate(names, start=1)}
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda _columns: converters
        given = iter(parameters)
        written = PLACES.sub(lambda place: _worded(place[0], given, numbers, using=query.db), statement)
        return query, compiler, written, names


def _worded(place: str, given: Iterator[object], numbers: Mapping[object, int], *, using: str) -> str:
    """One place of a statement: left open for a value that has a name, else the value itself."""
    if place != "%s":
        return "%"
    value = next(given)
    if value in numbers:
        return f"${numbers[value]}"
    connection: Any = connections[using]
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection)
