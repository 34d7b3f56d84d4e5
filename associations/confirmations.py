"""The link by which a member says that a request still stands: it names the member."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from associations.models import Request


def keeping_path(request: Request, member: User) -> str:
    """The path of the page with the button."""
    return reverse("associations:request_keep_by_link", args=[_signer().sign(f"{request.pk}-{member.pk}")])


def kept_by(token: str) -> tuple[Request, User] | None:
    """The request and the member that a link means, while that person acts for the association; else None."""
    try:
        number, member = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    found = Request.objects.select_related("association", "commune").filter(pk=int(number)).first()
    person = User.objects.filter(pk=int(member), is_active=True).first()
    if found is None or person is None or person not in found.association.managers():
        return None
    return found, person


def _signer() -> Signer:
    return Signer(salt="associations.request", sep=".")
