"""The link by which a member says that a workshop still stands: it names the member, the side and the date."""

from __future__ import annotations

from accounts.member_links import MemberLink
from accounts.models import User
from workshops.models import Side, Workshop

LINK = MemberLink("workshops.agreement", "workshops:agreement")


def agreement_path(workshop: Workshop, side: Side, member: User) -> str:
    """The path of the page with the button."""
    return LINK.path(member, workshop.pk, _date(workshop), side)


def agreement_of(token: str) -> tuple[Workshop, Side, User] | None:
    """The workshop, side and member that a link means, while that person acts for the side; else None.

    A link of another date means nothing any more.
    """
    read = LINK.read(token, facts=3)
    if read is None:
        return None
    (number, date, side), person = read
    found = Workshop.objects.with_everything().filter(pk=int(number)).first()
    if found is None or int(date) != _date(found):
        return None
    own = found.booking.slot.room.site.company if side == Side.COMPANY else found.booking.association
    return (found, Side(side), person) if person in own.managers() else None


def _date(workshop: Workshop) -> int:
    return int(workshop.booking.slot.starts_at.timestamp())
