"""The search for slots: query parameters to a queryset. Wrong values answer with a message, never a crash."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import F, Q
from django.http import QueryDict

from accounts.forms import date_input
from companies.models import Slot, SlotQuerySet
from territories.forms import CommuneField
from territories.models import Commune

DEFAULTS = {"rayon": "20", "tri": "date"}
RADII = [(str(radius), f"{radius}\u00a0km") for radius in (5, 10, 20, 50, 100)]
MOMENTS = [("soir", "Le soir"), ("weekend", "Le week-end"), ("semaine", "En semaine")]
ORDERS = [("date", "Date"), ("distance", "Distance")]


class CommuneFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter ships no types
    """A commune typed by name, postal code or INSEE code."""

    field_class = CommuneField


class SearchForm(forms.Form):
    """The search's own form: what one field cannot see."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("du"), cleaned.get("au")
        if start and end and end < start:
            self.add_error("au", "Indiquez une date de fin après la date de début.")
        return cleaned


class SlotFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """`lieu`, `rayon`, `du`, `au`, `moment`, `ordinateurs`, `places`, `tri`: addresses that people keep."""

    lieu = CommuneFilter(label="Où", method="keep_all", insee_first=True)
    rayon = django_filters.ChoiceFilter(label="Rayon", choices=RADII, empty_label=None, method="keep_all")
    du = django_filters.DateFilter(label="Du", field_name="local_date", lookup_expr="gte", widget=date_input())
    au = django_filters.DateFilter(label="Au", field_name="local_date", lookup_expr="lte", widget=date_input())
    moment = django_filters.ChoiceFilter(
        label="Quand", choices=MOMENTS, empty_label="Soir et week-end", method="at_moment"
    )
    ordinateurs = django_filters.NumberFilter(
        label="Ordinateurs", field_name="computers", lookup_expr="gte", min_value=0, max_value=500
    )
    places = django_filters.NumberFilter(
        label="Places", field_name="places", lookup_expr="gte", min_value=0, max_value=500
    )
    tri = django_filters.ChoiceFilter(label="Trier par", choices=ORDERS, empty_label=None, method="keep_all")

    class Meta:
        model = Slot
        form = SearchForm
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, queryset: SlotQuerySet) -> None:
        """Read the parameters; what is left out takes its default, and the form shows it."""
        filled = data.copy()
        for name, value in DEFAULTS.items():
            filled[name] = filled.get(name) or value
        super().__init__(filled, queryset=queryset)

    def filter_queryset(self, queryset: SlotQuerySet) -> SlotQuerySet:
        """All filters, then the distance, then the order."""
        found: SlotQuerySet = super().filter_queryset(queryset)
        commune: Commune | None = self.form.cleaned_data.get("lieu")
        if commune is None:
            return found.order_by("starts_at", "pk")
        if commune.latitude is None or commune.longitude is None:
            # Of 29 small communes nobody published the point: their département is what is near.
            return found.filter(room__site__commune__departement=commune.departement_id).order_by("starts_at", "pk")
        found = found.near(
            latitude=commune.latitude,
            longitude=commune.longitude,
            kilometres=int(self.form.cleaned_data["rayon"]),
        )
        by_distance = self.form.cleaned_data.get("tri") == "distance"
        return found.order_by(F("distance_km"), "starts_at", "pk") if by_distance else found.order_by("starts_at", "pk")

    def keep_all(self, queryset: SlotQuerySet, _name: str, _value: Any) -> SlotQuerySet:
        """Used by `filter_queryset`, where place, radius and order meet."""
        return queryset

    def at_moment(self, queryset: SlotQuerySet, _name: str, value: str) -> SlotQuerySet:
        moments = {
            "soir": Q(local_time__gte=settings.EVENING_STARTS_AT),
            "weekend": Q(weekday__in=settings.WEEKEND_DAYS),
            "semaine": ~Q(weekday__in=settings.WEEKEND_DAYS),
        }
        return queryset.filter(moments[value])
