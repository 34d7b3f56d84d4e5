"""Forms of an association: its identity, its requests, and its insurance."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from accounts.forms import DayField, OrganisationForm, date_input, weekday_choices
from accounts.uploads import LONGEST_FILE
from accounts.vocabulary import Audience, Language, Topic
from associations.models import Association, InsuranceCertificate, Period, Request
from territories.forms import CommuneField
from territories.models import Commune

LOOKED_FOR = dt.timedelta(days=60)


class AssociationForm(OrganisationForm[Association]):
    """Identity of an association."""

    class Meta(OrganisationForm.Meta):
        model = Association


class RequestForm(forms.ModelForm[Request]):
    """What an association looks for. The hidden key makes a form sent twice one request."""

    topics = forms.MultipleChoiceField(
        label="Thèmes",
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un thème."},
    )
    audiences = forms.MultipleChoiceField(
        label="Publics",
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: tous les publics.",
    )
    commune = CommuneField(label="Autour de quelle commune", help_text="Par exemple «\u00a0Lille (59)\u00a0».")
    weekdays = forms.TypedMultipleChoiceField(
        label="Jours",
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: n’importe quel jour.",
    )
    best_weekdays = forms.TypedMultipleChoiceField(
        label="Jours préférés",
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Parmi ceux qui vous conviennent\u00a0: ils passent devant.",
    )
    languages = forms.MultipleChoiceField(
        label="Langues à parler",
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Seuls les créneaux où des bénévoles les parlent toutes vous sont proposés.",
    )
    periods = forms.MultipleChoiceField(
        label="Moments de la journée",
        choices=Period.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: n’importe quand.",
    )

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Request
        fields = Request.FACTS
        field_classes = {"from_date": DayField, "until_date": DayField}
        labels = {
            "radius_km": "Rayon (km)",
            "from_date": "Du",
            "until_date": "Au",
            "participants": "Combien de personnes viennent",
            "computers": "Combien d’ordinateurs il faut",
            "volunteers": "Bénévoles souhaités",
        }
        help_texts = {
            "step_free": "Seuls les sites où l’on entre sans marche vous sont proposés.",
            "volunteers": "0 si votre équipe suffit.",
            "radius_km": "",
        }

    def __init__(self, data: Any = None, *, now: dt.datetime, home: Commune | None, initial: dict[str, Any]) -> None:
        """`home` is the association’s commune, if any: what is proposed begins today by its clock."""
        season = _season(initial, _today(home, now))
        super().__init__(data, initial={"radius_km": 20} | initial | season | {"key": uuid.uuid4()})
        self.now = now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        days, best = cleaned.get("weekdays") or [], cleaned.get("best_weekdays") or []
        if days and not set(best) <= set(days):
            self.add_error("best_weekdays", "Choisissez vos jours préférés parmi les jours qui vous conviennent.")
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and end and end < start:
            self.add_error("until_date", "Indiquez une date de fin après la date de début.")
        elif end and (place := cleaned.get("commune")) and end < _today(place, self.now):
            self.add_error("until_date", "Indiquez une date de fin à venir.")
        return cleaned


def _today(place: Commune | None, now: dt.datetime) -> dt.date:
    return timezone.localdate(now, ZoneInfo(place.time_zone) if place else None)


def _season(known: dict[str, Any], today: dt.date) -> dict[str, dt.date]:
    """The days that were asked for, as far as they lie ahead, in order; else from today on, and for so long."""
    first = max(_day(known.get("from_date")) or today, today)
    last = _day(known.get("until_date"))
    return {"from_date": first, "until_date": last if last and last >= first else first + LOOKED_FOR}


def _day(known: Any) -> dt.date | None:
    """A day of an address; None when it means none."""
    try:
        day: dt.date | None = DayField(required=False).clean(known)
    except forms.ValidationError:
        return None
    return day


class CertificateForm(forms.ModelForm[InsuranceCertificate]):
    """What a certificate of insurance says, and the file itself."""

    file = forms.FileField(
        label="Attestation",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        help_text="PDF, JPEG ou PNG, 5\u00a0Mo au plus.",
    )

    class Meta:
        model = InsuranceCertificate
        fields = InsuranceCertificate.FACTS
        widgets = {"valid_until_date": date_input()}

    def clean_file(self) -> Any:
        """No larger than what is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > LONGEST_FILE:
            raise forms.ValidationError("Ce fichier dépasse 5\u00a0Mo\u00a0: réduisez-le.")
        return file
