"""What is open, for everybody."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.identity import signed_in
from associations.models import Association, Request
from companies.models import Slot
from territories import clock
from workshops.catalogue import alternatives, bookable
from workshops.filters import SlotFilter
from workshops.models import Booking, BookingQuerySet, WaitlistEntry

SLOTS_A_PAGE = 20
MOVABLE_SHOWN = 3


@login_not_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Slots that can be booked now, for everybody."""
    slots = SlotFilter(request.GET, queryset=bookable(clock.now()).with_place())
    valid = slots.form.is_valid()
    found = slots.qs if valid else Slot.objects.none()
    page = Paginator(found, SLOTS_A_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": slots.form,
        "page": page,
        "query": kept.urlencode(),
        "place": slots.form.cleaned_data.get("lieu") if valid else None,
    }
    return render(request, "workshops/slot_search.html", context, status=200 if valid else 422)


@login_not_required
@require_GET
def slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    """A public slot: what, when, who welcomes. Taken meanwhile: says so, with the next best."""
    now = clock.now()
    shown = get_object_or_404(Slot.objects.of_signatories(now).with_place(), pk=slot_id)
    free = bookable(now).filter(pk=shown.pk).exists()
    context = {
        "slot": shown,
        "photos": shown.room.photos.all(),
        "free": free,
        "can_wait": not free and Slot.objects.open(now).filter(pk=shown.pk).exists(),
        "waiting": 0 if free else WaitlistEntry.objects.filter(slot=shown).standing().count(),
        "others": [] if free else alternatives(shown, now=now, places=1),
        "movable": _movable(request, shown, now) if free and request.user.is_authenticated else [],
    }
    return render(request, "workshops/slot_detail.html", context)


def _movable(request: HttpRequest, shown: Slot, now: dt.datetime) -> BookingQuerySet:
    """The next workshops of the person's associations that could go to this slot."""
    own = Booking.objects.filter(association__in=Association.objects.managed_by(signed_in(request)))
    coming = own.filter(state=Booking.State.CONFIRMED, slot__starts_at__gt=now, participants__lte=shown.places)
    return coming.with_everything().order_by("slot__starts_at", "pk")[:MOVABLE_SHOWN]


@login_not_required
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """What associations look for, without saying which association."""
    open_requests = Request.objects.open(clock.now()).select_related("commune__departement")
    page = Paginator(open_requests, 30).get_page(request.GET.get("page"))
    return render(request, "workshops/request_list.html", {"page": page})
