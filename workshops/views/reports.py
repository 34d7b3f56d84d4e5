"""What both sides report."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from accounts.refusals import Refused
from associations.views import managed_association
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.forms import report_form
from workshops.models import Booking, Side, Workshop
from workshops.views.bookings import booking_for, booking_of


@require_http_methods(["GET", "POST"])
def company_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    return _report(request, booking, Side.COMPANY, "workshops:company_booking", slug)


@require_http_methods(["GET", "POST"])
def association_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_for(managed_association(request, slug), booking_id)
    return _report(request, booking, Side.ASSOCIATION, "workshops:association_booking", slug)


def _report(request: HttpRequest, booking: Booking, side: Side, back: str, slug: str) -> HttpResponse:
    workshop = get_object_or_404(Workshop, booking=booking)
    form = report_form(side)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_workshop(
                workshop=workshop,
                report=form.save(commit=False),
                side=side,
                by=signed_in(request),
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Merci\u00a0! Votre compte rendu est enregistré.")
            return redirect(back, slug, booking.pk)
    context = {"booking": booking, "side": side.value, "form": form}
    return render(request, "workshops/report_create.html", context, status=422 if form.is_bound else 200)
