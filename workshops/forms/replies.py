"""What an organisation answers where something counts against it."""

from __future__ import annotations

from django import forms


class ReplyForm(forms.Form):
    """The right of reply: a few words."""

    text = forms.CharField(
        label="Ce qui s’est passé, de votre côté",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez votre réponse en quelques mots."},
    )
