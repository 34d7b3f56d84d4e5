"""Forms of the account pages, and what the forms of companies and associations share."""

from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.identifiers import RnaField, SirenField, SiretField
from accounts.models import Organisation, User
from territories.forms import CommuneField


class SignupForm(forms.Form):
    """What we ask besides allauth's own fields."""

    name = forms.CharField(
        label="Votre prénom et votre nom",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ("name", "email", "password1")

    def signup(self, _request: HttpRequest, user: User) -> None:
        """Called by allauth with the account that it just made."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class OrganisationForm[O: Organisation](forms.ModelForm[O]):
    """Identity of an organisation, with or without official numbers."""

    siren = SirenField(
        label="SIREN",
        required=False,
        max_length=20,
        help_text="9 chiffres. Laissez vide si votre organisation n’en a pas.",
    )
    siret = SiretField(label="SIRET", required=False, max_length=30, help_text="14 chiffres.")
    rna = RnaField(
        label="Numéro RNA",
        required=False,
        max_length=20,
        help_text="Pour une association, par exemple W751234567. En Alsace-Moselle il n’existe pas.",
    )
    commune = CommuneField(label="Commune", help_text="Par exemple «\u00a0Lille (59)\u00a0».")

    class Meta:
        fields = ("name", "legal_form", "siren", "siret", "rna", "address", "commune", "website", "description")
        help_texts = {"description": "En quelques phrases, pour celles et ceux qui vous découvrent."}
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        """A SIRET alone gives the SIREN; together they must agree."""
        cleaned = super().clean() or {}
        siren, siret = cleaned.get("siren", ""), cleaned.get("siret", "")
        if siret and siren and not siret.startswith(siren):
            self.add_error("siret", "Le SIRET commence par les 9 chiffres du SIREN\u00a0: corrigez l’un des deux.")
        elif siret and not siren:
            cleaned["siren"] = siret[:9]
        return cleaned
