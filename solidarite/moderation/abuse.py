"""What people bring to the moderators: reports of abuse, and appeals against a refusal."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions import files
from accounts.identity import signed_in
from accounts.models import AbuseReport, Appeal, Decision, User
from accounts.refusals import Refused
from associations.models import Association, Request
from charter.models import Signature
from companies.models import Company
from territories import clock

# No second slash and no backslash after the first, which browsers take for another site's name.
PATH_OF_OURS = r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*"


class AbuseForm(forms.ModelForm[AbuseReport]):
    """What is wrong with a page."""

    class Meta:
        model = AbuseReport
        fields = ("path", "reason", "message")
        labels = {"path": "Page concernée", "message": "Ce qui ne va pas"}
        widgets = {"message": forms.Textarea(attrs={"rows": 4})}

    def clean_path(self) -> str:
        """A path of this portal, and nothing else."""
        path: str = self.cleaned_data["path"].strip()
        if not re.fullmatch(PATH_OF_OURS, path):
            raise forms.ValidationError("Indiquez l’adresse d’une page de ce portail, à partir du «\u00a0/\u00a0».")
        return path


class AppealForm(forms.ModelForm[Appeal]):
    """Why a refusal should be looked at again."""

    class Meta:
        model = Appeal
        fields = ("message",)
        widgets = {"message": forms.Textarea(attrs={"rows": 5})}


@login_not_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Tell the moderators that a page is not what it should be. No account needed."""
    form = AbuseForm(request.POST or None, initial={"path": request.GET.get("page", "").replace("\x00", "")[:200]})
    if request.method == "POST" and form.is_valid():
        by = request.user if isinstance(request.user, User) else None
        try:
            files.report_abuse(**form.cleaned_data, by=by, now=clock.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Merci\u00a0! La modération regarde cette page.")
            return redirect("home")
    return render(request, "solidarite/report_abuse.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask for another look at the refusal of one's own file."""
    organisation, decision = _refusal(signed_in(request), kind, pk)
    made = Appeal.objects.filter(decision=decision).first()
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            files.appeal(
                decision=decision, message=form.cleaned_data["message"], by=signed_in(request), now=clock.now()
            )
        except Refused as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, "Votre recours est enregistré. Une autre personne regarde votre dossier.")
        return redirect("dashboard")
    context = {"organisation": organisation, "decision": decision, "made": made, "form": form}
    return render(request, "solidarite/appeal_create.html", context, status=422 if form.is_bound else 200)


def appeal_against(subject: Decision.Subject, pk: int) -> Appeal | None:
    """What was said against the last refusal of a file."""
    return Appeal.objects.filter(decision=Decision.objects.last_refusal(subject, pk)).first()


def _refusal(user: User, kind: str, pk: int) -> tuple[Any, Decision]:
    """The organisation and the last refusal of a file, for who answers for the organisation; others get 404.

    Who may post a request may appeal for it.
    """
    organisation: Any
    if kind == "signature":
        own = Signature.objects.filter(company__in=Company.objects.owned_by(user), state=Signature.State.REFUSED)
        own = own.exclude(company__in=Signature.objects.going_on().values("company"))
        organisation = get_object_or_404(own.select_related("company"), pk=pk).company
        subject = Decision.Subject.SIGNATURE
    elif kind == "association":
        refused = Association.objects.owned_by(user).filter(state=Association.State.REFUSED)
        organisation = get_object_or_404(refused, pk=pk)
        subject = Decision.Subject.ASSOCIATION
    elif kind == "request":
        hidden = Request.objects.filter(
            association__in=Association.objects.managed_by(user), state=Request.State.HIDDEN
        )
        organisation = get_object_or_404(hidden.select_related("association"), pk=pk).association
        subject = Decision.Subject.REQUEST
    else:
        raise Http404
    decision = Decision.objects.last_refusal(subject, pk)
    if decision is None:
        raise Http404
    return organisation, decision
