"""What one may ask of a search for slots: query parameters to conditions. Wrong values answer with a message."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.forms import DayField
from accounts.pressed import squeezed
from accounts.ranges import between
from accounts.vocabulary import Topic
from companies.models import BookingMode, Slot, SlotQuerySet
from territories.forms import KnownCommuneField, NotOne
from territories.gazetteer import areas_meant, codes_within, gazetteer
from territories.keys import key_in
from territories.models import Commune
from territories.zones import AHEAD, BEHIND
from workshops.catalogue import RADII

DEFAULTS = {"rayon": "20", "tri": "date", "vue": "liste"}
VIEWS = [("liste", "Liste"), ("semaine", "Semaine"), ("carte", "Carte")]
MOMENTS = [("soir", "Le soir"), ("weekend", "Le week-end"), ("semaine", "En semaine")]
ORDERS = [("date", "Date"), ("distance", "Distance")]
ANSWERS = [("immediate", "Immédiate"), ("accord", "Sur accord")]
MODES = {"immediate": BookingMode.INSTANT, "accord": BookingMode.ON_APPROVAL}
MOST = 500
EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)


def day_begins(day: dt.date) -> dt.datetime:
    """When a day begins where it begins first."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) - AHEAD


def day_ends(day: dt.date) -> dt.datetime:
    """When a day ends where it ends last."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1) + BEHIND


def at_moment(value: str) -> Q:
    """`soir`, `weekend` or `semaine`, on the clock and the calendar of the site."""
    moments = {
        "soir": Q(local_time__gte=settings.EVENING_STARTS_AT),
        "weekend": Q(weekday__in=settings.WEEKEND_DAYS),
        "semaine": ~Q(weekday__in=settings.WEEKEND_DAYS),
    }
    return moments[value]


def about(topic: str) -> Q:
    """Somebody who comes knows the topic: a volunteer of the company, where the slot offers any."""
    return Q(room__site__company__known_topics__contains=[topic], volunteers_offered__gt=0)


def in_commune(place: Commune | str) -> Q:
    """In a commune, by its code or by itself, and in the arrondissements of one that has some."""
    codes = codes_within(place.pk if isinstance(place, Commune) else place)
    return Q(room__site__commune__in=codes) if len(codes) > 1 else Q(room__site__commune=codes[0])


@dataclass(frozen=True)
class Position:
    """Between two slots of a list: where a page begins or ends."""

    starts_at: dt.datetime
    slot_id: int
    distance_km: float | None = None

    def __str__(self) -> str:
        """As an address holds it."""
        parts = [str((self.starts_at - EPOCH) // MICROSECOND), str(self.slot_id)]
        if self.distance_km is not None:
            parts.append(str(self.distance_km))
        return "-".join(parts)


class PositionField(forms.CharField):
    """Where a page begins, as the page before has written it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return _position(text)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("Cette page n’existe pas\u00a0: reprenez la recherche au début.") from error


def _position(text: str) -> Position:
    instant, row, *rest = text.split("-", 2)
    number = key_in(row)
    if number is None:
        raise ValueError(text)
    return Position(EPOCH + int(instant) * MICROSECOND, number, _away(rest[0]) if rest else None)


def _away(text: str) -> float:
    distance = float(text)
    if not math.isfinite(distance):
        raise ValueError(text)
    return distance


class DepartementField(forms.CharField):
    """A département by its code."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = gazetteer().departements.get(code.upper())
        if found is None:
            raise forms.ValidationError("Indiquez le code d’un département, par exemple «\u00a059\u00a0».")
        return found


class PlaceField(KnownCommuneField):
    """A commune around which one searches. Who types a département or a region reads that its slots are a step away."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except NotOne as error:
            areas = areas_meant(value) if error.code == "unknown" else ()
            if not areas:
                raise
            what = f"est le département {areas[0]}" if len(areas) == 1 else "est une région"
            told = f"«\u00a0{value.strip()}\u00a0» {what}\u00a0: choisissez ci-dessous, ou indiquez une commune."
            raise NotOne(told, "area", error.choices) from error


class Condition(django_filters.Filter):  # type: ignore[misc]  # django-filter ships no types
    """A filter whose value becomes a condition on slots."""

    def __init__(self, where: Callable[[Any], Q], field_class: type[forms.Field], **options: Any) -> None:
        super().__init__(**options)
        self.where, self.field_class = where, field_class

    def filter(self, queryset: SlotQuerySet, value: Any) -> SlotQuerySet:
        return queryset.filter(self.where(value)) if value not in (None, "", False) else queryset


class Elsewhere(django_filters.Filter):  # type: ignore[misc]  # idem
    """Place, radius and order meet in `workshops.searching`: none is a condition by itself."""

    def __init__(self, field_class: type[forms.Field], **options: Any) -> None:
        super().__init__(**options)
        self.field_class = field_class

    def filter(self, queryset: SlotQuerySet, _value: Any) -> SlotQuerySet:
        return queryset


def shown(field: forms.BoundField) -> SafeString:
    """A field with its label and its errors; of one that nobody sees, nothing that they could not mend."""
    if not field.is_hidden:
        return squeezed(field.as_field_group())
    return SafeString() if field.errors else field.as_hidden()


