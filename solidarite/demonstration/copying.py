"""Many rows at once, by COPY: what a model gives no default for is said, the rest takes its default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql

type Row = Sequence[Any]


def copy_rows(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows, each with the values of these fields in this order.

    Constraints and triggers hold as for any insert. Who gives keys calls `keys_go_on` afterwards.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001  # public in all but name
    said = [fields.pop(name) for name in names]
    # The database fills in what it does by itself.
    filled = [field for field in fields.values() if field.generated or field.primary_key or field.has_db_default()]
    left = [field for field in fields.values() if field not in filled]
    rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in left)
    columns = [sql.Identifier(str(field.column)) for field in (*said, *left)]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_table(model), sql.SQL(", ").join(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((*row, *rest))


def keys_go_on(*models: type[Model]) -> None:
    """The next key of each of these tables comes after those that were given."""
    with connection.cursor() as cursor:
        for model in models:
            table = _table(model)
            cursor.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                    sql.Literal(table.as_string(None)), table
                )
            )


def _table(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)  # noqa: SLF001  # idem
