"""Bringing the directory up to date from a file, in one transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from accounts.directory.columns import Layout
from accounts.directory.places import Town, TownIndex
from accounts.directory.reading import Record, Table
from accounts.directory.rows import Entry, Harvest, Remark, read_records
from accounts.models import DirectoryEntry
from territories.models import Commune

LONGEST_SOURCE = 100
"""In characters, as the table has it."""

_DATA = tuple(field.name for field in dataclasses.fields(Entry))
_COLUMNS = ("source", *_DATA, "updated_at")


class NoCommunes(Exception):
    """The table of communes is empty: no row could be located."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`read` = `accepted` + `refused`. `changed` are the accepted rows that the directory did not hold so."""

    read: int
    accepted: int
    refused: int
    changed: int
    without_place: int
    remarks: tuple[Remark, ...]


@transaction.atomic
def import_directory(
    *,
    table: Table,
    layout: Layout,
    source: str,
    now: dt.datetime,
    watch: Callable[[Sequence[Record]], Iterable[Record]] = iter,
) -> Outcome:
    """Add the rows of a file to the directory, or bring those of the same source and identifier up to date.

    `watch` sees the records go by, for a progress bar.

    Raises:
        NoCommunes: the migrations of `territories` have not run.
    """
    index = town_index()
    if not index.by_code:
        raise NoCommunes
    harvest = read_records(watch(table.records), layout, index)
    changed = _upsert(source, harvest.entries, now)
    return _outcome(harvest, changed)


def town_index() -> TownIndex:
    """All communes, in one query."""
    columns = ("code", "name", "search_name", "kind", "departement_id", "postal_codes", "latitude", "longitude")
    return TownIndex.of(
        Town(code, name, search_name, kind, departement, frozenset(postal_codes), _point(latitude, longitude))
        for code, name, search_name, kind, departement, postal_codes, latitude, longitude in (
            Commune.objects.order_by("code").values_list(*columns)
        )
    )


def _point(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _outcome(harvest: Harvest, changed: int) -> Outcome:
    return Outcome(
        read=harvest.read,
        accepted=len(harvest.entries),
        refused=harvest.refused,
        changed=changed,
        without_place=harvest.without_place,
        remarks=tuple(harvest.remarks),
    )


def _upsert(source: str, entries: Iterable[Entry], now: dt.datetime) -> int:
    """Rows inserted or really different. `updated_at` alone is no difference."""
    with connection.cursor() as cursor:
        # A large file takes longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_composed("CREATE TEMPORARY TABLE {incoming} AS SELECT {columns} FROM {entries} WITH NO DATA"))
        with cursor.copy(_composed("COPY {incoming} ({columns}) FROM STDIN")) as copy:
            for entry in entries:
                copy.write_row((source, *(getattr(entry, name) for name in _DATA), now))
        cursor.execute(
            _composed(
                "INSERT INTO {entries} ({columns}) SELECT {columns} FROM {incoming} ORDER BY source_key"
                " ON CONFLICT (source, source_key) DO UPDATE SET ({renewed}) = ({theirs})"
                " WHERE ({ours}) IS DISTINCT FROM ({their_data})"
            )
        )
        changed: int = cursor.rowcount
        cursor.execute(_composed("DROP TABLE {incoming}"))
    return changed


def _composed(statement: str) -> str:
    """The statement with the names of our tables and columns."""
    table, renewed = DirectoryEntry._meta.db_table, (*_DATA, "updated_at")  # noqa: SLF001  # Django’s public API
    return (
        sql.SQL(statement)
        .format(
            incoming=sql.Identifier("incoming_entries"),
            entries=sql.Identifier(table),
            columns=_names(_COLUMNS),
            renewed=_names(renewed),
            theirs=_names(renewed, "excluded"),
            ours=_names(_DATA, table),
            their_data=_names(_DATA, "excluded"),
        )
        .as_string(None)
    )


def _names(columns: Iterable[str], *owner: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*owner, column) for column in columns)
