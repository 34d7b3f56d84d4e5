"""From a slot to a booking, or to a place in its queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in
from accounts.models import User
from accounts.refusals import Refused, accepted, refusal_of
from associations.models import Association, AssociationQuerySet, Request
from associations.views import managed_association
from companies.models import Slot, SlotQuerySet
from territories import clock
from territories.prepared import ANY_TIME, Prepared
from workshops import actions
from workshops.catalogue import NOBODY, alternatives, bookable, claims, due
from workshops.forms import BookingForm, WaitlistForm
from workshops.models import Booking, WaitlistEntry
from workshops.proposed import FOR, request_said
from workshops.views.for_whom import to_register

# A smallint of PostgreSQL.
MOST_PEOPLE = 32_767
GONE = "Ce créneau n’est plus disponible."
IN_TURN = "Ce créneau s’est libéré\u00a0: il revient d’abord à qui l’attend, dans l’ordre de la liste."


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Book a slot for one of the associations in whose name the person acts.

    A form in order reads the slot under its lock alone; the page is for all others.
    """
    now = clock.now()
    own = _OWN_WITH_OFFER(user=signed_in(request).pk, slot=slot_id, now=now, key=_key_sent(request))
    if own and own[0].places is None:
        return gone(request, slot_id, association=_named(request, own))
    if not own:
        return _without_association(request, slot_id, now)
    # Who comes too late does not wait in the line of those who race, unless the form was sent before.
    if not own[0].is_bookable and not own[0].was_sent:
        return _theirs(request, own) or _too_late(request, slot_id, own)
    if request.method == "GET" and all(one.booking is not None for one in own) and (theirs := _theirs(request, own)):
        return theirs
    sent = request.POST if request.method == "POST" else None
    form = BookingForm(sent, associations=own, places=own[0].places, wanted=proposed_for(request, own))
    done = _try_to_book(request, slot_id, form) if form.is_valid() else None
    if done is not None:
        return done
    slot = _proposed(slot_id, now)
    refusal = "" if slot is None or form.is_bound else refusal_of_all(slot, own)
    context = {"slot": slot, "form": form, "refusal": refusal, "own": own}
    return render(request, "workshops/booking_create.html", context, status=422 if form.is_bound else 200)


def proposed_for(request: HttpRequest, own: Sequence[Association]) -> Request | None:
    """The open request of one of these associations that the address names; of any other nothing is told."""
    number = request_said(request.GET.get(FOR)) if request.method == "GET" else None
    if number is None:
        return None
    return Request.objects.filter(pk=number, association__in=own, state=Request.State.OPEN).first()


def _theirs(request: HttpRequest, own: list[Any]) -> HttpResponse | None:
    """Who has the slot already, and came back to the form, is shown what they have."""
    holder = next((one for one in own if one.booking is not None), None)
    if holder is None:
        return None
    messages.info(request, "Vous avez déjà une réservation de ce créneau\u00a0: la voici.")
    return redirect("workshops:association_booking", holder.slug, holder.booking)


def refusal_of_all(slot: Slot, own: Sequence[Association]) -> str:
    """Why none of these associations may book such a slot, in words to the first; nothing when one may."""
    refusals = [refusal_of(partial(actions.check_admission, slot, one)) for one in own]
    return refusals[0] if refusals and all(refusals) else ""


def _named(request: HttpRequest, own: Sequence[Association]) -> int:
    """The number of the association that the form names, else of the first."""
    named = request.POST.get("association", "")
    return next((one.pk for one in own if str(one.pk) == named), own[0].pk)


def _proposed(slot_id: int, now: dt.datetime) -> Slot | None:
    return Slot.objects.of_signatories(now).with_place().filter(pk=slot_id).first()


def _without_association(request: HttpRequest, slot_id: int, now: dt.datetime) -> HttpResponse:
    """A form of somebody who acts for no association, or not any more."""
    if _proposed(slot_id, now) is None:
        return gone(request, slot_id)
    return to_register(request, "réserver")


