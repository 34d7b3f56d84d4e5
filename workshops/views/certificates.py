"""Certificates: asked for with a button, read as a PDF, verified by anybody who has the code."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies.models import Company
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.certificate import certificate_pdf, counted_since, facts, holder
from workshops.models import Certificate


@require_POST
def own_certificate(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """What one gave at a company in a year."""
    user = signed_in(request)
    company = get_object_or_404(Company, slug=slug)
    try:
        made = actions.certify(company=company, volunteer=user, year=year, by=user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workshops:volunteer_history")
    return redirect("workshops:certificate_pdf", made.code)


@require_POST
def company_certificate(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """What a company gave in a year."""
    company = managed_company(request, slug)
    try:
        made = actions.certify(company=company, volunteer=None, year=year, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workshops:company_history", slug)
    return redirect("workshops:certificate_pdf", made.code)


@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate on paper, for its volunteer and for who acts for the company."""
    found, user = _certificate(code), signed_in(request)
    if found is None or not (found.volunteer_id == user.pk or user in found.company.managers()):
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="attestation-{found.year}-{found.code}.pdf"'}
    return HttpResponse(certificate_pdf(found), content_type="application/pdf", headers=headers)


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a code certifies, to whoever has it."""
    found = _certificate(code)
    context: dict[str, object] = {"certificate": found, "code": code}
    if found is not None:
        less = None if found.superseded_at else counted_since(found, now=clock.now())
        context |= {"holder": holder(found), "facts": facts(found), "today": facts(found, less) if less else []}
    return render(request, "workshops/certificate.html", context, status=200 if found else 404)


def _certificate(code: str) -> Certificate | None:
    asked = code.upper().replace("\x00", "")
    return Certificate.objects.select_related("company", "volunteer").filter(code=asked).first()
