"""Where a company looks for associations."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms

from territories.forms import CommuneField
from territories.models import Commune
from workshops.catalogue import RADII

RADIUS = "30"


class PointForm(forms.Form):
    """Where somebody is, in degrees."""

    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)


class NearForm(forms.Form):
    """A place and a radius; or all of France, for who has sites of their own."""

    lieu = CommuneField(label="Près de quelle commune", required=False)
    rayon = forms.TypedChoiceField(label="Rayon", choices=RADII, coerce=int)
    partout = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__({"rayon": RADIUS} | {name: data[name] for name in self.base_fields if data.get(name)})

    def clean_lieu(self) -> Commune | None:
        """Shown as people say it, whatever the address holds."""
        place: Commune | None = self.cleaned_data["lieu"]
        if place is not None:
            self.data = {**self.data, "lieu": str(place)}
        return place

    def kept(self, **changed: str) -> str:
        """What was asked, for the addresses of other pages."""
        return urlencode({**self.data, **changed})
