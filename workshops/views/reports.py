"""What both sides report."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from accounts.refusals import accepted, refusal_of
from associations.views import managed_association
from companies.models import SlotVolunteer
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.actions import Presence
from workshops.forms import AssociationReportForm, CompanyReportForm, PresenceForm, ReportForm
from workshops.models import Attendance, Booking, Report, Side, Workshop
from workshops.views.bookings import booking_for, booking_of
from workshops.views.moved import led_on, workshop_of

# In the address of the form that corrects a report.
CORRECTING = "corriger"
THANKS = "Merci\u00a0! Votre compte rendu est enregistré."
CORRECTED = "Votre compte rendu est corrigé."


@require_http_methods(["GET", "POST"])
def company_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """Who of the volunteers came and for how long, and how it went."""
    booking = booking_of(managed_company(request, slug), booking_id)
    workshop = workshop_of(booking)
    if workshop is None:
        return led_on(request, booking, Side.COMPANY)
    corrected = _to_correct(request, workshop, Side.COMPANY)
    if refused := _nothing_to_write(request, workshop, booking, Side.COMPANY, corrected):
        return refused
    data = request.POST or None
    presences = _presences(workshop, booking, data)
    noted = [one.said for one in presences if one.said]
    form = CompanyReportForm(data, booking=booking, report=corrected, noted=noted)
    return _report(request, booking, workshop, form, presences)


@require_http_methods(["GET", "POST"])
def association_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """How many came, what was taught, and how it went."""
    booking = booking_for(managed_association(request, slug), booking_id)
    workshop = workshop_of(booking)
    if workshop is None:
        return led_on(request, booking, Side.ASSOCIATION)
    corrected = _to_correct(request, workshop, Side.ASSOCIATION)
    if refused := _nothing_to_write(request, workshop, booking, Side.ASSOCIATION, corrected):
        return refused
    data = request.POST or None
    form = AssociationReportForm(data, booking=booking, report=corrected, planned=workshop.topics)
    return _report(request, booking, workshop, form)


def _to_correct(request: HttpRequest, workshop: Workshop, side: Side) -> Report | None:
    """The report of this side, where the address says that it is corrected."""
    written = workshop.reports.select_related("workshop__dispute").filter(side=side)
    return written.first() if CORRECTING in request.GET else None


def _nothing_to_write(
    request: HttpRequest, workshop: Workshop, booking: Booking, side: Side, corrected: Report | None
) -> HttpResponse | None:
    """No form before the workshop is over, nor for one that is off or reported; said before anybody fills one in."""
    now = clock.now()
    if corrected is None:
        refusal = refusal_of(lambda: actions.check_to_report(workshop, side, now))
    else:
        refusal = refusal_of(lambda: actions.check_to_correct(corrected, now))
    if not refusal or request.method == "POST":
        return None
    context = {"booking": booking, "refusal": refusal, "back": _booking_url(booking, side)}
    return render(request, "workshops/report_create.html", context)


def _presences(workshop: Workshop, booking: Booking, data: object) -> list[PresenceForm]:
    said = {one.volunteer_id: one for one in Attendance.objects.filter(workshop=workshop)}
    promises = SlotVolunteer.objects.filter(slot=booking.slot).select_related("volunteer")
    return [PresenceForm(data, promise=one, said=said.get(one.volunteer_id)) for one in promises]


def _report(
    request: HttpRequest,
    booking: Booking,
    workshop: Workshop,
    form: ReportForm,
    presences: Sequence[PresenceForm] = (),
) -> HttpResponse:
    side = Side.COMPANY if form.OTHER == Side.ASSOCIATION else Side.ASSOCIATION
    if form.is_bound and all([form.is_valid(), *(one.is_valid() for one in presences)]):
        told = [one.presence() for one in presences]
        if accepted(form, lambda: _write(request, workshop, side, form, told)):
            messages.success(request, CORRECTED if form.corrects else THANKS)
            return redirect(_booking_url(booking, side))
    planned = workshop.topic_labels or [str(booking.get_topic_display())]
    context = {"booking": booking, "side": side.value, "form": form, "presences": presences, "planned": planned}
    context["wrong"] = [one for one in presences if one.errors]
    return render(request, "workshops/report_create.html", context, status=422 if form.is_bound else 200)


def _write(
    request: HttpRequest, workshop: Workshop, side: Side, form: ReportForm, presences: Sequence[Presence]
) -> None:
    report, by, now = form.save(commit=False), signed_in(request), clock.now()
    if form.corrects:
        actions.correct_report(report=report, presences=presences, by=by, now=now)
    else:
        actions.report_workshop(workshop=workshop, report=report, side=side, presences=presences, by=by, now=now)


def _booking_url(booking: Booking, side: Side) -> str:
    if side == Side.COMPANY:
        return reverse("workshops:company_booking", args=[booking.slot.room.site.company.slug, booking.pk])
    return reverse("workshops:association_booking", args=[booking.association.slug, booking.pk])
