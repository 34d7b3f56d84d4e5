"""Tables to take along (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# Spreadsheets read what begins so as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Semicolons and a byte order mark, as spreadsheets in France expect; what they would count out is quoted."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return "\ufeff" + table.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
