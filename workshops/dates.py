"""For which date of a workshop a link was written: the workshop may have left it since.

A link may be passed on, or kept by a program: it shows something for a month once there is nothing to answer.
"""

from __future__ import annotations

import datetime as dt

from workshops.models import Booking, Workshop

SHOWN_FOR = dt.timedelta(days=30)


def date_of(booking: Booking) -> int:
    """What a link says of it."""
    return int(booking.slot.starts_at.timestamp())


def is_long_over(booking: Booking, now: dt.datetime) -> bool:
    """Whether links that were written for the date of this booking show nothing any more."""
    return booking.slot.ends_at + SHOWN_FOR <= now


def booking_at(workshop: Workshop, date: int) -> Booking | None:
    """The booking by which a workshop is, or was, at this date; None when it never was."""
    if date_of(workshop.booking) == date:
        return workshop.booking
    former = Booking.objects.of_event(workshop.booking).in_calendars().with_everything().order_by("-pk")
    return next((one for one in former if date_of(one) == date), None)
