"""What the owner of an address chooses."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from mail.kinds import Kind
from mail.models import Preferences
from territories.zones import FRENCH_ZONES


class PreferencesForm(forms.ModelForm[Preferences]):
    """How often for each kind, and the hours of silence."""

    time_zone = forms.ChoiceField(
        label="À l’heure de",
        required=False,
        choices=[("", "L’endroit dont parle le courriel"), *FRENCH_ZONES],
    )

    class Meta:
        model = Preferences
        fields: ClassVar[list[str]] = [*(kind.value for kind in Kind), "quiet_from", "quiet_until", "time_zone"]
        labels: ClassVar[dict[str, str]] = {"quiet_from": "Rien après", "quiet_until": "Ni avant"}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("quiet_from", "quiet_until")
        }
