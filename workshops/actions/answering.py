"""A company's answer to who asked for its slot."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.refusals import refusing
from companies.models import Slot
from workshops import emails
from workshops.actions.bookings import (
    SlotTaken,
    TooManyBookings,
    check_live_cap,
    confirmed,
    explained,
    hold_association,
    lock_slot,
    lock_slots,
    settle_others,
)
from workshops.actions.cancelling import shut
from workshops.actions.moves import AlreadySettled, expire_lapsed, settle
from workshops.actions.moving import check_visitors, finish_move, later_sequence
from workshops.actions.preparing import PREPARED
from workshops.actions.waitlist import offer_next
from workshops.catalogue import instead_of
from workshops.models import Booking, Reason, Side, Workshop

TWO_AT_ONCE = "Une autre séance de ce groupe est désormais à ce moment-là\u00a0: déclinez la demande."
ROOM_TAKEN = (
    "La salle est prise à ce moment-là selon son agenda\u00a0: libérez-la dans cet agenda et relisez-le, ou déclinez "
    "la demande."
)


@transaction.atomic
def accept_booking(*, booking: Booking, by: User, now: dt.datetime) -> None:
    """Give the slot to one association; the others that waited for it are told, with other slots.

    Said twice, it is said once.

    Raises:
        AlreadySettled, SlotTaken, TooManyBookings, TooMany: nothing is written.
    """
    moved = Booking.objects.filter(pk=booking.moved_from_id or 0).first()
    slot = lock_slots({booking.slot_id, moved.slot_id if moved else booking.slot_id})[booking.slot_id]
    if _is_already(booking, Booking.State.CONFIRMED):
        return
    _check_asked(booking, now)
    if slot.state != Slot.State.OPEN or slot.starts_at <= now:
        raise SlotTaken("Ce créneau est retiré ou passé.")
    expire_lapsed([slot], now, but=booking)
    if moved is not None and moved.is_confirmed:
        check_visitors(moved, slot)
    else:
        # One more: the workshop that it was to move was called off meanwhile, or there never was one.
        _check_cap(booking, now)
    no_signatory = SlotTaken("Votre entreprise n’est plus signataire de la charte\u00a0: elle ne peut pas accepter.")
    with refusing(
        {
            "booking_one_live_per_slot": SlotTaken("Ce créneau est déjà pris."),
            "booking_of_signatory": no_signatory,
            "booking_by_association_that_may": SlotTaken("Cette association ne peut plus réserver."),
            "booking_of_free_room": SlotTaken(ROOM_TAKEN),
            "booking_course_in_one_place": SlotTaken(TWO_AT_ONCE),
        }
    ):
        told = {} if moved is None else {"sequence": later_sequence(booking)}
        settle(booking, Booking.State.CONFIRMED, by=by, now=now, **told)
    if moved is None or not finish_move(moved=moved, booking=booking, side=Side.ASSOCIATION, by=by, now=now):
        confirmed(booking, now, prepared=_prepared_before(moved, slot))
    settle_others(slot, association=booking.association, by=by, now=now)


@transaction.atomic
def decline_booking(
    *, booking: Booking, code: Reason = Reason.OTHER, reason: str = "", by: User, now: dt.datetime
) -> None:
    """Say no, with a reason that the association reads. Where nobody else could come either, the slot is taken back.

    Said twice, it is said once.

    Raises:
        AlreadySettled: it was answered before, or its clock has run out.
        Unexplained: another reason, and not which.
    """
    slot = lock_slot(booking.slot_id)
    if _is_already(booking, Booking.State.DECLINED):
        return
    _check_asked(booking, now)
    explained(code, reason)
    settle(booking, Booking.State.DECLINED, by=by, now=now, reason_code=code, reason=reason)
    others = instead_of(booking, now)
    emails.booking_declined(booking=booking, now=now, others=others)
    if (
        Reason(code).shuts
        and slot.state == Slot.State.OPEN
        and not Booking.objects.filter(slot=slot).live(now).exists()
    ):
        shut(slot, code=Reason(code), reason=reason, by=by, now=now)
    else:
        offer_next(slot_id=booking.slot_id, now=now)


def _prepared_before(moved: Booking | None, slot: Slot) -> dict[str, Any]:
    """What its association had prepared of a workshop that was called off before its move was answered.

    Who was told to come where the room of the other slot is big enough.
    """
    off = Workshop.objects.filter(booking=moved).first() if moved else None
    if off is None:
        return {}
    prepared = {name: getattr(off, name) for name in PREPARED}
    fits = off.visitors is None or off.visitors <= slot.room_capacity
    return prepared if fits else prepared | dict.fromkeys(("visitors", "visitors_told_at", "visitors_told_by"))


def _is_already(booking: Booking, state: Booking.State) -> bool:
    """Whether this was the answer before, now that its slot is held."""
    booking.refresh_from_db(fields=["state", "expires_at"])
    return booking.state == state


def _check_cap(booking: Booking, now: dt.datetime) -> None:
    hold_association(booking.association)
    try:
        check_live_cap(booking.association, now)
    except TooManyBookings as error:
        raise TooManyBookings(
            "Cette association a déjà autant d’ateliers à venir que permis\u00a0: attendez qu’un d’eux ait eu lieu, ou "
            "déclinez sa demande."
        ) from error


def _check_asked(booking: Booking, now: dt.datetime) -> None:
    """Whether the company's answer is waited for, now that its slot is held.

    Raises:
        AlreadySettled
    """
    if booking.as_of(now).state == Booking.State.EXPIRED:
        raise AlreadySettled("Cette demande est restée sans réponse trop longtemps\u00a0: l’association a été libérée.")
    if not booking.is_pending:
        raise AlreadySettled(booking.settled_already)
