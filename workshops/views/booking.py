"""From a slot to a booking, or to a place in its queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in
from accounts.refusals import Refused, accepted
from associations.models import Association, AssociationQuerySet
from associations.views import managed_association
from companies.models import Slot
from territories import clock
from workshops import actions
from workshops.catalogue import alternatives, bookable
from workshops.forms import BookingForm, WaitlistForm
from workshops.models import WaitlistEntry


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Book a slot for one of the associations in whose name the person acts."""
    now = clock.now()
    wanted = Slot.objects.of_signatories(now).with_place().filter(pk=slot_id).first()
    if wanted is None:
        return _gone(request, slot_id)
    own = _own_associations(request)
    if own is None:
        return redirect("associations:create")
    form = BookingForm(request.POST or None, associations=own, places=wanted.places)
    if request.method == "POST" and form.is_valid():
        done = _try_to_book(request, wanted, form)
        if done is not None:
            return done
    elif not bookable(now).filter(pk=wanted.pk).exists():
        return _taken(request, wanted, "Ce créneau n’est plus disponible.", 1)
    context = {"slot": wanted, "form": form}
    return render(request, "workshops/booking_create.html", context, status=422 if form.is_bound else 200)


def _try_to_book(request: HttpRequest, wanted: Slot, form: BookingForm) -> HttpResponse | None:
    """The answer to a form in order; None when the form comes back with a word on it."""
    try:
        booking = actions.book_slot(slot_id=wanted.pk, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except actions.SlotTaken as refusal:
        return _taken(request, wanted, str(refusal), form.cleaned_data["participants"])
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return None
    return redirect("workshops:association_booking", booking.association.slug, booking.pk)


@require_http_methods(["GET", "POST"])
def wait(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Take a place in the queue of a taken slot."""
    now = clock.now()
    wanted = get_object_or_404(Slot.objects.of_signatories(now).with_place(), pk=slot_id)
    own = _own_associations(request)
    if own is None:
        return redirect("associations:create")
    form = WaitlistForm(request.POST or None, associations=own, places=wanted.places)
    if request.method == "POST" and form.is_valid() and accepted(form, lambda: _join_queue(request, wanted, form)):
        association = form.cleaned_data["association"]
        messages.success(request, "Vous êtes en liste d’attente. Si le créneau se libère, nous vous écrivons aussitôt.")
        return redirect("association", association.slug)
    ahead = WaitlistEntry.objects.filter(slot=wanted).standing().count()
    context = {"slot": wanted, "form": form, "ahead": ahead}
    return render(request, "workshops/waitlist_join.html", context, status=422 if form.is_bound else 200)


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


def _own_associations(request: HttpRequest) -> AssociationQuerySet | None:
    """Those in whose name the person acts; None, with a word on what to do, when there are none."""
    own = Association.objects.managed_by(signed_in(request)).order_by("name", "pk")
    if own.exists():
        return own
    messages.info(request, "Pour réserver, inscrivez d’abord votre association.")
    return None


def _gone(request: HttpRequest, slot_id: int) -> HttpResponse:
    """The company is no signatory (any more): who is about to book is told, with other slots, and nothing is shown."""
    slot = get_object_or_404(Slot.objects.with_place(), pk=slot_id)
    if request.method != "POST":
        raise Http404
    others = alternatives(slot, now=clock.now(), places=1)
    context = {"slot": None, "message": "Ce créneau n’est plus proposé.", "others": others}
    return render(request, "workshops/slot_taken.html", context, status=409)


def _taken(request: HttpRequest, wanted: Slot, message: str, participants: int) -> HttpResponse:
    """409: somebody was faster; the next best slots stand on the page."""
    now = clock.now()
    context = {
        "slot": wanted,
        "message": message,
        "can_wait": Slot.objects.open(now).filter(pk=wanted.pk).exists(),
        "others": alternatives(wanted, now=now, places=participants),
    }
    return render(request, "workshops/slot_taken.html", context, status=409)
