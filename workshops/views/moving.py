"""Another date for a confirmed workshop."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from accounts.refusals import accepted, refusal_of
from associations.views import managed_association
from companies.models import Slot, SlotQuerySet
from companies.views import managed_company
from territories import clock
from territories.keys import key_in
from workshops import actions
from workshops.catalogue import apart, bookable, claims, close_by
from workshops.filters import day_begins
from workshops.forms import AroundForm, MoveForm
from workshops.models import Booking, Side
from workshops.views.bookings import booking_for, booking_of, if_heard
from workshops.views.moved import led_on, moved_to

# On either side of the day that is wanted.
BEFORE, AFTER = 8, 12


@require_http_methods(["GET", "POST"])
def association_move(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """To any slot close by that is large enough."""
    booking = booking_for(managed_association(request, slug), booking_id)
    slot, site, now = booking.slot_id, booking.slot.room.site, clock.now()
    around = {"latitude": site.latitude, "longitude": site.longitude}
    near = close_by(slot=slot, now=now, places=booking.participants, **around)
    offered = _Offered(request, booking, near, anywhere=bookable(now))
    return _move(request, booking, Side.ASSOCIATION, offered, "workshops:association_booking", slug)


@require_http_methods(["GET", "POST"])
def company_move(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """To another of the company's own slots."""
    company = managed_company(request, slug)
    booking = booking_of(company, booking_id)
    own = bookable(clock.now()).of_company(company).filter(places__gte=booking.participants).with_place()
    offered = _Offered(request, booking, own, anywhere=own)
    return _move(request, booking, Side.COMPANY, offered, "workshops:company_booking", slug)


class _Offered:
    """Slots around a day: the workshop's own, or the one that is asked for (`autour`).

    And the slot that was chosen here or elsewhere (`slot`, `vers`), however far it is, while it is to be had.
    """

    def __init__(self, request: HttpRequest, booking: Booking, near: SlotQuerySet, *, anywhere: SlotQuerySet) -> None:
        self.form = AroundForm(request.GET if "autour" in request.GET else None)
        day = self.form.cleaned_data["autour"] if self.form.is_valid() else None
        now = clock.now()
        asked = claims(now).filter(association=booking.association).values("slot")
        fit = near.exclude(pk__in=asked).filter(apart(booking, now))
        found = _around(fit, day_begins(day) if day else booking.slot.starts_at)
        if chosen := key_in(request.POST.get("slot") or request.GET.get("vers") or ""):
            fitting = anywhere.filter(places__gte=booking.participants).exclude(pk=booking.slot_id)
            found += fitting.with_place().filter(pk=chosen)
        self.slots = sorted({slot.pk: slot for slot in found}.values(), key=lambda slot: (slot.starts_at, slot.pk))


def _around(slots: SlotQuerySet, instant: dt.datetime) -> list[Slot]:
    """The nearest in time, on both sides of an instant."""
    earlier = slots.filter(starts_at__lt=instant).order_by("-starts_at", "-pk")[:BEFORE]
    return [*earlier, *slots.filter(starts_at__gte=instant).order_by("starts_at", "pk")[:AFTER]]


def _move(request: HttpRequest, booking: Booking, side: Side, offered: _Offered, back: str, slug: str) -> HttpResponse:
    sent = key_in(request.POST.get("slot", ""))
    again = actions.moved_to(booking, sent, clock.now()) if sent else None
    if again is not None:
        # Sent twice: what was chosen is not to be had any more.
        return redirect(back, slug, again.pk)
    if moved_to(booking, side) is not None:
        return led_on(request, booking, side)
    off = refusal_of(lambda: actions.check_to_move(booking, side, clock.now()))
    if off and request.method == "GET":
        messages.info(request, off)
        return redirect(back, slug, booking.pk)
    form = MoveForm(request.POST or None, slots=offered.slots)
    moved: list[Booking] = []

    def act() -> None:
        slot_id, by = int(form.cleaned_data["slot"]), signed_in(request)
        moved.append(actions.move_workshop(booking=booking, slot_id=slot_id, side=side, by=by, now=clock.now()))

    if request.method == "POST" and form.is_valid() and accepted(form, act):
        [other] = moved
        done = f"L’atelier est déplacé.{if_heard(' Tout le monde est prévenu.', side.other, other)}"
        asked = "Votre demande est envoyée. L’atelier reste à sa date jusqu’à la réponse de l’entreprise."
        messages.success(request, done if other.is_confirmed else asked)
        return redirect(back, slug, other.pk)
    context = {"booking": booking, "side": side.value, "offered": offered, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "workshops/workshop_move.html", context, status=status)
