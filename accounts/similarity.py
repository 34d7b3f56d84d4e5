"""Organisations that may be the same, by a name spelled nearly alike: two of one number there cannot be."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q

from accounts.models import Organisation

MOST = 5
LIKENESS = 0.6


class Similar(NamedTuple):
    """An organisation that may be the same, and why we think so."""

    organisation: Organisation
    reasons: list[str]


def similar(organisation: Organisation) -> list[Similar]:
    """At most five others of the same kind, by likeness of name. A number is unique among them."""
    others: Any = type(organisation).objects.exclude(pk=organisation.pk).select_related("commune")
    alike = Q(search_name__trigram_similar=organisation.search_name, likeness__gte=LIKENESS)
    measured = others.annotate(likeness=TrigramSimilarity("search_name", organisation.search_name))
    found = measured.filter(alike).order_by("-likeness", "pk")[:MOST]
    return [Similar(other, _reasons(organisation, other)) for other in found]


def _reasons(organisation: Organisation, other: Any) -> list[str]:
    said = [f"nom proche à {other.likeness:.0%}".replace("%", "\u00a0%")]
    if _same(organisation, other, "commune_id"):
        said.append("même commune")
    return said


def _same(organisation: Organisation, other: Organisation, field: str) -> bool:
    value = getattr(organisation, field)
    return bool(value) and value == getattr(other, field)
