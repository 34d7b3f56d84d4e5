"""What a moderator decides, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django_stubs_ext import StrOrPromise


class DecisionForm(forms.Form):
    """An outcome; all but an approval say why. Each outcome has a button of its own."""

    outcome = forms.ChoiceField()
    reason_code = forms.ChoiceField(label="Motif", required=False)
    reason = forms.CharField(
        label="Explication",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’organisation la lira. Obligatoire, sauf pour approuver.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        outcomes: tuple[str, ...],
        reasons: Sequence[tuple[str, StrOrPromise]],
        fields: dict[str, str] | None = None,
    ) -> None:
        """`fields` are the parts of the file, by name and label, beside which a remark may be written."""
        super().__init__(data)
        self.fields["outcome"].choices = [(outcome, outcome) for outcome in outcomes]  # type: ignore[attr-defined]
        self.fields["reason_code"].choices = [("", "Choisissez pour refuser"), *reasons]  # type: ignore[attr-defined]
        if not reasons:
            del self.fields["reason_code"]
        self.coded = bool(reasons)
        self.remarks = {name: f"remark_{name}" for name in fields or {}}
        for name, label in (fields or {}).items():
            self.fields[f"remark_{name}"] = forms.CharField(label=label, max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome", "")
        if outcome and outcome != "approve" and not cleaned.get("reason"):
            self.add_error("reason", "Indiquez un motif\u00a0: l’organisation doit savoir quoi faire.")
        if outcome == "refuse" and self.coded and not cleaned.get("reason_code"):
            self.add_error("reason_code", "Choisissez le motif du refus.")
        cleaned["comments"] = {name: cleaned[field] for name, field in self.remarks.items() if cleaned.get(field)}
        return cleaned

    def remark_fields(self) -> list[forms.BoundField]:
        """The inputs of the remarks, to be shown together."""
        return [self[field] for field in self.remarks.values()]


class DisputeForm(DecisionForm):
    """What happened; both sides read why it is believed."""

    def __init__(self, data: Any = None, **fields: Any) -> None:
        super().__init__(data, **fields)
        self.fields["reason"].required = True
        self.fields["reason"].help_text = "Les deux côtés la lisent\u00a0: dites ce qui vous a convaincu."


class MergeForm(forms.Form):
    """Which organisation is taken into the one of the file."""

    absorb = forms.IntegerField(min_value=1)


class SearchForm(forms.Form):
    """An organisation by its name or number."""

    q = forms.CharField(label="Nom, SIREN ou RNA", max_length=200)


BATCH_AT_MOST = 100


class BatchForm(forms.Form):
    """Files to approve together, as `kind-number`."""

    chosen = forms.MultipleChoiceField(error_messages={"required": "Cochez au moins un dossier."})

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        typed = forms.MultipleHiddenInput().value_from_datadict(self.data, self.files, "chosen") or ()
        readable = [one for one in typed if re.fullmatch(r"[a-z]+-[0-9]{1,18}", one)][:BATCH_AT_MOST]
        self.fields["chosen"].choices = [(one, one) for one in readable]  # type: ignore[attr-defined]

    def clean_chosen(self) -> list[tuple[str, int]]:
        """Kinds and numbers."""
        parted = [one.partition("-") for one in self.cleaned_data["chosen"]]
        return [(kind, int(number)) for kind, _, number in parted]
