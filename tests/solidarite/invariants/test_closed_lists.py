"""A column of a closed list holds its words alone, whoever writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, transaction

from territories.closed_lists import WordField, WordsField


class ListColumn(NamedTuple):
    """A column with `choices`, and what it may hold."""

    table: str
    column: str
    words: list[str]
    many: bool
    made_of: type[object]


def list_columns() -> list[ListColumn]:
    """Of every table of ours but those that triggers copy rows into."""
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in ours or issubclass(model, pghistory.models.Event):
            continue
        for field in model._meta.local_concrete_fields:
            many = isinstance(field, ArrayField)
            base: Any = field.base_field if isinstance(field, ArrayField) else field
            if base.choices:
                words = [str(word) for word, _label in base.flatchoices]
                found.append(ListColumn(model._meta.db_table, field.attname, words, many, type(field)))
    return found


COLUMNS = list_columns()


@pytest.fixture
def alone(db: None, request: pytest.FixtureRequest) -> ListColumn:
    """The column in a table of its own checks, where every other one is empty."""
    one: ListColumn = request.param
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE probe (LIKE {one.table} INCLUDING CONSTRAINTS) ON COMMIT DROP")
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'probe'::regclass AND attnum > 0")
        names = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        cursor.execute("ALTER TABLE probe " + ", ".join(f"ALTER {name} DROP NOT NULL" for name in names))
    return one


def write(one: ListColumn, word: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO probe ({one.column}) VALUES (%s)", [[word] if one.many else word])


@pytest.mark.parametrize("alone", COLUMNS, ids=lambda one: f"{one.table}.{one.column}", indirect=True)
def test_other_word_is_refused(alone: ListColumn) -> None:
    for word in ("zz", f" {alone.words[0]}"[: len(alone.words[0])], alone.words[0].swapcase()):
        with pytest.raises(IntegrityError, match="violates check constraint"):
            write(alone, word)


KEPT_BY_ITSELF = [one for one in COLUMNS if issubclass(one.made_of, WordField | WordsField)]


@pytest.mark.parametrize("one", KEPT_BY_ITSELF, ids=lambda one: f"{one.table}.{one.column}")
def test_its_own_words_are_kept(db: None, one: ListColumn) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_get_constraintdef(c.oid) FROM pg_constraint AS c
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
            WHERE c.conrelid = %s::regclass AND a.attname = %s AND c.contype = 'c'
            """,
            [one.table, one.column],
        )
        checks = [check for (check,) in cursor.fetchall()]
        assert checks
        kind = "varchar[]" if one.many else "varchar"
        cursor.execute(f"CREATE TEMP TABLE probe ({', '.join([f'{one.column} {kind}', *checks])}) ON COMMIT DROP")
    for word in one.words:
        write(one, word)
