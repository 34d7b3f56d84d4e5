"""The link by which a member says that a request still stands: it names the member."""

from __future__ import annotations

from accounts.member_links import MemberLink
from accounts.models import User
from associations.models import Request

LINK = MemberLink("associations.request", "associations:request_keep_by_link")


def keeping_path(request: Request, member: User) -> str:
    """The path of the page with the button."""
    return LINK.path(member, request.pk)


def kept_by(token: str) -> tuple[Request, User] | None:
    """The request and the member that a link means, while that person acts for the association; else None."""
    read = LINK.read(token, facts=1)
    if read is None:
        return None
    [number], person = read
    found = Request.objects.select_related("association", "commune").filter(pk=int(number)).first()
    return (found, person) if found is not None and person in found.association.managers() else None
