"""The public catalogue: which slots can be booked at this instant. The query decides, nothing is stored."""

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, DurationField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Greatest

from associations.models import Association
from companies.models import BookingMode, Slot, SlotQuerySet
from territories.prepared import ANY_TIME, Prepared
from workshops.models import Booking, BookingQuerySet, WaitlistEntry

NEARBY_KM, ALTERNATIVES = 30, 3
# How far around a place one may look, in kilometres.
RADII = [(str(radius), f"{radius}\u00a0km") for radius in (5, 10, 20, 30, 50, 100)]
# The number of no association.
NOBODY = 0
# How far around the time that was wanted one looks, then at all times: where two days hold no three, a year holds few.
SPANS = (dt.timedelta(days=1), None)
NEVER, EVER = dt.datetime(1, 1, 2, tzinfo=dt.UTC), dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


def bookable(now: dt.datetime) -> SlotQuerySet:
    """Slots that anybody may still ask for: free, and nobody queues for them."""
    return Slot.objects.open(now).filter(left(now))


def left(now: dt.datetime) -> Q:
    """Whether nobody has taken a slot, nor queues for it."""
    return _untaken(now) & ~Q(Exists(WaitlistEntry.objects.filter(slot=OuterRef("pk"), state="waiting")))


def _untaken(now: dt.datetime) -> Q:
    return ~Q(Exists(Booking.objects.live(now).filter(slot=OuterRef("pk"))))


def unasked(now: dt.datetime) -> SlotQuerySet:
    """Those of them for which nobody waits for an answer: their company may propose them itself."""
    return bookable(now).filter(~_asked_for(now))


def asked_for(now: dt.datetime) -> SlotQuerySet:
    """Those of them for which somebody does: their company answers before it proposes them."""
    return bookable(now).filter(_asked_for(now))


def _asked_for(now: dt.datetime) -> Exists:
    return Exists(Booking.objects.awaiting_answer(now).filter(slot=OuterRef("pk")))


def free(now: dt.datetime) -> SlotQuerySet:
    """Slots that are open, of a signatory, and not taken: whoever queues for one comes before others.

    Past their notice as well, with some hours left: their company had prepared for an evening that was called off.
    """
    return Slot.objects.open_or_given_back(now, ahead=WaitlistEntry.SERVED_AHEAD).filter(_untaken(now))


def due(now: dt.datetime) -> SlotQuerySet:
    """Those of them for which somebody queues, and nobody waits for the company's answer."""
    queued = WaitlistEntry.objects.waiting().filter(slot=OuterRef("pk"))
    return free(now).filter(Exists(queued), ~Exists(Booking.objects.awaiting_answer(now).filter(slot=OuterRef("pk"))))


def claims(now: dt.datetime) -> BookingQuerySet:
    """Bookings that take their slot, and requests for one that wait for an answer."""
    return Booking.objects.live(now) | Booking.objects.awaiting_answer(now)


def apart(booking: Booking, now: dt.datetime) -> Q:
    """Whether a slot leaves a group in one place at a time: no other session of its course is then, or asks to be."""
    if booking.course_id is None:
        return Q()
    others = claims(now).filter(course=booking.course_id).exclude(pk=booking.pk).exclude(moved_from=booking.pk)
    return ~Q(Exists(others.filter(slot__starts_at__lt=OuterRef("ends_at"), slot__ends_at__gt=OuterRef("starts_at"))))


def instead_of(claim: Booking | WaitlistEntry, now: dt.datetime) -> list[Slot]:
    """The same for who asked for a slot, or waited for it, and does not get it."""
    asked = claim.request.computers if claim.request is not None else claim.participants
    own = {"places": claim.participants, "association": claim.association_id}
    return alternatives(claim.slot, now=now, computers=asked, **own)


def alternatives(
    slot: Slot, *, now: dt.datetime, places: int, computers: int | None = None, association: int = NOBODY
) -> list[Slot]:
    """What comes nearest to a slot that is gone: big enough, close by, about the same time; three at most.

    With as many computers as are asked for, one for each person if that is not known, or as many as it had itself. What
    the association of this number has asked for already is none of it, nor is what it may not book before it is
    admitted. Close by means at most 30 km from its site. Where doors are many, the days around it hold them, and what
    is farther away in time is not gone through.
    """
    site = slot.room.site
    given = {
        "latitude": site.latitude,
        "longitude": site.longitude,
        "association": association,
        "places": places,
        "computers": min(slot.computers, places if computers is None else computers),
    }
    found: list[Slot] = []
    for span in SPANS:
        since, until = _around(slot.starts_at, span)
        found = _NEAREST(slot=slot.pk, now=now, wanted=slot.starts_at, since=since, until=until, **given)
        if len(found) == ALTERNATIVES:
            break
    return found


def _around(instant: dt.datetime, span: dt.timedelta | None) -> tuple[dt.datetime, dt.datetime]:
    return (instant - span, instant + span) if span else (NEVER, EVER)


def close_by(*, slot: int, now: dt.datetime, places: int, latitude: float, longitude: float) -> SlotQuerySet:
    """Other slots than this one, around a point (degrees), that are big enough, soonest first."""
    big_enough = bookable(now).filter(places__gte=places).exclude(pk=slot)
    nearby = big_enough.near(latitude=latitude, longitude=longitude, kilometres=NEARBY_KM)
    return nearby.with_place().order_by("starts_at", F("distance_km"), "pk")


def _nearest(
    *,
    wanted: dt.datetime,
    since: dt.datetime,
    until: dt.datetime,
    latitude: float,
    longitude: float,
    association: int,
    computers: int,
    now: dt.datetime,
    **free: Any,
) -> SlotQuerySet:
    """Chosen by their numbers alone: whole rows of all that is close by are not carried through a sort."""
    later = F("starts_at") - Value(wanted, DateTimeField())
    earlier = Value(wanted, DateTimeField()) - F("starts_at")
    order = (Greatest(later, earlier, output_field=DurationField()), F("distance_km"), "pk")
    near = close_by(latitude=latitude, longitude=longitude, now=now, **free).filter(starts_at__range=(since, until))
    asked = Booking.objects.awaiting_answer(now).filter(slot=OuterRef("pk"), association=association)
    new = Association.objects.filter(pk=association, state=Association.State.NEW)
    elsewhere = Booking.objects.ahead(now).filter(
        association=association, slot__starts_at__lt=OuterRef("ends_at"), slot__ends_at__gt=OuterRef("starts_at")
    )
    allowed = Q(booking_mode=BookingMode.ON_APPROVAL) | ~Exists(new)
    may = near.filter(allowed, ~Exists(asked), ~Exists(elsewhere), computers__gte=computers)
    best = may.order_by(*order).values("pk")[:ALTERNATIVES]
    found = Slot.objects.filter(pk__in=best).near(latitude=latitude, longitude=longitude, kilometres=NEARBY_KM)
    return found.with_place().order_by(*order)


_NEAREST = Prepared(
    _nearest,
    slot=-1,
    now=ANY_TIME,
    wanted=dt.datetime(2, 1, 1, tzinfo=dt.UTC),
    since=NEVER,
    until=EVER,
    places=32_001,
    computers=32_002,
    association=-2,
    latitude=-0.1,
    longitude=-0.2,
)
