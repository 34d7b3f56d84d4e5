"""Addresses for volunteers: the code at the door of a workshop, and the link of a mail that asks them to come."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.member_links import MemberLink
from accounts.models import User
from workshops.models import Workshop

COMING = MemberLink("workshops.coming", "workshops:volunteer_answer")


def presence_path(workshop: Workshop) -> str:
    """The path behind the code at the door: the same for everybody, who signs in first."""
    return reverse("workshops:presence", args=[_signer().sign(f"{workshop.pk}-{_date(workshop)}")])


def presence_of(token: str) -> Workshop | None:
    """The workshop that a code means; a code of another date means nothing any more."""
    try:
        number, date = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    return _workshop(int(number), int(date))


def coming_path(workshop: Workshop, member: User) -> str:
    """The path of the page where a member says that they come."""
    return COMING.path(member, workshop.pk, _date(workshop))


def coming_of(token: str) -> tuple[Workshop, User] | None:
    """The workshop and the member that a link means, while they are of the company; else None."""
    read = COMING.read(token, facts=2)
    if read is None:
        return None
    (number, date), person = read
    found = _workshop(int(number), int(date))
    if found is None or not found.booking.slot.room.site.company.memberships.filter(user=person).exists():
        return None
    return found, person


def _workshop(number: int, date: int) -> Workshop | None:
    found = Workshop.objects.with_everything().filter(pk=number).first()
    return found if found is not None and _date(found) == date else None


def _date(workshop: Workshop) -> int:
    return int(workshop.booking.slot.starts_at.timestamp())


def _signer() -> Signer:
    return Signer(salt="workshops.presence", sep=".")
