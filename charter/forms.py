"""The act of signing, as typed."""

from django import forms

from charter.models import Signature


class SignatureForm(forms.ModelForm[Signature]):
    """Who signs, in what capacity, and the explicit act."""

    agreed = forms.BooleanField(
        label="J’ai lu la charte et je m’engage au nom de mon entreprise.",
        error_messages={"required": "Cochez la case pour signer."},
    )

    class Meta:
        model = Signature
        fields = ("signatory_name", "signatory_capacity")
