"""For which weeks, where, and with how many evenings more."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from accounts.forms import DayField
from territories.models import Departement
from workshops.models import Plan


class PlanForm(forms.ModelForm[Plan]):
    """Four weeks at most, in a département or everywhere."""

    departement = forms.ModelChoiceField(
        Departement.objects.inhabited().by_name(), required=False, empty_label="Toute la France", label="Territoire"
    )
    from_date = DayField(label="Du")
    until_date = DayField(label="Au", help_text="Quatre semaines au plus.")

    class Meta:
        model = Plan
        fields = ("departement", "from_date", "until_date", "evenings", "lapsed_too")
        help_texts: ClassVar[dict[str, str]] = {
            "evenings": "Des soirées que personne n’a encore ouvertes, dans des salles qui existent.",
            "lapsed_too": "Sinon, un créneau déjà proposé pour une demande ne l’est pas une seconde fois.",
        }
