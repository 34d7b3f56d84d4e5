"""The link by which a member says that a series still stands: it names the member, and one due date of the series."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from companies.models import Availability


def confirmation_path(availability: Availability, member: User) -> str:
    """The path of the page with the button."""
    token = _signer().sign(f"{availability.pk}-{_due(availability)}-{member.pk}")
    return reverse("companies:series_confirm", args=[token])


def confirmation_of(token: str) -> tuple[Availability, User] | None:
    """The series and the member that a link means, while that person acts for the company; else None.

    A link goes on working once the series is confirmed: pressed twice, it does no harm.
    """
    try:
        series, _due_at, member = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    found = Availability.objects.select_related("room__site__company").filter(pk=int(series)).first()
    person = User.objects.filter(pk=int(member), is_active=True).first()
    if found is None or person is None or person not in found.room.site.company.managers():
        return None
    return found, person


def _due(availability: Availability) -> int:
    return int(availability.confirm_by_at.timestamp()) if availability.confirm_by_at else 0


def _signer() -> Signer:
    return Signer(salt="companies.series", sep=".")
