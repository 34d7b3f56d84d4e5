"""For which date of a workshop a link was written: the workshop may have left it since."""

from __future__ import annotations

from workshops.models import Booking, Workshop


def date_of(booking: Booking) -> int:
    """What a link says of it."""
    return int(booking.slot.starts_at.timestamp())


def booking_at(workshop: Workshop, date: int) -> Booking | None:
    """The booking by which a workshop is, or was, at this date; None when it never was."""
    if date_of(workshop.booking) == date:
        return workshop.booking
    former = Booking.objects.of_event(workshop.booking).in_calendars().with_everything().order_by("-pk")
    return next((one for one in former if date_of(one) == date), None)
