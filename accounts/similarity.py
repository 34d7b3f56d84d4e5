"""Organisations that may be the same: by a name spelled nearly alike, or by the same web site.

Two of one kind with one number there cannot be; of two kinds there may.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, Q, QuerySet, Value, When

from accounts.models import Organisation

MOST = 5
LIKENESS = 0.6
SAME_BEGINNING = 8


class Similar(NamedTuple):
    """An organisation that may be the same, and why we think so."""

    organisation: Organisation
    reasons: list[str]


def similar(organisation: Organisation, among: QuerySet[Any]) -> list[Similar]:
    """At most five others among these of the same kind, by likeness of name, those with the same web site first."""
    others: Any = among.exclude(pk=organisation.pk).select_related("commune")
    if not organisation.search_name:
        # A name in another script folds to nothing: it is compared as it is written.
        return _of_other_script(organisation, others)
    alike = Q(search_name__trigram_similar=organisation.search_name, likeness__gte=LIKENESS)
    if organisation.website:
        alike |= Q(website=organisation.website)
    measured = others.annotate(likeness=TrigramSimilarity("search_name", organisation.search_name))
    found = measured.filter(alike).order_by(
        Case(When(website=organisation.website, then=0), default=1) if organisation.website else Value(0),
        "-likeness",
        "pk",
    )[:MOST]
    return [Similar(other, _reasons(organisation, other)) for other in found]


def _of_other_script(organisation: Organisation, others: Any) -> list[Similar]:
    alike = others.filter(name__istartswith=organisation.name[:SAME_BEGINNING])
    return [Similar(other, ["même début de nom"]) for other in alike.order_by("name", "pk")[:MOST]]


def of_same_number(organisation: Organisation, among: QuerySet[Any]) -> Organisation | None:
    """Which of these of another kind has the same SIREN or RNA: one that hosts and asks stands here twice."""
    numbers = {field: getattr(organisation, field) for field in ("siren", "rna")}
    same = Q()
    for field, number in numbers.items():
        same |= Q(**{field: number}) if number else Q()
    found: Organisation | None = among.filter(same).order_by("pk").first() if same else None
    return found


def _reasons(organisation: Organisation, other: Any) -> list[str]:
    said = ["même site web"] if _same(organisation, other, "website") else []
    if other.likeness >= LIKENESS:
        said.append(f"nom proche à {other.likeness:.0%}".replace("%", "\u00a0%"))
    if _same(organisation, other, "commune_id"):
        said.append("même commune")
    return said


def _same(organisation: Organisation, other: Organisation, field: str) -> bool:
    value = getattr(organisation, field)
    return bool(value) and value == getattr(other, field)
