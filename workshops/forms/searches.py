"""A search that one keeps."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from workshops.models import SavedSearch


class SavedSearchForm(forms.ModelForm[SavedSearch]):
    """Its name, and how often its person hears of what is new."""

    class Meta:
        model = SavedSearch
        fields = ("name", "frequency")
        labels: ClassVar[dict[str, str]] = {"frequency": "Me prévenir des nouveaux créneaux"}
        widgets: ClassVar[dict[str, forms.Widget]] = {"frequency": forms.RadioSelect()}


class AlertsForm(forms.ModelForm[SavedSearch]):
    """The same of one that is kept, in the line of a list."""

    class Meta:
        model = SavedSearch
        fields = ("frequency",)
