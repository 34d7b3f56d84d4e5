"""Forms of the charter: its text, the act of signing, and editions of the campaign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms import comment_on, date_input
from charter.actions import Pledge
from charter.models import CharterVersion, Edition, Signature
from territories.models import Departement


class VersionForm(forms.ModelForm[CharterVersion]):
    """The draft of a version."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    class Meta:
        model = CharterVersion
        fields = ("text", "effective_from_date")
        widgets = {"text": forms.Textarea(attrs={"rows": 24, "class": "tall"}), "effective_from_date": date_input()}
        labels = {"effective_from_date": "En vigueur à partir du"}


class SignatureForm(forms.ModelForm[Signature]):
    """Who signs, what the company pledges, and the explicit act. The act is not asked for when a link is sent."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label="J’ai lu la charte et je m’engage au nom de mon organisation.",
        required=False,
        help_text="Seulement si vous signez vous-même.",
    )

    class Meta:
        model = Signature
        fields = (
            "pledged_rooms",
            "pledged_computers",
            "pledged_hours",
            "signatory_name",
            "signatory_capacity",
            "signatory_email",
            "shows_name",
        )

    field_order = ("version", *Meta.fields, "agreed")

    def __init__(self, data: Any = None, *, by_link: bool = False, comments: dict[str, str], **options: Any) -> None:
        super().__init__(data, **options)
        self.by_link = by_link
        comment_on(self, comments)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.by_link and not cleaned.get("agreed"):
            self.add_error("agreed", "Cochez la case pour signer, ou envoyez le lien à la personne qui signe.")
        return cleaned

    def pledge(self) -> Pledge:
        """What was typed, as the actions take it."""
        return Pledge(**{field: self.cleaned_data[field] for field in Pledge._fields})


class LinkForm(forms.ModelForm[Signature]):
    """What the legal signatory corrects and does, by the link."""

    version = forms.IntegerField(widget=forms.HiddenInput, max_value=1_000_000)
    agreed = forms.BooleanField(
        label="J’ai lu la charte et je m’engage au nom de mon organisation.",
        error_messages={"required": "Cochez la case pour signer."},
    )

    class Meta:
        model = Signature
        fields = ("signatory_name", "signatory_capacity", "shows_name")
        labels = {"signatory_name": "Votre nom", "signatory_capacity": "En qualité de"}

    def __init__(self, data: Any = None, *, instance: Signature, version: int) -> None:
        """`version` is the number of the text that the page shows."""
        super().__init__(data, instance=instance, initial={"version": version})


class CodeForm(forms.Form):
    """The code of a document, as printed on it; spaces, hyphens and small letters are forgiven."""

    code = forms.CharField(
        label="Code de vérification", max_length=40, help_text="12 caractères, sous le code à scanner."
    )

    def clean_code(self) -> str:
        return "".join(letter for letter in self.cleaned_data["code"].upper() if letter.isalnum())[:12]


class EditionForm(forms.ModelForm[Edition]):
    """A period of open doors."""

    departements = forms.ModelMultipleChoiceField(
        label="Départements",
        queryset=Departement.objects.inhabited().by_name(),
        required=False,
        help_text="Aucun\u00a0: toute la France.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    class Meta:
        model = Edition
        fields = ("name", "from_date", "until_date", "departements", "text")
        widgets = {
            "from_date": date_input(),
            "until_date": date_input(),
            "text": forms.Textarea(attrs={"rows": 8}),
        }
        labels = {"from_date": "Du", "until_date": "Au"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start: dt.date | None = cleaned.get("from_date")
        end: dt.date | None = cleaned.get("until_date")
        if start and end and end < start:
            self.add_error("until_date", "Indiquez une date de fin après la date de début.")
        return cleaned
