"""The public catalogue: which slots can be booked at this instant. The query decides, nothing is stored."""

import datetime as dt

from django.db.models import Exists, F, OuterRef

from companies.models import Slot, SlotQuerySet
from workshops.models import Booking, WaitlistEntry

NEARBY_KM = 30


def bookable(now: dt.datetime) -> SlotQuerySet:
    """Slots that anybody may still ask for: free, and nobody queues for them."""
    return free(now).filter(~Exists(WaitlistEntry.objects.filter(slot=OuterRef("pk"), state="waiting")))


def free(now: dt.datetime) -> SlotQuerySet:
    """Slots that are open, in time, of a signatory, and not taken: whoever queues for one comes before others."""
    return Slot.objects.open(now).filter(~Exists(Booking.objects.live(now).filter(slot=OuterRef("pk"))))


def alternatives(slot: Slot, *, now: dt.datetime, places: int, count: int = 3) -> list[Slot]:
    """The next best slots when this one is gone: big enough, close by, soonest first.

    Close by means at most 30 km from the site of the lost slot.
    """
    site = slot.room.site
    nearby = (
        bookable(now)
        .filter(places__gte=places)
        .exclude(pk=slot.pk)
        .near(latitude=site.latitude, longitude=site.longitude, kilometres=NEARBY_KM)
    )
    return list(nearby.with_place().order_by("starts_at", F("distance_km"), "pk")[:count])
