"""Signing an organisation up from the local directory: find it, choose it, correct what is wrong."""

from __future__ import annotations

from typing import NamedTuple

from django.http import QueryDict

from accounts.models import DirectoryEntry, Organisation

LONGEST_TEXT = 200
COPIED = ("name", "siren", "siret", "rna", "address", "commune", "website")


class Prefill(NamedTuple):
    """What the sign-up page shows above its form, and what it puts into it."""

    typed: str
    entries: list[DirectoryEntry]
    initial: dict[str, object]


def prefill(query: QueryDict) -> Prefill:
    """Read `q` (a name, SIREN, SIRET or RNA typed) and `fiche` (the entry chosen) of the page's address."""
    typed = query.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    entries = list(DirectoryEntry.objects.matching(typed)) if typed else []
    return Prefill(typed, entries, _chosen(query.get("fiche", "")))


def _chosen(number: str) -> dict[str, object]:
    entry = DirectoryEntry.objects.filter(pk=int(number)).first() if _is_key(number) else None
    if entry is None:
        return {}
    known = entry.kind in Organisation.LegalForm.values
    return {field: getattr(entry, field) for field in COPIED} | ({"legal_form": entry.kind} if known else {})


def _is_key(number: str) -> bool:
    """Whether this can be the key of a row: PostgreSQL's bigint ends below 10^19."""
    return number.isascii() and number.isdecimal() and len(number) <= 18  # noqa: PLR2004  # see above
