"""Who signs what a company and an association agree on."""

from __future__ import annotations

from django import forms

from accounts.names import NAME, visible


class HostingSignForm(forms.Form):
    """The person, in what capacity, and the explicit act; `read` says what they had before them."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(
        label="Votre nom",
        max_length=120,
        validators=NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    capacity = forms.CharField(
        label="En qualité de",
        max_length=120,
        validators=[visible],
        help_text="Par exemple\u00a0: présidente, directeur.",
    )
    agreed = forms.BooleanField(
        label="J’ai lu la convention, et j’ai le pouvoir d’engager mon organisation.",
        error_messages={"required": "Cochez la case pour signer."},
    )
