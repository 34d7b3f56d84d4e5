"""Forms of the account pages, and what the forms of companies and associations share."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts import proof
from accounts.identifiers import RnaField, SirenField, SiretField
from accounts.invitations import join_path
from accounts.models import Organisation, Role, User
from accounts.names import NAME
from accounts.ranges import FIRST_DAY, LAST_DAY
from mail.addresses import validate_address
from territories import clock
from territories.forms import CommuneField
from territories.wording import language, weekday


def date_input() -> forms.DateInput:
    """The browser's own date picker, which reads and writes ISO dates."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day on which an evening may be."""

    widget = date_input()

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not FIRST_DAY <= value <= LAST_DAY:
            raise forms.ValidationError(f"Indiquez une date entre {FIRST_DAY.year} et {LAST_DAY.year}.")


def weekday_choices() -> list[tuple[int, str]]:
    """ISO numbers (1 = Monday) and names, in the language spoken."""
    return [(day, weekday(day)) for day in range(1, 8)]


class Trap(forms.TextInput):
    """A field that only a machine sees and fills in."""

    is_hidden = True

    def __init__(self) -> None:
        super().__init__({"class": "trap", "tabindex": "-1", "autocomplete": "off", "aria-label": "À laisser vide"})


class ProofInput(forms.PasswordInput):
    """Carries a challenge to `proof.js`, which writes the answer. Like a password, an answer never comes back."""

    input_type = "hidden"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """A new challenge each time the form is shown."""
        return super().get_context(name, value, {**(attrs or {}), "data-challenge": proof.new_challenge(clock.now())})


class ProofField(forms.CharField):
    """The number of a challenge that the browser answered; empty without JavaScript."""

    widget = ProofInput

    def clean(self, value: Any) -> str:
        """Refuse what is forged, wrong or late."""
        answer = super().clean(value)
        if not answer:
            return ""
        try:
            return proof.number_of(answer)
        except proof.BadProof as bad:
            raise forms.ValidationError("Cette page a attendu trop longtemps\u00a0: envoyez-la à nouveau.") from bad


def _same_number(organisation: Organisation, siren: str, rna: str) -> bool:
    return bool(siren and siren == organisation.siren) or bool(rna and rna == organisation.rna)


class SignupForm(forms.Form):
    """What we ask besides allauth's own fields."""

    name = forms.CharField(
        label="Votre prénom et votre nom",
        max_length=120,
        validators=NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    proof = ProofField(required=False, max_length=2000)

    field_order = ("name", "email", "password1")

    def signup(self, _request: HttpRequest, user: User) -> None:
        """Called by allauth with the account that it just made. We write to people as they read this page."""
        user.name, user.language = self.cleaned_data["name"], language()
        user.save(update_fields=["name", "language"])


class LanguageForm(forms.Form):
    """In which language to write to a person."""

    language = forms.ChoiceField(
        label="Langue des courriels",
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text="Celle de nos prochains courriels\u00a0; les pages restent en français.",
    )


def comment_on(form: forms.BaseForm, comments: Mapping[str, str]) -> None:
    """Show what a moderator wrote beside those fields that this form has."""
    for name, comment in comments.items():
        if name in form.fields:
            form.fields[name].comment = comment  # type: ignore[attr-defined]  # the template of a field shows it


class InviteForm(forms.Form):
    """Whom to invite, at which role."""

    email = forms.EmailField(
        label="Adresse électronique",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        validators=[validate_address],
    )
    role = forms.TypedChoiceField(label="Rôle", coerce=Role)

    def __init__(self, data: Any = None, *, roles: list[Role]) -> None:
        super().__init__(data, initial={"role": Role.VOLUNTEER})
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.TypedChoiceField(label="Rôle", choices=Role.choices, coerce=Role)


class VolunteerLinkForm(forms.Form):
    """Which mail domains let people in as volunteers."""

    domains = forms.CharField(
        label="Domaines de vos adresses",
        max_length=300,
        help_text="Ce qui suit le @ dans vos adresses, par exemple «\u00a0menuiserie.example.org\u00a0».",
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean_domains(self) -> list[str]:
        domains = [
            part.lower().removeprefix("@") for part in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if part
        ]
        for domain in domains:
            if len(domain) > 100 or not re.fullmatch(r"([a-z0-9](-?[a-z0-9])*\.)+[a-z]{2,}", domain):  # noqa: PLR2004  # the column's
                raise forms.ValidationError(
                    f"«\u00a0{domain}\u00a0» n’est pas un domaine\u00a0: écrivez par exemple example.org."
                )
        return domains


class JoinForm(forms.Form):
    """A word to the owners of an organisation that one asks to join."""

    message = forms.CharField(
        label="Votre message",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dites qui vous êtes\u00a0: les responsables le liront.",
    )


class AnswerForm(forms.Form):
    """The role of who is let in."""

    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role)


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
    another = forms.BooleanField(
        label="Ce n’est pas la mienne\u00a0: inscrire une autre organisation", required=False, widget=forms.HiddenInput
    )

    twin: Organisation | None = None
    """The organisation that this one already seems to be, once the form was checked."""

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
        self._look_for_twin(cleaned)
        return cleaned

    @property
    def join_path(self) -> str:
        """Where to ask to be let into the twin; empty without one."""
        return join_path(self.twin) if self.twin else ""

    def _look_for_twin(self, cleaned: dict[str, Any]) -> None:
        """Who stands here already is joined, not entered twice. The same name alone may be put aside."""
        model: type[Organisation] = self._meta.model
        others = model.objects.exclude(pk=self.instance.pk)
        siren, rna = cleaned.get("siren", ""), cleaned.get("rna", "")
        known = others.known_as(siren=siren, rna=rna, name=cleaned.get("name", ""), commune=cleaned.get("commune"))
        self.twin = min(known, key=lambda one: not _same_number(one, siren, rna), default=None)
        if self.twin is None:
            return
        if _same_number(self.twin, siren, rna):
            self.add_error(
                "siren" if siren == self.twin.siren else "rna", "Une organisation avec ce numéro est déjà inscrite."
            )
        elif not cleaned.get("another"):
            self.fields["another"].widget = forms.CheckboxInput()
            self.add_error("another", "Une organisation de ce nom est déjà inscrite dans cette commune.")
