"""A booking and the life of its workshop, seen by both sides."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused, refusal_of
from associations.models import Association
from associations.views import managed_association
from companies.models import Company, Slot, SlotVolunteer
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.catalogue import instead_of
from workshops.forms import HoldForm, NoteForm, ReasonForm
from workshops.kept import match_of, why_kept
from workshops.lateness import is_late
from workshops.ledger import ledger
from workshops.models import Booking, Reason, Side, Workshop, WorkshopNote
from workshops.readiness import lights
from workshops.unheard import unheard_by
from workshops.views.moved import led_on, moved_to, workshop_of

# From when on the door, and who answers, come first.
TONIGHT = dt.timedelta(hours=2)


@require_safe
def company_booking(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """A booking as the company sees it."""
    company = managed_company(request, slug)
    booking = booking_of(company, booking_id)
    return booking_page(request, booking, Side.COMPANY)


@require_safe
def association_booking(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """A booking as the association sees it, with the access kit once confirmed."""
    association = managed_association(request, slug)
    booking = booking_for(association, booking_id)
    return booking_page(request, booking, Side.ASSOCIATION)


def booking_of(company: Company, booking_id: int) -> Booking:
    """One of the company's, as it stands now."""
    own = Booking.objects.of_company(company).with_everything().select_related("course")
    return get_object_or_404(own, pk=booking_id).as_of(clock.now())


def booking_for(association: Association, booking_id: int) -> Booking:
    """One of the association's, as it stands now."""
    own = Booking.objects.of_association(association).with_everything().select_related("course")
    return get_object_or_404(own, pk=booking_id).as_of(clock.now())


def booking_page(
    request: HttpRequest,
    booking: Booking,
    side: Side,
    *,
    form: ReasonForm | None = None,
    note_form: NoteForm | None = None,
) -> HttpResponse:
    """The page of a booking; 422 when one of its forms comes back with a word on it."""
    now = clock.now()
    workshop = Workshop.objects.filter(booking=booking).select_related("dispute").prefetch_related("reports").first()
    context = {
        "booking": booking,
        "side": side.value,
        "begun": booking.slot.starts_at <= now,
        "over": booking.slot.ends_at <= now,
        "today": booking.slot.is_today(now),
        "told": ledger(booking),
        "unheard": unheard_by(side.other, booking),
        "notes": WorkshopNote.objects.about(booking),
        "form": form or ReasonForm(side=side),
        "note_form": note_form or NoteForm(today=booking.slot.is_today(now)),
        "would_be_late": booking.is_confirmed and is_late(booking, side, now),
        "room_taken": booking.is_pending
        and side == Side.COMPANY
        and Booking.objects.filter(pk=booking.pk).on_taken_rooms(now).exists(),
        "move": _asked_move(booking, now) if booking.is_confirmed else None,
        "moved_to": moved_to(booking, side),
        "stays": booking.still_there if side == Side.ASSOCIATION or booking.is_pending else None,
        "why": why_kept(match_of(booking, now)) if booking.is_held and side == Side.ASSOCIATION else [],
        "tonight": booking.is_confirmed and booking.slot.starts_at - TONIGHT <= now < booking.slot.ends_at,
    }
    if side == Side.ASSOCIATION and booking.state in Booking.ENDED and booking.reason_code != Reason.MOVED:
        context |= _of_end(booking, now)
    if workshop is not None:
        workshop.booking = booking
        context |= _of_workshop(workshop, side, now)
    return render(request, "workshops/booking_detail.html", context, status=422 if form or note_form else 200)


def _of_end(booking: Booking, now: dt.datetime) -> dict[str, object]:
    """Where an association goes on whose booking came to nothing: to other slots, and to the search."""
    asked = {"lieu": booking.slot.room.site.commune.link, "places": booking.participants}
    others = instead_of(booking, now) if booking.slot.starts_at > now else []
    return {"ended": True, "others": others, "search": urlencode(asked)}


def _asked_move(booking: Booking, now: dt.datetime) -> Booking | None:
    """Where the association asked to move the workshop, while the answer is waited for."""
    return Booking.objects.filter(moved_from=booking).awaiting_answer(now).with_everything().first()


