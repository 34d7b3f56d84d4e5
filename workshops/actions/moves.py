"""From one state to the next: conditional updates, so that the database decides who was first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from accounts.models import User
from accounts.refusals import Refused
from associations import actions as associations
from associations.models import Request
from companies.models import Slot
from workshops import emails
from workshops.catalogue import instead_of
from workshops.models import Booking, WaitlistEntry


class AlreadySettled(Refused):
    """The booking left the state that the move starts from."""


def settle(booking: Booking, to: Booking.State, *, by: User | None, now: dt.datetime, **stamps: object) -> None:
    """Take a booking out of the wait."""
    move_booking(booking, to, now=now, settled_at=now, settled_by=by, **stamps)


def move_booking(booking: Booking, to: Booking.State, *, now: dt.datetime, **stamps: object) -> None:
    """From one state to another that may follow it; the place in a queue that led to a hold ends with the hold.

    Raises:
        AlreadySettled: somebody was faster.
    """
    _move(booking, to, **stamps)
    _end_offer(booking, taken=to in (Booking.State.CONFIRMED, Booking.State.PENDING), now=now)


def move_entry(entry: WaitlistEntry, to: WaitlistEntry.State, **stamps: object) -> None:
    """The same for a place in a queue.

    Raises:
        AlreadySettled: somebody was faster.
    """
    _move(entry, to, **stamps)


def _move(row: Booking | WaitlistEntry, to: str, **stamps: object) -> None:
    """One conditional update: the database decides who was first."""
    sources = [source for source, targets in row.TRANSITIONS.items() if to in targets]
    if not type(row).objects.filter(pk=row.pk, state__in=sources).update(state=to, **stamps):
        row.refresh_from_db()
        raise AlreadySettled(row.settled_already)
    row.state = to
    for field, value in stamps.items():
        setattr(row, field, value)


def _end_offer(booking: Booking, *, taken: bool, now: dt.datetime) -> None:
    entry = WaitlistEntry.objects.filter(booking=booking, state=WaitlistEntry.State.OFFERED).first()
    if entry is not None:
        move_entry(entry, WaitlistEntry.State.TAKEN if taken else WaitlistEntry.State.PASSED, ended_at=now)


def expire_booking(*, booking: Booking, now: dt.datetime) -> bool:
    """Note that a clock has run out, and tell the association. False when somebody was faster."""
    moved = Booking.objects.filter(pk=booking.pk).lapsed(now).update(state=Booking.State.EXPIRED, settled_at=now)
    if moved:
        _end_offer(booking, taken=False, now=now)
        others = instead_of(booking, now)
        emails.booking_expired(booking=booking, held=booking.is_held, now=now, others=others)
        if booking.offered_at is not None:
            emails.offer_declined(booking=booking, expired=True, now=now)
    return bool(moved)


def expire_lapsed(slots: Collection[Slot], now: dt.datetime, *, but: Booking | None = None) -> None:
    """What nobody noted yet: claims on locked slots whose clock has run out make room for others."""
    lapsed = Booking.objects.filter(slot__in=slots).lapsed(now)
    for booking in lapsed.exclude(pk=but.pk if but else 0).with_everything().order_by("pk"):
        expire_booking(booking=booking, now=now)


def release_request(booking: Booking, now: dt.datetime) -> None:
    """The request of a booking that came to nothing is open again, unless another booking answers it."""
    if booking.request_id is None:
        return
    Request.objects.select_for_update(no_key=True).get(pk=booking.request_id)
    if not Booking.objects.filter(request=booking.request_id, state=Booking.State.CONFIRMED).exists():
        associations.move_request(request_id=booking.request_id, to=Request.State.OPEN, now=now)
        # What was published meanwhile is looked for.
        Request.objects.filter(pk=booking.request_id).update(matched_at=None)
