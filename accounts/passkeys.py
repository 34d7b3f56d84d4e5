"""Allauth's forms of passkeys, with the words that it leaves in English."""

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms


class AddPasskeyForm(allauth_forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A new key, under a name that its owner will know again."""

    name = forms.CharField(label="Nom de la clé", required=False, max_length=100)


class RenamePasskeyForm(allauth_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a key."""

    name = forms.CharField(label="Nom de la clé", max_length=100)
