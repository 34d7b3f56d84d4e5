"""Forms of the pages that span apps."""

from typing import Any

from django import forms


class DecisionForm(forms.Form):
    """A moderator's decision; all but an approval say why."""

    OUTCOMES = (("approve", "Approuver"), ("changes", "Demander des compléments"), ("refuse", "Refuser"))

    outcome = forms.ChoiceField(label="Décision", choices=OUTCOMES, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’organisation le lira. Obligatoire, sauf pour approuver.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") in ("changes", "refuse") and not cleaned.get("reason"):
            self.add_error("reason", "Indiquez un motif\u00a0: l’organisation doit savoir quoi faire.")
        return cleaned
