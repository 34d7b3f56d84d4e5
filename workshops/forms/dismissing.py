"""Why a slot that is proposed is not wanted."""

from __future__ import annotations

from django import forms

from workshops.models import Dismissal


class DismissForm(forms.Form):
    """A reason teaches about other slots, for this request alone."""

    why = forms.TypedChoiceField(label="Pourquoi", choices=Dismissal.Why.choices, coerce=Dismissal.Why)
