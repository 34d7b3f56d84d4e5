"""From one state to the next: conditional updates, so that the database decides who was first."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from accounts.refusals import Refused
from companies.models import Slot
from workshops import emails
from workshops.catalogue import alternatives
from workshops.models import Booking, WaitlistEntry


class AlreadySettled(Refused):
    """The booking left the state that the move starts from."""


def settle(booking: Booking, to: Booking.State, *, by: User | None, now: dt.datetime, **stamps: object) -> None:
    """Take a booking out of the wait."""
    move_booking(booking, to, settled_at=now, settled_by=by, **stamps)


def move_booking(booking: Booking, to: Booking.State, **stamps: object) -> None:
    """One conditional update: the database decides who was first."""
    sources = [source for source, targets in Booking.TRANSITIONS.items() if to in targets]
    changed = Booking.objects.filter(pk=booking.pk, state__in=sources).update(state=to, **stamps)
    if not changed:
        booking.refresh_from_db()
        raise AlreadySettled(f"Cette réservation est déjà {booking.get_state_display()}.")
    booking.state = to
    for field, value in stamps.items():
        setattr(booking, field, value)


def expire_booking(*, booking: Booking, now: dt.datetime) -> bool:
    """Note that a clock has run out, and tell the association. False when somebody was faster."""
    moved = Booking.objects.filter(pk=booking.pk).lapsed(now).update(state=Booking.State.EXPIRED, settled_at=now)
    if moved:
        end_offer(booking, WaitlistEntry.State.PASSED, now)
        others = alternatives(booking.slot, now=now, places=booking.participants)
        emails.booking_expired(booking=booking, held=booking.is_held, now=now, others=others)
    return bool(moved)


def expire_lapsed(slot: Slot, now: dt.datetime, *, but: Booking | None = None) -> None:
    """What nobody noted yet: claims on a locked slot whose clock has run out make room for others."""
    lapsed = Booking.objects.filter(slot=slot).lapsed(now)
    for booking in lapsed.exclude(pk=but.pk if but else 0).with_everything().order_by("pk"):
        expire_booking(booking=booking, now=now)


def end_offer(booking: Booking, to: WaitlistEntry.State, now: dt.datetime) -> None:
    """The place in a queue that led to this hold has come to its end."""
    entry = WaitlistEntry.objects.filter(booking=booking, state=WaitlistEntry.State.OFFERED).first()
    if entry is not None:
        move_entry(entry, to, ended_at=now)


def move_entry(entry: WaitlistEntry, to: WaitlistEntry.State, **stamps: object) -> None:
    """The same for a place in a queue."""
    sources = [source for source, targets in WaitlistEntry.TRANSITIONS.items() if to in targets]
    if not WaitlistEntry.objects.filter(pk=entry.pk, state__in=sources).update(state=to, **stamps):
        entry.refresh_from_db()
        raise AlreadySettled(f"Cette place est déjà «\u00a0{entry.get_state_display()}\u00a0».")
    entry.state = to
