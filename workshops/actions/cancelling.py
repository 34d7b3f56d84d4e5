"""Calling bookings off, and taking slots back: everybody concerned is told at once, with what else is free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from companies import actions as companies
from companies.models import Slot
from workshops import emails
from workshops.actions.bookings import SlotTaken, decline_waiting, explained, lock_slot, lock_with_moves
from workshops.actions.moves import AlreadySettled, move_booking, release_request
from workshops.actions.promising import end_promises
from workshops.actions.waitlist import close_waitlist, offer_next, refuse_hold
from workshops.catalogue import instead_of
from workshops.lateness import is_late
from workshops.models import Booking, Reason, Side, Workshop


class AlreadyBegun(Refused):
    """Too late to call the workshop off."""


@transaction.atomic
def cancel_booking(
    *,
    booking: Booking,
    side: Side,
    code: Reason = Reason.OTHER,
    reason: str = "",
    by: User,
    now: dt.datetime,
    reopens: bool = True,
) -> None:
    """Call a booking off. The slot goes to the next in its queue or is free again, unless its series has ended.

    Where the company's reason is one that `shuts`, the slot is taken back: nobody else could come either.

    A hold that is called off is one that is refused.

    A confirmed one that `is_late` is noted as such. `reopens=False` is for who takes the slot back at the same time.

    Raises:
        AlreadySettled: it is over, or was cancelled before.
        AlreadyBegun: the workshop takes place; there is a report to write.
        Unexplained: another reason than those of the list, of a confirmed booking, and not which.
    """
    slots, moves = lock_with_moves(booking)
    slot = slots[booking.slot_id]
    booking.refresh_from_db(fields=["state", "sequence", "expires_at", "settled_at"])
    if booking.is_held and side == Side.ASSOCIATION:
        refuse_hold(booking=booking, by=by, now=now)
        return
    _check(booking, slot, now)
    was_confirmed = booking.is_confirmed
    if was_confirmed:
        explained(code, reason)
    move_booking(
        booking,
        Booking.State.CANCELLED_BY_COMPANY if side == Side.COMPANY else Booking.State.CANCELLED_BY_ASSOCIATION,
        now=now,
        cancelled_at=now,
        cancelled_by=by,
        reason_code=code if reason or code != Reason.OTHER else "",
        reason=reason,
        is_late=was_confirmed and is_late(booking, side, now),
        sequence=booking.sequence + 1,
    )
    if not was_confirmed:
        emails.booking_withdrawn(booking=booking, now=now)
        offer_next(slot_id=slot.pk, now=now)
        return
    Workshop.objects.planned().filter(booking=booking).update(state=Workshop.State.CANCELLED, cancelled_at=now)
    emails.booking_cancelled(booking=booking, now=now, others=_others(booking, side, now))
    end_promises(booking.slot_id, now=now)
    if reopens:
        _let_go(slot, code=Reason(code), reason=reason, by=by, now=now)
    if side == Side.ASSOCIATION:
        _call_off_moves(moves, by=by, now=now)
    # Last: who books holds an association before its request, too.
    release_request(booking, now)


def _check(booking: Booking, slot: Slot, now: dt.datetime) -> None:
    """Whether there is something left to call off, now that the slot is held."""
    if booking.is_confirmed and slot.starts_at <= now:
        raise AlreadyBegun("Cet atelier a commencé\u00a0: il ne s’annule plus. Écrivez plutôt le compte rendu.")
    if booking.as_of(now).state == Booking.State.EXPIRED:
        raise AlreadySettled(
            "Cette demande est restée trop longtemps sans réponse\u00a0: il n’y a plus rien à annuler."
        )


def _call_off_moves(moves: list[Booking], *, by: User, now: dt.datetime) -> None:
    """Nothing is left to move once the association itself calls its workshop off."""
    for move in moves:
        if move.as_of(now).is_pending:
            cancel_booking(booking=move, side=Side.ASSOCIATION, by=by, now=now)


def _others(booking: Booking, side: Side, now: dt.datetime) -> list[Slot]:
    """What is offered instead to an association whose workshop is called off."""
    if side == Side.ASSOCIATION:
        return []
    return instead_of(booking, now)


def _let_go(slot: Slot, *, code: Reason, reason: str, by: User, now: dt.datetime) -> None:
    if code.shuts:
        shut(slot, code=code, reason=reason, by=by, now=now)
    else:
        reopen(slot, by=by, now=now)


def shut(slot: Slot, *, code: Reason, reason: str, by: User, now: dt.datetime) -> None:
    """Take a slot back at which nobody can be welcomed; who had asked and who queued for it is told why."""
    companies.withdraw_slot(slot=slot, by=by, now=now)
    refuse_all([slot], code=code, reason=reason, by=by, now=now)


def reopen(slot: Slot, *, by: User, now: dt.datetime) -> None:
    """What becomes of a slot whose booking has ended: the next in its queue has it, or it is free, or gone."""
    if slot.is_past_the_cut:
        companies.withdraw_slot(slot=slot, by=by, now=now)
        close_waitlist([slot], now=now)
    else:
        offer_next(slot_id=slot.pk, now=now)


@transaction.atomic
def withdraw_slot(*, slot: Slot, by: User, now: dt.datetime) -> None:
    """Take a slot back. Associations that waited for it are told; a booked slot is cancelled first.

    Raises:
        SlotTaken: a confirmed booking stands on it.
        companies.SlotNotOpen: it was withdrawn before.
    """
    locked = lock_slot(slot.pk)
    if Booking.objects.agreed().filter(slot=locked).exists():
        raise SlotTaken("Une réservation confirmée tient ce créneau\u00a0: annulez-la d’abord, avec un motif.")
    companies.withdraw_slot(slot=locked, by=by, now=now)
    refuse_all([locked], code=Reason.WITHDRAWN, by=by, now=now)


def refuse_all(
    slots: Collection[Slot], *, code: Reason = Reason.OTHER, reason: str = "", by: User, now: dt.datetime
) -> int:
    """Nobody gets these slots: who had asked for them and who queued for them is told, with others that are free.

    Returns how many had asked.
    """
    declined = decline_waiting(slots, code=code, reason=reason, by=by, now=now)
    close_waitlist(slots, why=lambda: Booking(reason_code=code, reason=reason).why, now=now)
    return declined
