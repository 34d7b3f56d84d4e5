"""Forms of a booking, its answer and its report."""

import uuid
from typing import Any

from django import forms
from django.db import models

from associations.models import Association, AssociationQuerySet, Request
from workshops.models import Booking, Report, Side


class BookingForm(forms.ModelForm[Booking]):
    """Who comes, for what. The hidden key makes a form sent twice one booking."""

    association = forms.ModelChoiceField(
        label="Pour quelle association", queryset=Association.objects.none(), empty_label=None
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    request = forms.ModelChoiceField(
        label="Pour quelle demande",
        queryset=Request.objects.none(),
        required=False,
        empty_label="Aucune en particulier",
    )

    class Meta:
        model = Booking
        fields = ("participants", "topic", "message")
        labels = {"participants": "Combien de personnes viennent", "topic": "Thème de l’atelier"}
        help_texts = {"participants": "Un nombre seulement\u00a0: les noms ne passent jamais par le portail."}
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    field_order = ("association", "participants", "topic", "request", "message", "key")

    def __init__(self, data: Any = None, *, associations: AssociationQuerySet, places: int) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "association": associations.first()})
        self.places = places
        wanted = Request.objects.filter(association__in=associations, state=Request.State.OPEN)
        self._choose_among("association", associations)
        self._choose_among("request", wanted.select_related("commune__departement"))
        self.fields["participants"].widget.attrs |= {"min": 1, "max": places}

    def _choose_among(self, name: str, rows: models.QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean_participants(self) -> int:
        participants: int = self.cleaned_data["participants"]
        if not 1 <= participants <= self.places:
            raise forms.ValidationError(f"Indiquez de 1 à {self.places} personnes, les places du créneau.")
        return participants

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted, association = cleaned.get("request"), cleaned.get("association")
        if wanted and association and wanted.association_id != association.pk:
            self.add_error("request", "Choisissez une demande de la même association.")
        return cleaned


class ReasonForm(forms.Form):
    """Why a booking is declined or called off; the other side reads it."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="L’autre partie le lira.",
        error_messages={"required": "Indiquez un motif\u00a0: l’autre partie en a besoin."},
    )


class AssociationReportForm(forms.ModelForm[Report]):
    """How many people came, by national age bracket when known."""

    attended = forms.IntegerField(
        label="Personnes venues", min_value=0, max_value=500, help_text="Un nombre, jamais de noms."
    )

    class Meta:
        model = Report
        fields = ("attended", *Report.BRACKETS, "rating", "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bracket in Report.BRACKETS:
            self.fields[bracket].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for bracket in Report.BRACKETS:
            if cleaned.get(bracket) is None:
                cleaned[bracket] = 0
        total = sum(cleaned[bracket] for bracket in Report.BRACKETS)
        if "attended" in cleaned and total > cleaned["attended"]:
            self.add_error(
                "attended", f"Les tranches d’âge font {total}\u00a0: indiquez au moins ce nombre de personnes."
            )
        return cleaned


class CompanyReportForm(forms.ModelForm[Report]):
    """How many volunteers came, and for how long."""

    volunteers = forms.IntegerField(label="Bénévoles venus", min_value=0, max_value=100)
    hours = forms.DecimalField(
        label="Heures de chaque bénévole",
        min_value=0,
        max_value=12,
        decimal_places=2,
        initial=2,
        help_text="En moyenne.",
    )

    class Meta:
        model = Report
        fields = ("volunteers", "hours", "rating", "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}

    def save(self, commit: bool = True) -> Report:  # noqa: FBT001, FBT002  # Django's signature
        """The report with the minutes of all volunteers together."""
        minutes = self.cleaned_data["volunteers"] * self.cleaned_data["hours"] * 60
        self.instance.volunteer_minutes = int(minutes)
        return super().save(commit=commit)


def report_form(side: Side) -> type[AssociationReportForm | CompanyReportForm]:
    """The form of the side that reports."""
    return CompanyReportForm if side == Side.COMPANY else AssociationReportForm
