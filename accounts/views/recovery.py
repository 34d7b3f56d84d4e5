"""Operators let somebody in again whose second factor is lost."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import recovery as actions
from accounts.gates import operators_only
from accounts.identity import signed_in
from accounts.models import User
from accounts.models.recovery import FactorRecovery
from accounts.refusals import Refused
from territories import clock


class RecoveryForm(forms.Form):
    """Whose factors to remove, and how the person was recognised."""

    email = forms.EmailField(label="Adresse du compte")
    reason = forms.CharField(
        label="Comment vous avez reconnu la personne",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple\u00a0: appelée au numéro de son employeur.",
    )

    def clean_email(self) -> User:
        user = User.objects.filter(email=self.cleaned_data["email"].lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError("Aucun compte n’a cette adresse.")
        return user


@require_http_methods(["GET", "POST"])
@operators_only
def recoveries(request: HttpRequest) -> HttpResponse:
    """What waits for a second operator, and a form to ask."""
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, now = signed_in(request), clock.now()
        try:
            actions.open_recovery(user=form.cleaned_data["email"], reason=form.cleaned_data["reason"], by=by, now=now)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, "La demande est ouverte\u00a0: une autre personne de l’exploitation la confirme.")
            return redirect("recoveries")
    waiting = FactorRecovery.objects.open(clock.now()).select_related("user", "opened_by")
    context = {"form": form, "waiting": waiting}
    return render(request, "accounts/recovery_list.html", context, status=422 if form.is_bound else 200)


@require_POST
@operators_only
def confirm(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """Confirm what another operator asked."""
    recovery = get_object_or_404(FactorRecovery.objects.select_related("user"), pk=recovery_id)
    try:
        actions.confirm_recovery(recovery=recovery, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Les seconds facteurs de {recovery.user} sont retirés.")
    return redirect("recoveries")
