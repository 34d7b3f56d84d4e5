"""The link by which a member says that a series still stands: it names the member, and one due date of the series."""

from __future__ import annotations

from accounts.member_links import MemberLink
from accounts.models import User
from companies.models import Availability

LINK = MemberLink("companies.series", "companies:series_confirm")


def confirmation_path(availability: Availability, member: User) -> str:
    """The path of the page with the button."""
    due = int(availability.confirm_by_at.timestamp()) if availability.confirm_by_at else 0
    return LINK.path(member, availability.pk, due)


def confirmation_of(token: str) -> tuple[Availability, User] | None:
    """The series and the member that a link means, while that person acts for the company; else None.

    A link goes on working once the series is confirmed: pressed twice, it does no harm.
    """
    read = LINK.read(token, facts=2)
    if read is None:
        return None
    (number, _due_at), person = read
    found = Availability.objects.select_related("room__site__company").filter(pk=int(number)).first()
    return (found, person) if found is not None and person in found.room.site.company.managers() else None
