"""Links by which a member answers from a mail: yes or no to a request, yes or no to a slot that is held.

Each names the member and the booking, and holds while its clock runs. What became of it is shown for a month: a link
may be passed on, or kept by a program.
"""

from __future__ import annotations

import datetime as dt

from accounts.member_links import MemberLink
from accounts.models import User
from workshops.dates import SHOWN_FOR
from workshops.models import Booking

ANSWER = MemberLink("workshops.answer", "workshops:answer")
HOLD = MemberLink("workshops.hold", "workshops:hold")


def answer_path(booking: Booking, member: User) -> str:
    """The path of the page where a company accepts or declines."""
    return ANSWER.path(member, booking.pk, _clock(booking))


def answer_of(token: str, now: dt.datetime) -> tuple[Booking, User] | None:
    """The booking and the member that a link means, while that person acts for the company; else None."""
    return _read(ANSWER, token, now)


def hold_path(booking: Booking, member: User) -> str:
    """The path of the page where an association takes what is held for it, or lets it go."""
    return HOLD.path(member, booking.pk, _clock(booking))


def hold_of(token: str, now: dt.datetime) -> tuple[Booking, User] | None:
    """The booking and the member that a link means, while that person acts for the association; else None."""
    return _read(HOLD, token, now)


def has_expired(booking: Booking, now: dt.datetime) -> bool:
    """Whether its links show nothing any more."""
    ended_at = booking.settled_at or booking.cancelled_at or booking.expires_at
    return ended_at is not None and ended_at + SHOWN_FOR <= now


def _read(link: MemberLink, token: str, now: dt.datetime) -> tuple[Booking, User] | None:
    waits = Booking.State.PENDING if link is ANSWER else Booking.State.HELD
    read = link.read(token, facts=2)
    if read is None:
        return None
    (number, clock), person = read
    found = Booking.objects.with_everything().filter(pk=int(number)).first()
    if found is None or (found.state == waits and int(clock) != _clock(found)):
        return None
    own = found.slot.room.site.company if link is ANSWER else found.association
    return (found.as_of(now), person) if person in own.managers() else None


def _clock(booking: Booking) -> int:
    """Its end: a link of one wait says nothing in the next; once nobody waits, it shows what became of it."""
    return int(booking.expires_at.timestamp()) if booking.expires_at else 0
