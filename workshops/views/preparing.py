"""Preparing a workshop: what the association says of it, what both sides write, and the sheet for the door."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused, accepted, refusal_of
from associations.views import managed_association
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.forms import NoteForm, PrepareForm
from workshops.models import Booking, Side, Workshop
from workshops.readiness import at_the_site
from workshops.views.bookings import booking_for, booking_of, booking_page, if_heard
from workshops.views.moved import led_on, moved_to, read_again, workshop_of

# Some bring somebody along.
SPARE_LINES = 4


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """Title, topics, level, material, and the number of visitors."""
    booking = booking_for(managed_association(request, slug), booking_id)
    workshop = workshop_of(booking)
    if workshop is None:
        return _prepare_where_it_is(request, booking)
    status = 422 if request.method == "POST" else 200
    if refusal := refusal_of(lambda: actions.check_to_come(workshop, clock.now())):
        context = {"booking": booking, "refusal": refusal}
        return render(request, "workshops/workshop_prepare.html", context, status=status)
    form, now = PrepareForm(request.POST or None, instance=workshop, asked=_asked(workshop)), clock.now()
    sent = request.method == "POST" and form.is_valid()
    if sent and accepted(form, lambda: _prepare(request, workshop, form, now)):
        messages.success(request, "C’est enregistré.")
        if workshop.visitors_told_at == now and workshop.visitors_told_late:
            messages.warning(request, f"{_asked(workshop)} C’est tard\u00a0: appelez-la aussi.")
        return redirect("workshops:association_booking", slug, booking.pk)
    return render(request, "workshops/workshop_prepare.html", {"booking": booking, "form": form}, status=status)


def _prepare(request: HttpRequest, workshop: Workshop, form: PrepareForm, now: dt.datetime) -> None:
    actions.prepare_workshop(workshop=workshop, by=signed_in(request), now=now, **form.party())


def _prepare_where_it_is(request: HttpRequest, booking: Booking) -> HttpResponse:
    """What was typed for a date that the workshop has left, on the page of its new one; else the way there."""
    there = moved_to(booking, Side.ASSOCIATION)
    workshop = workshop_of(there) if there is not None else None
    if there is None or workshop is None or request.method == "GET":
        return led_on(request, booking, Side.ASSOCIATION)
    if refusal_of(lambda: actions.check_to_come(workshop, clock.now())):
        return led_on(request, booking, Side.ASSOCIATION)
    form = PrepareForm(request.POST, instance=workshop, asked=_asked(workshop))
    read_again(form, there)
    return render(request, "workshops/workshop_prepare.html", {"booking": there, "form": form}, status=422)


def _asked(workshop: Workshop) -> str:
    """Until when the site wants to know how many come."""
    slot, due_at = workshop.booking.slot, workshop.visitors_due_at
    if due_at is not None:
        return f"L’entreprise demande le nombre de visiteurs avant le {at_the_site(slot, due_at)}."
    kit = getattr(slot.room.site, "access_kit", None)
    return "L’entreprise le demande\u00a0: dites-le dès que possible." if kit and kit.visitor_count_hours else ""


@require_POST
def company_note(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    return _note(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def association_note(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_for(managed_association(request, slug), booking_id)
    return _note(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _note(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    """None when the other side has it; else the page with a word on what is wrong."""
    workshop, now = workshop_of(booking), clock.now()
    if workshop is None:
        return _note_where_it_is(request, booking, side)
    form = NoteForm(request.POST, today=booking.slot.is_today(now))
    if not form.is_valid():
        return booking_page(request, booking, side, note_form=form)
    try:
        actions.write_note(workshop=workshop, side=side, by=signed_in(request), now=now, **form.cleaned_data)
    except Refused as refusal:
        if workshop_of(booking) is None:
            return _note_where_it_is(request, booking, side)
        form.add_error(refusal.field, str(refusal))
        return booking_page(request, booking, side, note_form=form)
    messages.success(request, if_heard("Votre message est envoyé.", side.other, booking) or "Votre message est gardé.")
    return None


def _note_where_it_is(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse:
    """What was written on the page of a date that the workshop has left, on that of its new one, to be sent from there.

    Where nothing takes place any more nothing is kept.
    """
    there = moved_to(booking, side)
    if there is None or there.is_cancelled:
        return led_on(request, booking, side)
    form = NoteForm(request.POST, today=there.slot.is_today(clock.now()))
    read_again(form, there)
    return booking_page(request, there, side, note_form=form)


@require_safe
def company_sheet(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    return _sheet(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_safe
def association_sheet(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_for(managed_association(request, slug), booking_id)
    return _sheet(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _sheet(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    """A blank sheet to print: names are written by hand, and never enter the portal. None when it is off."""
    workshop = workshop_of(booking)
    if workshop is None:
        return led_on(request, booking, side)
    if workshop.state == Workshop.State.CANCELLED:
        messages.error(request, "Cet atelier est annulé\u00a0: il n’a pas de feuille d’arrivée.")
        return None
    lines = range((workshop.visitors or booking.participants) + SPARE_LINES)
    return render(request, "workshops/arrival_sheet.html", {"booking": booking, "lines": lines})
