"""Whether a workshop is called off, or leaves its date, too late for the other side to find something else."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from workshops.models import Booking, Side, WaitlistEntry, Workshop

# To say that a date does not suit, of which one hears when it is near.
TIME_TO_REACT = dt.timedelta(days=1)


def is_late(booking: Booking, side: Side, at: dt.datetime) -> bool:
    """Whether this side leaves the other one too little time by ending a confirmed booking at this instant.

    Not where the other one itself gave the date, or its answer, when as little was left: that leaves a day to react,
    unless this side has said since that the workshop stands.
    """
    near = booking.slot.starts_at - dt.timedelta(hours=settings.LATE_CANCELLATION_HOURS)
    heard_at = booking.settled_at
    if at <= near or heard_at is None:
        return at > near
    reacts = near < heard_at and at <= heard_at + TIME_TO_REACT
    return not (reacts and _to_whom_it_is_new(booking) == side and not _has_agreed(booking, side))


def _to_whom_it_is_new(booking: Booking) -> Side | None:
    """Who heard of the date, or of the answer, when it was confirmed; None where the association just booked it.

    An evening that is booked at once tells its company nothing new: it published it, with the notice that it chose.
    """
    if booking.offered_at is not None:
        return Side.COMPANY
    if booking.expires_at is None:
        was = booking.moved_from
        return Side.ASSOCIATION if was is not None and was.state == Booking.State.CANCELLED_BY_COMPANY else None
    taken = WaitlistEntry.objects.filter(booking=booking, ended_at=booking.settled_at)
    return None if taken.exists() else Side.ASSOCIATION


def _has_agreed(booking: Booking, side: Side) -> bool:
    return Workshop.objects.filter(booking=booking, **{f"{side}_agreed_at__isnull": False}).exists()