class SearchForm(forms.Form):
    """The search's own form: what one field cannot see."""

    @property
    def groups(self) -> dict[str, SafeString]:
        """Each field with its label and its errors, by name."""
        return {name: shown(self[name]) for name in self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("du"), cleaned.get("au")
        if start and end and end < start:
            self.add_error("au", "Indiquez une date de fin après la date de début.")
        return cleaned


def _at_least(column: str, label: str) -> Condition:
    limits = {"validators": between(0, MOST), "widget": forms.NumberInput(attrs={"min": 0, "max": MOST})}
    return Condition(lambda value: Q(**{f"{column}__gte": value}), forms.IntegerField, label=label, **limits)


def _one_of(where: Callable[[Any], Q], choices: list[tuple[str, str]], nothing: str, label: str) -> Condition:
    return Condition(where, forms.ChoiceField, label=label, choices=[("", nothing), *choices])


class SlotFilter(django_filters.FilterSet):  # type: ignore[misc]  # idem
    """`lieu`, `rayon`, `du`, `au`, `moment`, `theme`, `tri` and so on: addresses that people keep."""

    lieu = Elsewhere(PlaceField, label="Où")
    rayon = Elsewhere(
        forms.ChoiceField,
        label="Rayon",
        choices=RADII,
        error_messages={"invalid_choice": "Choisissez un rayon de la liste."},
    )
    du = Condition(
        lambda day: Q(local_date__gte=day, starts_at__gte=day_begins(day)),
        DayField,
        label="Du",
    )
    au = Condition(
        lambda day: Q(local_date__lte=day, starts_at__lt=day_ends(day)),
        DayField,
        label="Au",
    )
    moment = _one_of(at_moment, MOMENTS, "Soir et week-end", "Quand")
    ordinateurs = _at_least("computers", "Ordinateurs")
    places = _at_least("places", "Places")
    benevoles = _at_least("volunteers_offered", "Bénévoles sur place")
    theme = _one_of(about, [(str(one.value), str(one.label)) for one in Topic], "Tous", "Thème")
    reponse = _one_of(lambda value: Q(booking_mode=MODES[value]), ANSWERS, "Peu importe", "Réponse")
    acces = Condition(lambda _: Q(room__site__step_free=True), forms.BooleanField, label="Accès sans marche")
    tri = Elsewhere(
        forms.ChoiceField,
        label="Trier par",
        choices=ORDERS,
        help_text="La distance se compte d’un lieu\u00a0: sans lieu, le tri est par date.",
    )
    vue = Elsewhere(forms.ChoiceField, label="Affichage", choices=VIEWS, widget=forms.HiddenInput)
    departement = Condition(
        lambda place: Q(room__site__commune__departement=place), DepartementField, label="Numéro du département"
    )
    commune = Condition(in_commune, KnownCommuneField, label="Seulement dans la commune")
    apres = Elsewhere(PositionField, label="Après", widget=forms.HiddenInput)
    avant = Elsewhere(PositionField, label="Avant", widget=forms.HiddenInput)

    class Meta:
        model = Slot
        form = SearchForm
        fields: list[str] = []

    def __init__(self, data: QueryDict) -> None:
        """Read the parameters; what is left out takes its default, and the form shows it."""
        filled = data.copy()
        for name, value in DEFAULTS.items():
            filled[name] = filled.get(name) or value
        super().__init__(filled, queryset=Slot.objects.none())


CONDITIONS: dict[str, Condition] = {
    name: one for name, one in SlotFilter.base_filters.items() if isinstance(one, Condition)
}


class Read(NamedTuple):
    """What was asked, and the form that shows it again."""

    cleaned: dict[str, Any]
    groups: dict[str, SafeString]


# What people say of a field is short: anything longer is read, and not kept.
LONGEST_KEPT = 80


def read(data: QueryDict) -> Read | None:
    """What the parameters ask when nothing is wrong with any of them; else None: the form has to say what.

    Each field is kept with what it showed: people ask the same things of it.
    """
    given = {name: data.get(name) or DEFAULTS.get(name, "") for name in SlotFilter.base_filters}
    fields = {name: (_kept if len(text) <= LONGEST_KEPT else _field)(name, text) for name, text in given.items()}
    cleaned = {name: one[0] for name, one in fields.items() if one is not None}
    start, end = cleaned.get("du"), cleaned.get("au")
    if len(cleaned) < len(fields) or (start and end and end < start):
        return None
    return Read(cleaned, {name: one[1] for name, one in fields.items() if one is not None})


def read_again(query: str) -> Read | None:
    """The same of a query that was kept."""
    return read(QueryDict(query))


@lru_cache(maxsize=10_000)
def _kept(name: str, text: str) -> tuple[Any, SafeString] | None:
    return _field(name, text)


def _field(name: str, text: str) -> tuple[Any, SafeString] | None:
    """One field alone: what its text means and how it is shown, or None when it means nothing."""
    data = QueryDict(mutable=True)
    data[name] = text
    form = SlotFilter(data).form
    form.is_valid()
    if name in form.errors:
        return None
    meant = form.cleaned_data.get(name)
    if isinstance(meant, Commune):
        # As people say it, whatever the address holds.
        form.data[name] = str(meant)
    return meant, shown(form[name])
