"""The link by which a member says that a workshop still stands: it names the member, the side and the date."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from workshops.models import Side, Workshop


def agreement_path(workshop: Workshop, side: Side, member: User) -> str:
    """The path of the page with the button."""
    token = _signer().sign(f"{workshop.pk}-{_date(workshop)}-{side}-{member.pk}")
    return reverse("workshops:agreement", args=[token])


def agreement_of(token: str) -> tuple[Workshop, Side, User] | None:
    """The workshop, side and member that a link means, while that person acts for the side; else None.

    A link of another date means nothing any more.
    """
    try:
        number, date, side, member = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    found = Workshop.objects.with_everything().filter(pk=int(number)).first()
    person = User.objects.filter(pk=int(member), is_active=True).first()
    if found is None or person is None or int(date) != _date(found):
        return None
    booking = found.booking
    own = booking.slot.room.site.company if side == Side.COMPANY else booking.association
    return (found, Side(side), person) if person in own.managers() else None


def _date(workshop: Workshop) -> int:
    return int(workshop.booking.slot.starts_at.timestamp())


def _signer() -> Signer:
    return Signer(salt="workshops.agreement", sep=".")
