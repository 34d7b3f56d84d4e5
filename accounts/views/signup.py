"""Opening an account: allauth's page, which asks for a proof of work and keeps a daily count."""

from typing import Any

from allauth.account.views import SignupView
from django import forms
from django.conf import settings
from django.http import HttpResponse

from accounts.actions.signups import admit_signup
from accounts.forms import Trap
from accounts.refusals import Refused
from territories import clock


class SignUp(SignupView):  # type: ignore[misc]  # allauth ships no types
    """The trap is allauth's; the style that it writes into the page is not, our policy forbids it."""

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        """The form, whose trap hides by the style sheet."""
        form: forms.Form = super().get_form(form_class)
        form.fields[settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD].widget = Trap()
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Count the sign-up, then let allauth go on. What falls into the trap writes to nobody."""
        given: dict[str, Any] = form.cleaned_data
        if not given[settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD]:
            try:
                admit_signup(email=given["email"], proof=given["proof"], now=clock.now())
            except Refused as refusal:
                form.add_error(refusal.field, str(refusal))
                answer: HttpResponse = self.form_invalid(form)
                return answer
        done: HttpResponse = super().form_valid(form)
        return done
