"""Queries whose words never change: Django writes their SQL once, PostgreSQL plans it once for each connection.

Writing and planning them takes most of the time of what is asked very often. Only for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet
from psycopg import Cursor

type Row = tuple[Any, ...]
# Stands for an instant among the examples.
ANY_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


def run_planned(sql: str, values: Sequence[object] | Mapping[str, object], *, using: str = "default") -> list[Row]:
    """The rows of a statement whose values are left apart: PostgreSQL plans it once for each connection."""
    connection: Any = connections[using]
    connection.ensure_connection()
    with connection._prepare_cursor(Cursor(connection.connection)) as cursor:  # noqa: SLF001
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
        rows, compiler, sql, places = self._written
        connection: Any = connections[rows.db]
        parameters = [values[given] if is_name else given for is_name, given in places]

        def execute(**_kwargs: object) -> list[list[Row]]:
            return [run_planned(sql, parameters, using=rows.db)]

        run: Any = copy(compiler)
        run.connection, run.execute_sql = connection, execute
        shell: Any = rows.all()
        # What the rows are read through: Django has no public way to keep the words.
        shell._query = SimpleNamespace(get_compiler=lambda using: run)  # noqa: ARG005, SLF001
        read: list[M] = list(shell._iterable_class(shell))  # noqa: SLF001
        return read

    @cached_property
    def _written(self) -> tuple[QuerySet[M], Any, str, list[tuple[bool, Any]]]:
        """The query, its compiler, its words, and for each parameter its name or its value."""
        rows = self.build(**self.examples)
        compiler = rows.query.get_compiler(using=rows.db)
        sql, parameters = compiler.as_sql()
        names = {example: name for name, example in self.examples.items()}
        places = [(given in names, names.get(given, given)) for given in parameters]
        if missing := self.examples.keys() - {given for is_name, given in places if is_name}:
            raise ValueError(f"The query has no place for {sorted(missing)}.")
        return rows, compiler, sql, places