def _key_sent(request: HttpRequest) -> UUID:
    """The key of the form; of one without any, which the form refuses, a new one."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _participants_sent(request: HttpRequest) -> int:
    """For how many other slots are looked for; one, when the form does not say."""
    said = request.POST.get("participants", "")[:6]
    return min(max(int(said), 1), MOST_PEOPLE) if said.isascii() and said.isdecimal() else 1


def _try_to_book(request: HttpRequest, slot_id: int, form: BookingForm) -> HttpResponse | None:
    """The answer to a form in order; None when the form comes back with a word on it."""
    association = form.cleaned_data["association"]
    if not association.was_sent and (theirs := _theirs(request, [association])):
        return theirs
    try:
        booking = actions.book_slot(slot_id=slot_id, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except actions.SlotTaken as refusal:
        places, topic = form.cleaned_data["participants"], form.cleaned_data["topic"]
        return _taken(request, slot_id, str(refusal), association=association.pk, places=places, topic=topic)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return None
    return redirect("workshops:association_booking", booking.association.slug, booking.pk)


@require_http_methods(["GET", "POST"])
def wait(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Take a place in the queue of a taken slot."""
    now = clock.now()
    wanted = _proposed(slot_id, now)
    if wanted is None:
        return gone(request, slot_id)
    own = list(_managed(request))
    if not own:
        return to_register(request, "réserver")
    if request.method == "POST" and (turn := _serve(request, slot_id, now)):
        return turn
    proposed = proposed_for(request, own)
    form = WaitlistForm(request.POST or None, associations=own, places=wanted.places, wanted=proposed)
    if request.method == "POST" and form.is_valid() and accepted(form, lambda: _join_queue(request, wanted, form)):
        association = form.cleaned_data["association"]
        messages.success(request, "Vous êtes en liste d’attente. Si le créneau se libère, nous vous écrivons aussitôt.")
        return redirect("association", association.slug)
    ahead = WaitlistEntry.objects.filter(slot=wanted).standing(now).count()
    refusal = "" if form.is_bound else refusal_of_all(wanted, own) or _had_by_all(wanted, own, now)
    free = not form.is_bound and bookable(now).filter(pk=slot_id).exists()
    until = WaitlistEntry.answered_until(wanted)
    context = {"slot": wanted, "form": form, "ahead": ahead, "until": until, "refusal": refusal, "free": free}
    context |= {"is_due": bool(refusal) and due(now).filter(pk=slot_id).exists() and _waits(own, wanted)}
    return render(request, "workshops/waitlist_join.html", context, status=422 if form.is_bound else 200)


def _serve(request: HttpRequest, slot_id: int, now: dt.datetime) -> HttpResponse | None:
    """To who sends a form for a slot that came free unnoted: the first in its queue has it held, whoever asks.

    None for who may go on and queue behind it.
    """
    held = actions.offer_next(slot_id=slot_id, now=now)
    own = list(_managed(request))
    if held is not None and held.association in own:
        messages.success(request, "C’est votre tour\u00a0: ce créneau est gardé pour vous.")
        return redirect("workshops:association_booking", held.association.slug, held.pk)
    if held is not None and _waits(own, held.slot):
        messages.info(request, IN_TURN)
        return redirect("workshops:waitlist_join", slot_id)
    return None


def _waits(own: Sequence[Association], slot: Slot) -> bool:
    return WaitlistEntry.objects.waiting().filter(slot=slot, association__in=own).exists()


def _had_by_all(slot: Slot, own: Sequence[Association], now: dt.datetime) -> str:
    """That all of these associations have the slot or wait for it already; nothing where one does not."""
    here = {"slot": slot, "association__in": own}
    waiting = set(WaitlistEntry.objects.standing(now).filter(**here).values_list("association", flat=True))
    having = set(claims(now).filter(**here).values_list("association", flat=True))
    left = {one.pk for one in own} - waiting - having
    return "" if left else "Votre association a déjà demandé ce créneau, ou l’attend déjà."


