"""What was opened, or sent by mail, before a workshop was moved leads to where it is now, in words."""

from __future__ import annotations

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from territories.wording import day_date, time_range
from workshops.models import Booking, Reason, Side, Workshop


def workshop_of(booking: Booking) -> Workshop | None:
    """The workshop of a booking; None of one that never had any, or whose workshop has left it."""
    workshop = Workshop.objects.filter(booking=booking).first()
    if workshop is not None:
        workshop.booking = booking
    return workshop


def moved_to(booking: Booking, side: Side) -> Booking | None:
    """Where the workshop was moved in the end; None to a company that it has left."""
    if booking.reason_code != Reason.MOVED:
        return None
    same = Booking.objects.of_event(booking).in_calendars()
    last = same.exclude(pk=booking.pk).with_everything().order_by("sequence", "pk").last()
    left = last is not None and last.slot.room.site.company_id != booking.slot.room.site.company_id
    return None if left and side == Side.COMPANY else last


def led_on(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse:
    """To the page of where the workshop is now; of what has none, to that of the booking."""
    there = moved_to(booking, side)
    if there is None:
        messages.info(request, "Aucun atelier n’est prévu à cette date.")
    else:
        messages.info(request, f"Cet atelier a été déplacé au {_when(there)}\u00a0: voici sa page.")
    shown = there or booking
    if side == Side.COMPANY:
        return redirect("workshops:company_booking", shown.slot.room.site.company.slug, shown.pk)
    return redirect("workshops:association_booking", shown.association.slug, shown.pk)


def read_again(form: BaseForm, there: Booking) -> None:
    """Have what was typed on the page of the former date read once more before it is sent."""
    form.is_valid()
    form.add_error(
        None, f"Cet atelier vient d’être déplacé au {_when(there)}\u00a0: relisez ce qui suit, puis envoyez-le."
    )


def former_date(request: HttpRequest, was: Booking, side: Side, *, back: str, label: str) -> HttpResponse:
    """The page of a link that was written for a date which the workshop has left."""
    context = {"was": was, "there": moved_to(was, side), "back": back, "label": label}
    return render(request, "workshops/former_date.html", context, status=409 if request.method == "POST" else 200)


def expired(request: HttpRequest) -> HttpResponse:
    """The page of a link by which nothing has been to answer for a month: what became of it is behind the login."""
    return render(request, "workshops/link_expired.html", status=410)


def _when(booking: Booking) -> str:
    slot = booking.slot
    return f"{day_date(slot.starts_on)}, {time_range(*slot.hours_local)}"
