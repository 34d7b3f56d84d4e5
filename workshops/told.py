"""What the outbox calls things: the booking that a message is about, and the fact that it tells."""

from __future__ import annotations

from workshops.models import Booking, Side


def about(booking: Booking) -> str:
    """What all mails of one booking have in common: they are looked at once more before they leave."""
    return f"booking:{booking.pk}"


def thread(booking: Booking) -> str:
    """Wherever the workshop was moved since, its mails stand in one thread."""
    return f"booking:{booking.event}"


def fact(template: str, booking: Booking) -> str:
    """Of this booking, at this date: a key without the person who is told."""
    return f"{template}:{booking.pk}:{booking.slot.starts_at:%Y%m%dT%H%MZ}"


def names_of(sides: list[Side], booking: Booking) -> list[str]:
    """Of the organisations on these sides."""
    names = {Side.COMPANY: booking.slot.room.site.company.name, Side.ASSOCIATION: booking.association.name}
    return [names[side] for side in sides]
