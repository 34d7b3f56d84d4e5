"""French identifiers of organisations: SIREN, SIRET and RNA, as typed and as kept."""

import re

from django import forms
from django.core.exceptions import ValidationError
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.fr import siren, siret

RNA_PATTERN = re.compile(r"^W\d[0-9A-Z]\d{7}$")


def clean_siren(typed: str) -> str:
    """Nine digits with a right Luhn key, or ''.

    Raises:
        ValidationError: with a message that says what to do.
    """
    number = _compact(typed)
    if number and not siren.is_valid(number):
        raise ValidationError("Vérifiez le SIREN\u00a0: 9 chiffres, comme sur votre avis de situation.", code="siren")
    return number


def clean_siret(typed: str) -> str:
    """Fourteen digits with a right key (La Poste's establishments have a rule of their own), or ''."""
    number = _compact(typed)
    try:
        return str(siret.validate(number)) if number else ""
    except InvalidNumber as error:
        raise ValidationError(
            "Vérifiez le SIRET\u00a0: 14 chiffres, les 9 premiers sont ceux du SIREN.", code="siret"
        ) from error


def clean_rna(typed: str) -> str:
    """A number of the national register of associations such as W751234567, or ''."""
    number = _compact(typed).upper()
    if number and not RNA_PATTERN.match(number):
        raise ValidationError(
            "Vérifiez le numéro RNA\u00a0: un W suivi de 9 caractères, par exemple W751234567.", code="rna"
        )
    return number


class SirenField(forms.CharField):
    """A SIREN that may be left empty; spaces are forgiven."""

    def clean(self, value: str | None) -> str:
        return clean_siren(super().clean(value) or "")


class SiretField(forms.CharField):
    """A SIRET that may be left empty; spaces are forgiven."""

    def clean(self, value: str | None) -> str:
        return clean_siret(super().clean(value) or "")


class RnaField(forms.CharField):
    """An RNA number that may be left empty; spaces and lower case are forgiven."""

    def clean(self, value: str | None) -> str:
        return clean_rna(super().clean(value) or "")


def _compact(typed: str) -> str:
    return re.sub(r"[\s.\-\u00a0\u202f]", "", typed)
