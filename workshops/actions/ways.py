"""A place is called otherwise since, is elsewhere, or one gets in otherwise: who comes is told, calendars follow."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest

from accounts.scans import one_by_one
from companies.models import Slot, SlotQuerySet, SlotVolunteer
from workshops import emails
from workshops.models import Booking, Workshop

# Who corrects one thing corrects another: they are told together.
SETTLES, LOOKED_BACK = dt.timedelta(minutes=5), dt.timedelta(days=30)


def tell_ways(now: dt.datetime) -> int:
    """Tell of what has changed. Returns of how many workshops, and of sites of evenings that are not booked."""
    return _tell_workshops(now) + _tell_evenings(now)


def _tell_workshops(now: dt.datetime) -> int:
    site, room = "booking__slot__room__site__way_changed_at", "booking__slot__room__way_changed_at"
    coming = Workshop.objects.planned().filter(
        _lately(site, room, now), booking__state=Booking.State.CONFIRMED, booking__slot__ends_at__gt=now
    )
    changed = coming.annotate(changed_at=Greatest(site, room)).filter(
        changed_at__gt=Coalesce("booking__way_told_at", "booking__settled_at"), changed_at__lte=now - SETTLES
    )
    found = list(changed.order_by("pk").values_list("booking", "changed_at"))
    return one_by_one(found, lambda one: _tell_workshop(*one, now))


def _lately(site: str, room: str, now: dt.datetime) -> Q:
    recent = (now - LOOKED_BACK, now - SETTLES)
    return Q(**{f"{site}__range": recent}) | Q(**{f"{room}__range": recent})


def _tell_workshop(booking_id: int, changed_at: dt.datetime, now: dt.datetime) -> bool:
    """Once for each change: the events of the two sides and of the volunteers take their next sequence with it."""
    # The slot before its booking, as whoever moves it or calls it off.
    own = Slot.objects.filter(pk__in=Booking.objects.filter(pk=booking_id).values("slot"))
    own.hold()
    untold = Q(way_told_at=None) | Q(way_told_at__lt=changed_at)
    here = Booking.objects.filter(untold, pk=booking_id, state=Booking.State.CONFIRMED)
    if not here.update(way_told_at=changed_at, sequence=F("sequence") + 1):
        return False
    own.update(way_told_at=changed_at, sequence=F("sequence") + 1)
    workshop = Workshop.objects.with_everything().get(booking=booking_id)
    emails.workshop_way_changed(workshop=workshop, changed_at=changed_at, now=now)
    return True


def _tell_evenings(now: dt.datetime) -> int:
    """The same of what nobody has booked: the event of a free slot follows, and that of who has promised to come."""
    sites = _changed_evenings(now).order_by("room__site").values_list("room__site", flat=True).distinct()
    return one_by_one(list(sites), lambda site: _tell_site(site, now))


def _changed_evenings(now: dt.datetime) -> SlotQuerySet:
    site, room = "room__site__way_changed_at", "room__way_changed_at"
    booked = Booking.objects.agreed().filter(slot=OuterRef("pk"))
    coming = Slot.objects.filter(_lately(site, room, now), ~Exists(booked), state=Slot.State.OPEN, starts_at__gt=now)
    return coming.annotate(changed_at=Greatest(site, room)).filter(
        changed_at__gt=Coalesce("way_told_at", "created_at"), changed_at__lte=now - SETTLES
    )


def _tell_site(site: int, now: dt.datetime) -> bool:
    held = _changed_evenings(now).filter(room__site=site).hold()
    # What was booked while it was waited for is told as a workshop.
    evenings = [slot.pk for slot in _changed_evenings(now).filter(pk__in=held)]
    Slot.objects.filter(pk__in=evenings).update(way_told_at=now - SETTLES, sequence=F("sequence") + 1)
    promises = SlotVolunteer.objects.filter(slot__in=evenings, volunteer__is_active=True).with_place()
    for _, own in groupby(promises.order_by("volunteer", "starts_at", "pk"), key=attrgetter("volunteer_id")):
        emails.promises_elsewhere(promises=list(own), now=now)
    return bool(evenings)