def _of_workshop(workshop: Workshop, side: Side, now: dt.datetime) -> dict[str, object]:
    booking = workshop.booking
    joined = SlotVolunteer.objects.filter(slot=booking.slot, stand_in_asked_at=None).count()
    taken = Booking.objects.filter(pk=booking.pk).on_taken_rooms(now).exists()
    reports = {report.side: report for report in workshop.reports.all()}
    own = reports.get(side)
    return {
        "workshop": workshop,
        "writes": not refusal_of(lambda: actions.check_to_write(workshop, now)),
        "own_report": own,
        "other_report": reports.get(side.other),
        "may_correct": own is not None and not refusal_of(lambda: actions.check_to_correct(own, now)),
        "gives_figures": own is not None and actions.gives_its_figures(own),
        # The words of the mail about it; the rest of what the other side wrote is for moderators.
        "told_absent": next((one for one in reports.values() if one.absent == side), None),
        "asked": workshop.agreement_asked_at is not None and workshop.agreed_at(side) is None,
        "lights": lights(workshop, joined=joined, room_taken=taken),
    }


@require_POST
def booking_accept(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    try:
        actions.accept_booking(booking=booking, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        told = if_heard(" L’association reçoit les indications d’accès.", Side.ASSOCIATION, booking)
        messages.success(request, f"La réservation est confirmée.{told}")
    return redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def booking_decline(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    form = ReasonForm(request.POST, side=Side.COMPANY)
    if not form.is_valid():
        return booking_page(request, booking, Side.COMPANY, form=form)
    try:
        actions.decline_booking(booking=booking, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except actions.Unexplained as refusal:
        form.add_error("reason", str(refusal))
        return booking_page(request, booking, Side.COMPANY, form=form)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        told = if_heard(" L’association est prévenue.", Side.ASSOCIATION, booking)
        messages.success(request, f"La demande est déclinée.{told}{_of_slot(booking, Side.COMPANY)}")
    return redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def company_cancel(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    return _cancel(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def association_cancel(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_for(managed_association(request, slug), booking_id)
    return _cancel(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _cancel(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    if moved_to(booking, side) is not None:
        return led_on(request, booking, side)
    form = ReasonForm(request.POST, side=side)
    if not form.is_valid():
        return booking_page(request, booking, side, form=form)
    try:
        actions.cancel_booking(booking=booking, side=side, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except actions.Unexplained as refusal:
        form.add_error("reason", str(refusal))
        return booking_page(request, booking, side, form=form)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        told = if_heard(" Tout le monde est prévenu.", side.other, booking)
        messages.success(request, f"La réservation est annulée.{told}{_of_slot(booking, side)}")
    return None


def if_heard(said: str, side: Side, booking: Booking) -> str:
    """That a side was told something, unless nobody there could be: the page of the booking says which."""
    return "" if unheard_by(side, booking) else said


def _of_slot(booking: Booking, side: Side) -> str:
    """What became of the slot, to the company whose it is."""
    slot = Slot.objects.get(pk=booking.slot_id)
    if side != Side.COMPANY:
        return ""
    if slot.state == Slot.State.WITHDRAWN:
        return " Le créneau est retiré."
    return " Le créneau reste proposé." if Slot.objects.open(clock.now()).filter(pk=slot.pk).exists() else ""


@require_POST
def hold_answer(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """Take the slot that is held for the association, or let it go to the next."""
    booking = booking_for(managed_association(request, slug), booking_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez l’un des deux boutons.")
        return redirect("workshops:association_booking", slug, booking.pk)
    taken = form.cleaned_data["answer"] == "yes"
    answer = actions.take_hold if taken else actions.refuse_hold
    try:
        answer(booking=booking, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le créneau est à vous." if booking.is_confirmed else "C’est noté.")
    return redirect("workshops:association_booking", slug, booking.pk)


@require_POST
def company_agree(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_of(managed_company(request, slug), booking_id)
    return _agree(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def association_agree(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = booking_for(managed_association(request, slug), booking_id)
    return _agree(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _agree(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    workshop = workshop_of(booking)
    if workshop is None:
        return led_on(request, booking, side)
    try:
        actions.agree_workshop(workshop=workshop, side=side, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "C’est noté\u00a0: l’atelier tient.")
    return None
