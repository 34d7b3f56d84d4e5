"""Forms of an association: its identity, its requests, and its insurance."""

import datetime as dt
import uuid
from typing import Any

from django import forms

from accounts.forms import OrganisationForm, date_input, weekday_choices
from accounts.uploads import LONGEST_FILE
from accounts.vocabulary import Audience, Topic
from associations.models import Association, InsuranceCertificate, Period, Request
from territories.forms import CommuneField


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
        widgets = {
            "from_date": date_input(),
            "until_date": date_input(),
        }
        labels = {
            "radius_km": "Rayon (km)",
            "from_date": "Du",
            "until_date": "Au",
            "participants": "Combien de personnes viennent",
            "computers": "Combien d’ordinateurs il faut",
            "volunteers": "Bénévoles souhaités",
        }
        help_texts = {"volunteers": "0 si votre équipe suffit.", "radius_km": ""}

    def __init__(self, data: Any = None, *, today: dt.date, initial: dict[str, Any]) -> None:
        season = {"from_date": today, "until_date": today + dt.timedelta(days=60), "radius_km": 20}
        super().__init__(data, initial=season | initial | {"key": uuid.uuid4()})
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from_date"), cleaned.get("until_date")
        if start and end and end < start:
            self.add_error("until_date", "Indiquez une date de fin après la date de début.")
        elif end and end < self.today:
            self.add_error("until_date", "Indiquez une date de fin à venir.")
        return cleaned


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
