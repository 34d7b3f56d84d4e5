"""The link by which a member says that a workshop still stands: it names the member, the side and the date.

It shows something until a month after that date (`workshops.dates`).
"""

from __future__ import annotations

from accounts.member_links import MemberLink
from accounts.models import User
from workshops.dates import booking_at, date_of
from workshops.models import Booking, Side, Workshop

LINK = MemberLink("workshops.agreement", "workshops:agreement")


def agreement_path(workshop: Workshop, side: Side, member: User) -> str:
    """The path of the page with the button."""
    return LINK.path(member, workshop.pk, date_of(workshop.booking), side)


def agreement_of(token: str) -> tuple[Workshop, Booking, Side, User] | None:
    """The workshop, side and member that a link means, while that person acts for the side; else None.

    With the booking at the date of the link: another than that of the workshop once it is moved.
    """
    read = LINK.read(token, facts=3)
    if read is None:
        return None
    (number, date, side), person = read
    found = Workshop.objects.with_everything().filter(pk=int(number)).first()
    booking = booking_at(found, int(date)) if found is not None else None
    if found is None or booking is None:
        return None
    own = booking.slot.room.site.company if side == Side.COMPANY else booking.association
    return (found, booking, Side(side), person) if person in own.managers() else None
