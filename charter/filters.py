"""The search among signatories: query parameters to a queryset."""

from __future__ import annotations

import django_filters
from django.http import QueryDict

from companies.models import Company, CompanyQuerySet
from territories.folding import fold
from territories.models import Departement


class SignatoryFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """`q` (a name) and `departement` (its code): addresses that people keep."""

    q = django_filters.CharFilter(label="Nom", method="named", max_length=100)
    departement = django_filters.ModelChoiceFilter(
        label="Département",
        field_name="commune__departement",
        queryset=Departement.objects.inhabited().by_name(),
        empty_label="Toute la France",
    )

    class Meta:
        model = Company
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: CompanyQuerySet) -> None:
        super().__init__(data, queryset=queryset)

    def named(self, queryset: CompanyQuerySet, _name: str, value: str) -> CompanyQuerySet:
        """Names that hold these words; accents and case do not count."""
        return queryset.filter(search_name__contains=fold(value))
