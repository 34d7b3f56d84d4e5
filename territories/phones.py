"""Telephone numbers as they are dialled in each territory."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.phonenumber import PhoneNumber

# Regions of the numbering plans by département; everywhere else is FR.
_REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
    "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip


class PhoneField(forms.CharField):
    """Cleans to a PhoneNumber, or to an empty text; a number without a prefix is one of the département's own."""

    def __init__(self, *, departement_code: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}))
        super().__init__(**kwargs)
        self.departement_code = departement_code

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return ""
        for region in dict.fromkeys((_REGIONS.get(self.departement_code, "FR"), "FR")):
            try:
                number = PhoneNumber.from_string(text, region=region)
            except phonenumbers.NumberParseException:
                continue
            if number.is_valid():
                return number
        raise ValidationError(
            "Indiquez un numéro de téléphone entier, par exemple «\u00a001 23 45 67 89\u00a0», "
            "ou avec son indicatif, «\u00a0+262 …\u00a0».",
            code="phone",
        )

    def prepare_value(self, value: Any) -> Any:
        return value.as_national if isinstance(value, PhoneNumber) and value.is_valid() else value
