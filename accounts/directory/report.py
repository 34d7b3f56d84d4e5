"""The report of an import, as a spreadsheet opens it: UTF-8 with its mark, `;`, one remark a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from accounts.directory.rows import Remark

_HEADER = ("ligne", "verdict", "champ", "valeur", "raison")
_LONGEST_VALUE = 500
_FORMULA = ("=", "+", "-", "@")


def report_text(remarks: Iterable[Remark]) -> str:
    """Line of the file, what became of the row (« refusée » or « gardée »), field, value as read, reason."""
    remarks = list(remarks)
    refused = {remark.line for remark in remarks if remark.refused}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for remark in remarks:
        verdict = "refusée" if remark.line in refused else "gardée"
        writer.writerow((remark.line, verdict, remark.field, _inert(remark.value), remark.reason))
    return "\ufeff" + text.getvalue()


def _inert(value: str) -> str:
    """Text that a spreadsheet does not take for a formula: the file comes from strangers."""
    shown = value[:_LONGEST_VALUE]
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
