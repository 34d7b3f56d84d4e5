"""A room, a site or a company closes at once: works, a sale, an accident. Nobody finds the door closed unwarned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from associations.models import Request
from companies import actions as companies
from companies.models import Availability, AvailabilityQuerySet, Room, Site, Slot, SlotQuerySet, SlotVolunteer
from workshops.actions.cancelling import cancel_booking, refuse_all
from workshops.models import Booking, Reason, Side, WaitlistEntry


class Hanging(NamedTuple):
    """All that hangs on some rooms from now on."""

    rooms: list[Room]
    series: list[Availability]
    free: list[Slot]
    waiting: list[Booking]
    queued: list[WaitlistEntry]
    booked: list[Booking]
    volunteers: list[User]


def hanging_on(*, rooms: QuerySet[Room], now: dt.datetime) -> Hanging:
    """What closing these rooms would end, and whom it would concern."""
    coming = _coming(rooms, now)
    there = Booking.objects.filter(slot__in=coming).with_everything().order_by("slot__starts_at", "pk")
    booked = list(there.agreed())
    queued = WaitlistEntry.objects.select_related("association", "slot")
    promises = SlotVolunteer.objects.filter(slot__in=coming)
    return Hanging(
        rooms=list(rooms.select_related("site").order_by("site__name", "name", "pk")),
        series=list(_series(rooms, now).select_related("room__site").order_by("room__name", "pk")),
        free=list(coming.exclude(pk__in=[one.slot_id for one in booked]).with_place().order_by("starts_at", "pk")),
        waiting=list(there.waiting(now)),
        queued=list(queued.waiting().filter(slot__in=coming).order_by("slot__starts_at", "pk")),
        booked=booked,
        volunteers=list(User.objects.filter(pk__in=promises.values("volunteer")).order_by("name", "pk")),
    )


@transaction.atomic
def close_places(*, rooms: QuerySet[Room], sites: QuerySet[Site], reason: str, by: User, now: dt.datetime) -> Hanging:
    """End all series, cancel what is booked, take back what is free, tell everybody with other slots, and archive.

    `rooms` are those in use, with all rooms of `sites`. What was held there before stays as it is.
    """
    companies.hold_places(rooms=rooms, sites=sites)
    # Before the dates are read: a series that is being extended has made its own by then.
    ended = list(_series(rooms, now))
    companies.cut_series(series=Availability.objects.unfinished(now).filter(room__in=rooms), from_date=now.date())
    slots = list(_coming(rooms, now).with_place().select_for_update(no_key=True, of=("self",)).order_by("pk"))
    hanging = hanging_on(rooms=rooms, now=now)._replace(series=ended)
    _hold_requests(hanging.booked)
    held = {booking.slot_id for booking in hanging.booked}
    # Free dates go first, and each cancelled date at once: none of them is offered in the place of another.
    free = [slot for slot in slots if slot.pk not in held]
    companies.withdraw_slots(slots=free, by=by, now=now, reason=reason)
    for booking in hanging.booked:
        cancel_booking(
            booking=booking, side=Side.COMPANY, code=Reason.CLOSED, reason=reason, by=by, now=now, reopens=False
        )
        companies.withdraw_slots(slots=[booking.slot], by=by, now=now, reason=reason)
    refuse_all(slots, code=Reason.CLOSED, reason=reason, by=by, now=now)
    companies.archive_places(rooms=rooms, sites=sites, now=now)
    return hanging


def _hold_requests(bookings: Iterable[Booking]) -> None:
    """All in one order: another company may close at the same moment, with bookings for the same requests."""
    answered = {booking.request_id for booking in bookings if booking.request_id}
    list(Request.objects.select_for_update(no_key=True).filter(pk__in=answered).order_by("pk"))


def _coming(rooms: QuerySet[Room], now: dt.datetime) -> SlotQuerySet:
    return Slot.objects.filter(room__in=rooms, state=Slot.State.OPEN, starts_at__gt=now)


def _series(rooms: QuerySet[Room], now: dt.datetime) -> AvailabilityQuerySet:
    return Availability.objects.coming(now).filter(room__in=rooms)
