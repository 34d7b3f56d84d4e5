"""Forms of the account pages."""

from django import forms


class SignupForm(forms.Form):
    """What we ask besides allauth's own fields."""

    name = forms.CharField(label="Votre prénom et votre nom", max_length=120)

    def signup(self, request: object, user: object) -> None:
        """Called by allauth with the account that it just made."""
