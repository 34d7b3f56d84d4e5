"""Addresses for volunteers: the code at the door of a workshop, and the link of a mail that asks them to come."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.member_links import MemberLink
from accounts.models import User
from workshops.dates import booking_at, date_of
from workshops.models import Booking, Workshop

COMING = MemberLink("workshops.coming", "workshops:volunteer_answer")


def presence_path(workshop: Workshop) -> str:
    """The path behind the code at the door: the same for everybody, who signs in first."""
    return reverse("workshops:presence", args=[_signer().sign(f"{workshop.pk}-{date_of(workshop.booking)}")])


def presence_of(token: str) -> tuple[Workshop, Booking] | None:
    """The workshop that a code means, and the booking at its date: another than the workshop's once that is moved."""
    try:
        number, date = _signer().unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    return _workshop(int(number), int(date))


def coming_path(workshop: Workshop, member: User) -> str:
    """The path of the page where a member says that they come."""
    return COMING.path(member, workshop.pk, date_of(workshop.booking))


def coming_of(token: str) -> tuple[Workshop, Booking, User] | None:
    """The same for a link, and the member that it means, while they are of the company of that date; else None."""
    read = COMING.read(token, facts=2)
    if read is None:
        return None
    (number, date), person = read
    found = _workshop(int(number), int(date))
    if found is None:
        return None
    workshop, booking = found
    member = booking.slot.room.site.company.memberships.filter(user=person).exists()
    return (workshop, booking, person) if member else None


def _workshop(number: int, date: int) -> tuple[Workshop, Booking] | None:
    workshop = Workshop.objects.with_everything().filter(pk=number).first()
    booking = booking_at(workshop, date) if workshop is not None else None
    return (workshop, booking) if workshop is not None and booking is not None else None


def _signer() -> Signer:
    return Signer(salt="workshops.presence", sep=".")