def _join_queue(request: HttpRequest, wanted: Slot, form: WaitlistForm) -> WaitlistEntry:
    return actions.join_waitlist(slot_id=wanted.pk, by=signed_in(request), now=clock.now(), **form.cleaned_data)


@require_POST
def wait_no_more(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Give the place in a queue up."""
    association = managed_association(request, slug)
    entry = get_object_or_404(WaitlistEntry.objects.filter(association=association), pk=entry_id)
    try:
        actions.leave_waitlist(entry=entry, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Vous n’attendez plus ce créneau.")
    return redirect("association", association.slug)


def _managed(request: HttpRequest) -> AssociationQuerySet:
    """The associations in whose name the person acts."""
    return Association.objects.managed_by(signed_in(request)).order_by("name", "pk")


def _own_with_offer(*, user: int, slot: int, now: dt.datetime, key: UUID) -> AssociationQuerySet:
    """The same, each with what the slot offers: its `places`, none when its company is no signatory; `is_bookable`.

    `was_sent` when a booking was made of the form that has this key; `booking` is the one by which they have the
    slot, or wait for an answer.
    """
    offered = Slot.objects.of_signatories(now).filter(pk=slot).values("places")
    booked = claims(now).filter(slot=slot, association=OuterRef("pk")).values("pk")
    offers = {
        "booking": Subquery(booked),
        "places": Subquery(offered),
        "is_bookable": Exists(bookable(now).filter(pk=slot)),
        "was_sent": Exists(Booking.objects.filter(key=key)),
    }
    own: AssociationQuerySet = Association.objects.managed_by(User(pk=user)).annotate(**offers)
    return own.order_by("name", "pk")


_OWN_WITH_OFFER = Prepared(_own_with_offer, user=-1, slot=-2, now=ANY_TIME, key=UUID(int=0))


def gone(request: HttpRequest, slot_id: int, *, association: int = NOBODY) -> HttpResponse:
    """The company is no signatory (any more): one is told, with other slots, and nothing is shown of this one."""
    slot = get_object_or_404(Slot.objects.with_place(), pk=slot_id)
    context = {
        "slot": None,
        "message": "Ce créneau n’est plus proposé.",
        "others": alternatives(slot, now=clock.now(), places=1, association=association),
        "asked": "",
        "wanted": request_said(request.GET.get(FOR)),
    }
    status = 409 if request.method == "POST" else 404
    return render(request, "workshops/slot_taken.html", context, status=status)


def _too_late(request: HttpRequest, slot_id: int, own: Sequence[Association]) -> HttpResponse:
    """To who sent a form that may say anything, or none."""
    places, topic = _participants_sent(request), request.POST.get("topic", "")
    return _taken(request, slot_id, GONE, association=_named(request, own), places=places, topic=topic)


def _taken(
    request: HttpRequest, slot_id: int, message: str, *, association: int, places: int, topic: str
) -> HttpResponse:
    """409: somebody was faster; the next best slots stand on the page, else a request that is filled alike."""
    now = clock.now()
    (wanted,) = _LOST(slot=slot_id, now=now)
    if request.method == "POST" and wanted.is_due:  # type: ignore[attr-defined]
        if turn := _serve(request, slot_id, now):
            return turn
        message = IN_TURN
    context = {
        "slot": wanted,
        "message": message,
        "wanted": request_said(request.POST.get("request") or request.GET.get(FOR)),
        "can_wait": wanted.is_open,  # type: ignore[attr-defined]
        "others": alternatives(wanted, now=now, places=places, association=association),
        "asked": urlencode({"lieu": wanted.room.site.commune.link, "places": places, "theme": topic}),
    }
    return render(request, "workshops/slot_taken.html", context, status=409)


def _lost(*, slot: int, now: dt.datetime) -> SlotQuerySet:
    is_open = Exists(Slot.objects.open(now).filter(pk=OuterRef("pk")))
    is_due = Exists(due(now).filter(pk=OuterRef("pk")))
    return Slot.objects.with_place().filter(pk=slot).annotate(is_open=is_open, is_due=is_due)


_LOST = Prepared(_lost, slot=-1, now=ANY_TIME)
