"""The public catalogue: which slots can be booked at this instant. The query decides, nothing is stored."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef

from accounts.prepared import ANY_TIME, Prepared
from companies.models import Slot, SlotQuerySet
from workshops.models import Booking, WaitlistEntry

NEARBY_KM, ALTERNATIVES = 30, 3
FIRST_DAYS = dt.timedelta(days=3)
EVER = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


def bookable(now: dt.datetime) -> SlotQuerySet:
    """Slots that anybody may still ask for: free, and nobody queues for them."""
    return free(now).filter(~Exists(WaitlistEntry.objects.filter(slot=OuterRef("pk"), state="waiting")))


def free(now: dt.datetime) -> SlotQuerySet:
    """Slots that are open, in time, of a signatory, and not taken: whoever queues for one comes before others."""
    return Slot.objects.open(now).filter(~Exists(Booking.objects.live(now).filter(slot=OuterRef("pk"))))


def alternatives(slot: Slot, *, now: dt.datetime, places: int) -> list[Slot]:
    """The next best slots when this one is gone: big enough, close by, soonest first; three at most.

    Close by means at most 30 km from the site of the lost slot. Where doors are many, the first days hold them, and
    what is to come later is not gone through.
    """
    site = slot.room.site
    around = {"latitude": site.latitude, "longitude": site.longitude}
    soon = _NEXT_BEST(slot=slot.pk, now=now, until=now + FIRST_DAYS, places=places, **around)
    if len(soon) == ALTERNATIVES:
        return soon
    return _NEXT_BEST(slot=slot.pk, now=now, until=EVER, places=places, **around)


def close_by(*, slot: int, now: dt.datetime, places: int, latitude: float, longitude: float) -> SlotQuerySet:
    """Other slots than this one, around a point (degrees), that are big enough, soonest first."""
    big_enough = bookable(now).filter(places__gte=places).exclude(pk=slot)
    nearby = big_enough.near(latitude=latitude, longitude=longitude, kilometres=NEARBY_KM)
    return nearby.with_place().order_by("starts_at", F("distance_km"), "pk")


def _next_best(*, until: dt.datetime, latitude: float, longitude: float, **wanted: Any) -> SlotQuerySet:
    """Chosen by their numbers alone: whole rows of all that is close by are not carried through a sort."""
    near = close_by(latitude=latitude, longitude=longitude, **wanted).filter(starts_at__lt=until)
    best = near.values("pk")[:ALTERNATIVES]
    found = Slot.objects.filter(pk__in=best).near(latitude=latitude, longitude=longitude, kilometres=NEARBY_KM)
    return found.with_place().order_by("starts_at", F("distance_km"), "pk")


_NEXT_BEST = Prepared(_next_best, slot=-1, now=ANY_TIME, until=EVER, places=32_001, latitude=-0.1, longitude=-0.2)
