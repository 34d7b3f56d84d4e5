"""Moving a workshop to another slot in one step: both or neither."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations.models import Association
from companies.models import BookingMode, Slot
from territories.wording import counted
from workshops import emails
from workshops.actions.bookings import (
    AlreadyAsked,
    NotAdmitted,
    SlotTaken,
    TooMany,
    answer_until,
    check_party,
    check_pending_cap,
    check_size,
    hold_association,
    lock_with_moves,
    refusals_of_booking,
    settle_others,
)
from workshops.actions.cancelling import reopen
from workshops.actions.moves import AlreadySettled, expire_lapsed, move_booking
from workshops.actions.promising import end_promises
from workshops.actions.waitlist import lapse
from workshops.catalogue import apart, bookable
from workshops.lateness import is_late
from workshops.models import Booking, Reason, Side, Workshop


class NotMovable(Refused):
    """The workshop is not to come any more, or is there already."""


ALREADY_ASKED = {
    Side.ASSOCIATION: "Vous avez déjà demandé un déplacement de cet atelier\u00a0: attendez la réponse.",
    Side.COMPANY: "L’association a déjà demandé à déplacer cet atelier\u00a0: sa demande attend une réponse.",
}

TWO_AT_ONCE = "Une autre séance de ce parcours est à ce moment-là\u00a0: choisissez une autre date."

MAY_NOT_BOOK = "Cette association ne peut pas réserver en ce moment\u00a0: laissez l’atelier à sa date, ou annulez-le."


@transaction.atomic
def move_workshop(*, booking: Booking, slot_id: int, side: Side, by: User, now: dt.datetime) -> Booking:
    """Put a confirmed workshop on another slot, with all that was prepared; the former one is free again.

    A company moves it among its own slots, for an association that is not admitted yet as well: it has agreed to this
    workshop, and the slot that it chooses is its own to give. An association moves it to any; where that slot's company
    has the last word the workshop stays where it is until the answer. Returns the booking of the other slot, confirmed
    or pending.

    Sent twice, it is moved once.

    Raises:
        NotMovable, SlotTaken, TooMany, NotAdmitted, AlreadyAsked, TooManyBookings: nothing is written.
    """
    slots, asked = lock_with_moves(booking, slot_id)
    booking.refresh_from_db(fields=["state", "sequence", "settled_at"])
    target = slots[slot_id]
    again = moved_to(booking, slot_id, now)
    if again is not None:
        return again
    _check(booking, slots[booking.slot_id], target, side, now)
    expire_lapsed([target], now)
    for move in asked:
        lapse(booking=move, now=now)
    if not bookable(now).filter(pk=target.pk).exists():
        raise SlotTaken("Ce créneau vient d’être pris\u00a0: choisissez-en un autre.")
    if side == Side.ASSOCIATION:
        check_party(target, booking.association, booking.participants, now)
    else:
        _check_for_company(target, booking)
    check_visitors(booking, target)
    asks = side == Side.ASSOCIATION and target.booking_mode == BookingMode.ON_APPROVAL
    if asks:
        hold_association(booking.association)
        check_pending_cap(booking.association, now)
    else:
        settle_others(target, association=booking.association, by=by, now=now)
        _leave(booking, side=side, by=by, now=now)
    with refusing(_refusals(side)):
        other = _copy(booking, target, by=by, now=now, pending=asks)
    if asks:
        emails.booking_requested(booking=other, now=now)
    else:
        _arrive(booking, other, by=by, now=now)
        _give_word(other, side, by=by, now=now)
    return other


def check_movable(booking: Booking, slot: Slot, now: dt.datetime) -> None:
    """Whether a workshop may still go anywhere from its slot.

    Raises:
        NotMovable
    """
    if not booking.is_confirmed or slot.starts_at <= now:
        raise NotMovable("Cet atelier n’est plus à venir\u00a0: il ne se déplace pas.")


def check_to_move(booking: Booking, side: Side, now: dt.datetime) -> None:
    """Whether a side may choose another date for it now.

    Raises:
        NotMovable
    """
    check_movable(booking, booking.slot, now)
    if Booking.objects.awaiting_answer(now).filter(moved_from=booking).exists():
        raise NotMovable(ALREADY_ASKED[side])


def _check(booking: Booking, slot: Slot, target: Slot, side: Side, now: dt.datetime) -> None:
    check_movable(booking, slot, now)
    if target.pk == slot.pk:
        raise NotMovable("L’atelier est déjà à cette date\u00a0: choisissez-en une autre.")
    if side == Side.COMPANY and target.room.site.company_id != slot.room.site.company_id:
        raise NotMovable("Ce créneau n’est pas l’un des vôtres\u00a0: choisissez-en un autre.")
    if not Slot.objects.filter(apart(booking, now), pk=target.pk).exists():
        raise NotMovable(TWO_AT_ONCE)


def _check_for_company(target: Slot, booking: Booking) -> None:
    """Whether a company may bring a workshop to its other slot.

    Raises:
        TooMany, NotAdmitted
    """
    check_size(target, booking.participants)
    if booking.association.state not in (Association.State.NEW, Association.State.ADMITTED):
        raise NotAdmitted(MAY_NOT_BOOK)


def _refusals(side: Side) -> dict[str, Refused]:
    """Of a booking, in the words of who moves."""
    refusals = refusals_of_booking() | {
        "booking_moved_once": NotMovable(ALREADY_ASKED[side]),
        "booking_course_in_one_place": NotMovable(TWO_AT_ONCE),
    }
    if side == Side.ASSOCIATION:
        return refusals
    return refusals | {
        "booking_by_association_that_may": NotAdmitted(MAY_NOT_BOOK),
        "booking_asked_once": AlreadyAsked("Cette association a déjà demandé ce créneau\u00a0: répondez à sa demande."),
    }


def moved_to(booking: Booking, slot_id: int, now: dt.datetime) -> Booking | None:
    """The booking of the other slot, when the workshop was moved there, or is asked to be."""
    moves = Booking.objects.filter(moved_from=booking, slot=slot_id)
    return (moves.live(now) | moves.awaiting_answer(now)).with_everything().first()


def check_visitors(booking: Booking, slot: Slot) -> None:
    """Whether those who were told to come to a workshop find room there: its row is held, so that no more are told.

    Raises:
        TooMany
    """
    held = Workshop.objects.select_for_update(no_key=True).filter(booking=booking)
    visitors = held.values_list("visitors", flat=True).first()
    if visitors is not None and visitors > slot.room_capacity:
        raise TooMany(
            f"{counted(visitors, 'visiteur est annoncé', 'visiteurs sont annoncés')}, et cette salle en accueille "
            f"{slot.room_capacity}\u00a0: choisissez-en une plus grande."
        )


def _copy(booking: Booking, target: Slot, *, by: User, now: dt.datetime, pending: bool) -> Booking:
    """The same claim on another slot. Its event goes on, with a later sequence."""
    return Booking.objects.create(
        slot=target,
        association=booking.association,
        request_id=booking.request_id,
        course_id=booking.course_id,
        participants=booking.participants,
        topic=booking.topic,
        message=booking.message,
        key=uuid4(),
        state=Booking.State.PENDING if pending else Booking.State.CONFIRMED,
        created_at=now,
        created_by=by,
        # Once it has begun where it is, there is nothing left to move.
        expires_at=min(answer_until(target, now), booking.slot.starts_at) if pending else None,
        settled_at=None if pending else now,
        settled_by=None if pending else by,
        moved_from=booking,
        event_of_id=booking.event,
        sequence=booking.sequence + 1,
    )


def later_sequence(booking: Booking) -> int:
    """Above those of its event, and of the word that it is off where it was.

    It may have been called off since the move was asked for.
    """
    others = Booking.objects.of_event(booking).exclude(pk=booking.pk)
    before = others.aggregate(most=Max("sequence"))["most"]
    return booking.sequence if before is None else max(booking.sequence, before + 2)


def finish_move(*, moved: Booking, booking: Booking, side: Side, by: User, now: dt.datetime) -> bool:
    """A move that was asked for is accepted. False when the workshop was called off, or has begun, meanwhile."""
    slot = Slot.objects.with_place().get(pk=moved.slot_id)
    if not moved.is_confirmed or slot.starts_at <= now:
        return False
    try:
        # Who asked in good time is not late because the answer was.
        _leave(moved, side=side, by=by, now=now, asked_at=booking.created_at)
    except AlreadySettled:
        return False
    _arrive(moved, booking, by=by, now=now)
    return True


def _leave(booking: Booking, *, side: Side, by: User, now: dt.datetime, asked_at: dt.datetime | None = None) -> None:
    move_booking(
        booking,
        Booking.State.CANCELLED_BY_COMPANY if side == Side.COMPANY else Booking.State.CANCELLED_BY_ASSOCIATION,
        now=now,
        cancelled_at=now,
        cancelled_by=by,
        reason_code=Reason.MOVED,
        is_late=is_late(booking, side, asked_at or now),
        sequence=booking.sequence + 1,
    )


def _arrive(was: Booking, booking: Booking, *, by: User, now: dt.datetime) -> None:
    """The workshop goes over with all that was prepared; both sides are asked again, and everybody is told."""
    Workshop.objects.planned().filter(booking=was).update(
        booking=booking,
        agreement_asked_at=None,
        company_agreed_at=None,
        company_agreed_by=None,
        association_agreed_at=None,
        association_agreed_by=None,
    )
    emails.booking_moved(was=was, booking=booking, now=now)
    end_promises(was.slot_id, now=now)
    reopen(was.slot, by=by, now=now)


def _give_word(booking: Booking, side: Side, *, by: User, now: dt.datetime) -> None:
    """Who alone chose a date for which it is time to ask has said that it stands: the other side is asked."""
    if booking.slot.days_before(Workshop.ASKED_AHEAD) <= now:
        word = {f"{side}_agreed_at": now, f"{side}_agreed_by": by}
        Workshop.objects.planned().filter(booking=booking).update(**word)
