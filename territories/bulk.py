"""A query's rows as columns of numbers: millions of them, without an object for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

type Columns = dict[str, NDArray[Any]]

# What PostgreSQL calls NumPy's types, and how it writes one as bytes, the highest first.
_SQL = {
    "i2": ("smallint", "int2send"),
    "i4": ("integer", "int4send"),
    "i8": ("bigint", "int8send"),
    "f8": ("double precision", "float8send"),
}


def read_columns(rows: QuerySet[Any], **types: str) -> Columns:
    """Each column of `rows` (`values(...)`, none of which may be NULL) as an array of the type named for it.

    Types are « i2 », « i4 », « i8 » and « f8 »: whole numbers of so many bytes, and floating ones. All columns are in
    one order, whichever it is. A column is one value to the database, of at most a gigabyte.

    Raises:
        ValueError: a value was NULL.
        KeyError: a type that is none of these.
    """
    sql, parameters = rows.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    said = ", ".join(_as_bytes(name, *_SQL[kind]) for name, kind in types.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {said} FROM ({sql}) AS found", parameters)  # noqa: S608  # Django's own
        count, *columns = cursor.fetchone()
    found = {
        name: np.frombuffer(column or b"", f">{kind}").astype(kind)
        for (name, kind), column in zip(types.items(), columns, strict=True)
    }
    for name, column in found.items():
        if len(column) != count:
            raise ValueError(f"Column {name} has NULL.")
    return found


def _as_bytes(name: str, sql: str, sent: str) -> str:
    return f"string_agg({sent}(\"{name}\"::{sql}), ''::bytea)"
