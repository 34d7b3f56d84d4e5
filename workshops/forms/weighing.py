"""How much each part counts."""

from __future__ import annotations

from django import forms

from workshops.models import Part, Weighting


class WeightingForm(forms.ModelForm[Weighting]):
    """Points, from nothing to a hundred."""

    class Meta:
        model = Weighting
        fields = tuple(Part.values)
