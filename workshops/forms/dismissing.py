"""Why a slot that is proposed is not wanted."""

from __future__ import annotations

from django import forms

from workshops.models import Dismissal

CHOOSE = "Choisissez un motif de la liste."


class DismissForm(forms.Form):
    """A reason teaches about other slots, for this request alone; the one that teaches nothing is chosen beforehand."""

    why = forms.TypedChoiceField(
        label="Pourquoi",
        choices=Dismissal.Why.choices,
        coerce=Dismissal.Why,
        initial=Dismissal.Why.OTHER,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
