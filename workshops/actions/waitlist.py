"""The queue of a taken slot: its order is kept, and one association at a time has the slot held for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.refusals import Refused, refusing
from accounts.scans import one_by_one
from associations.models import Association, Request
from companies.models import BookingMode, Slot
from workshops import emails
from workshops.actions.bookings import (
    NOBODY_COMES,
    AlreadyAsked,
    NobodyComes,
    NotAdmitted,
    SlotTaken,
    TooMany,
    TooManyBookings,
    answer_until,
    check_live_cap,
    check_party,
    check_pending_cap,
    confirmed,
    hold_association,
    lock_slot,
    refusals_of_booking,
    settle_others,
)
from workshops.actions.dismissing import dismiss_slot
from workshops.actions.moves import AlreadySettled, expire_booking, expire_lapsed, move_booking, move_entry, settle
from workshops.catalogue import due, instead_of
from workshops.models import Booking, Dismissal, WaitlistEntry, WaitlistEntryQuerySet

# Why the turn of an association passes, in a mail that it may read in another language than who acts.
WHY_NOT = {
    TooMany: _("Ce créneau accueille moins de personnes que vous n’en aviez annoncé."),
    NotAdmitted: _("Votre association ne peut pas réserver ce créneau en ce moment."),
    TooManyBookings: _("Votre association a déjà autant d’ateliers à venir que permis."),
    AlreadyAsked: _("Votre association a déjà demandé ce créneau."),
}


class NotTaken(Refused):
    """The slot is free: it is booked, not waited for."""


class AlreadyWaiting(Refused):
    """The association waits for the slot, or has asked for it."""


class NoLongerHeld(Refused):
    """The hold is over."""


@transaction.atomic
def join_waitlist(  # one place in the queue is all of these facts
    *,
    slot_id: int,
    association: Association,
    participants: int,
    topic: str,
    message: str,
    request: Request | None,
    by: User,
    now: dt.datetime,
) -> WaitlistEntry:
    """Take the last place in the queue of a taken slot. Sent twice, it is taken once.

    Raises:
        NotTaken: it may be booked right now, or will not be open any more.
        AlreadyWaiting, TooMany, NobodyComes, NotAdmitted: nothing is written.
    """
    slot = lock_slot(slot_id)
    # A hold that nobody answered in time keeps its place in the queue to the database until somebody notes it.
    expire_lapsed([slot], now)
    if not Slot.objects.open(now).filter(pk=slot.pk).exists():
        raise NotTaken("Ce créneau ne se réserve plus\u00a0: choisissez-en un autre.")
    taken = Booking.objects.filter(slot=slot).live(now)
    queue = WaitlistEntry.objects.filter(slot=slot).standing(now)
    if not taken.exists() and not queue.exists():
        raise NotTaken("Ce créneau est libre\u00a0: réservez-le.")
    asked = {"participants": participants, "topic": topic, "message": message, "created_by": by}
    if (again := queue.waiting().filter(association=association, **asked).first()) is not None:
        return again
    if slot.is_past_the_cut:
        raise NotTaken("Ce créneau ne se libérera pas\u00a0: l’entreprise n’ouvre plus ce jour-là.")
    check_party(slot, association, participants, now)
    own = Booking.objects.filter(slot=slot, association=association)
    if own.live(now).exists() or own.awaiting_answer(now).exists():
        raise AlreadyWaiting("Votre association a déjà demandé ce créneau.")
    already = AlreadyWaiting("Votre association est déjà en liste d’attente.")
    with refusing({"waitlist_one_place": already, "waitlist_somebody_comes": NobodyComes(NOBODY_COMES)}):
        entry: WaitlistEntry = WaitlistEntry.objects.create(
            slot=slot,
            association=association,
            request=request,
            created_at=now,
            **asked,
        )
    return entry


@transaction.atomic
def leave_waitlist(*, entry: WaitlistEntry, now: dt.datetime) -> None:
    """Give the place in the queue up.

    Raises:
        AlreadySettled: the slot is held for the association, or the place is gone.
    """
    move_entry(entry, WaitlistEntry.State.LEFT, ended_at=now)


@transaction.atomic
def offer_next(*, slot_id: int, now: dt.datetime) -> Booking | None:
    """Hold a slot that came free for the first in its queue. None when nobody waits, or it is not free.

    Who took a hold and waits for the company’s answer is not overtaken. Who may not book any more, or would be too
    many by now, is passed over; what keeps the slot itself from being held ends nobody's wait.
    """
    slot = lock_slot(slot_id)
    # A hold that nobody answered in time holds the slot to the database until somebody notes it.
    expire_lapsed([slot], now)
    if not due(now).filter(pk=slot.pk).exists():
        return None
    try:
        held = _hold_for_first(slot, now)
    except SlotTaken:
        return None
    if held is not None:
        emails.waitlist_hold(booking=held, now=now)
    return held


def _hold_for_first(slot: Slot, now: dt.datetime) -> Booking | None:
    entries = _held_entries(WaitlistEntry.objects.filter(slot=slot))
    return next((held for entry in entries if (held := _hold(slot, entry, now))), None)


def _held_entries(entries: WaitlistEntryQuerySet) -> WaitlistEntryQuerySet:
    """Those that wait, in their order, held until the end: who leaves at this moment waits, or is not seen."""
    return entries.waiting().select_for_update(no_key=True, of=("self",)).select_related("association")


def _hold(slot: Slot, entry: WaitlistEntry, now: dt.datetime) -> Booking | None:
    """None when its association cannot come, and waits no more.

    Raises:
        SlotTaken: nobody could have the slot now.
    """
    try:
        check_party(slot, entry.association, entry.participants, now)
        # Without its row: two queues that hold the same associations in another order would wait for each other.
        # Who takes the hold is counted again.
        check_live_cap(entry.association, now)
        with refusing(refusals_of_booking()):
            held: Booking = Booking.objects.create(
                slot=slot,
                association=entry.association,
                request=entry.request,
                participants=entry.participants,
                topic=entry.topic,
                message=entry.message,
                key=uuid4(),
                state=Booking.State.HELD,
                created_at=now,
                created_by=entry.created_by,
                expires_at=min(now + WaitlistEntry.HOLD, WaitlistEntry.answered_until(slot)),
            )
    except SlotTaken:
        raise
    except Refused as refusal:
        _close(entry, now, why=partial(str, WHY_NOT.get(type(refusal), "")))
        return None
    move_entry(entry, WaitlistEntry.State.OFFERED, booking=held)
    return held


@transaction.atomic
def take_hold(*, booking: Booking, by: User, now: dt.datetime) -> None:
    """Say yes to a held slot: it is confirmed, or, where the company has the last word, asked for.

    What the company offered itself needs no other word of it.

    Said twice, it is said once.

    Raises:
        NoLongerHeld: the day is over, or it was answered before.
        NotAdmitted: the association may not book now, or waits for another answer.
        TooManyBookings: it has as many workshops to come, or waits for as many answers, as it may.
    """
    slot = lock_slot(booking.slot_id)
    booking.refresh_from_db(fields=["state", "expires_at"])
    if booking.is_confirmed or booking.as_of(now).is_pending:
        return
    if booking.as_of(now).state != Booking.State.HELD:
        raise NoLongerHeld("Ce créneau n’est plus gardé pour vous\u00a0: choisissez-en un autre.")
    _check_request(booking)
    check_party(slot, booking.association, booking.participants, now)
    hold_association(booking.association)
    # What it booked at the moment when the slot was held for it did not count yet.
    check_live_cap(booking.association, now, but=booking.pk)
    if slot.booking_mode == BookingMode.INSTANT or booking.offered_at is not None:
        settle_others(slot, association=booking.association, by=by, now=now)
        with refusing(refusals_of_booking()):
            settle(booking, Booking.State.CONFIRMED, by=by, now=now)
        confirmed(booking, now)
    else:
        check_pending_cap(booking.association, now)
        until = answer_until(slot, now)
        move_booking(booking, Booking.State.PENDING, now=now, created_at=now, expires_at=until)
        emails.booking_requested(booking=booking, now=now)


def _check_request(booking: Booking) -> None:
    """What a company offers, or a plan, is for a request that stands.

    Raises:
        NoLongerHeld
    """
    ended = Request.objects.filter(pk=booking.request_id or 0).exclude(state=Request.State.OPEN)
    if booking.is_proposed and ended.exists():
        raise NoLongerHeld("Ce créneau vous était proposé pour une demande qui n’est plus ouverte.")


@transaction.atomic
def refuse_hold(*, booking: Booking, by: User, now: dt.datetime) -> None:
    """Let the held slot go to the next in the queue. Said twice, it is said once.

    What a company or a plan proposed for a request is not proposed for it again.

    Raises:
        NoLongerHeld: the day is over, or it was answered before.
    """
    lock_slot(booking.slot_id)
    booking.refresh_from_db(fields=["state", "expires_at"])
    if booking.state == Booking.State.CANCELLED_BY_ASSOCIATION:
        return
    if booking.as_of(now).state != Booking.State.HELD:
        raise NoLongerHeld("Ce créneau n’est plus gardé pour vous\u00a0: il n’y a plus rien à refuser.")
    move_booking(booking, Booking.State.CANCELLED_BY_ASSOCIATION, now=now, cancelled_at=now, cancelled_by=by)
    if booking.offered_at is not None:
        emails.offer_declined(booking=booking, expired=False, now=now)
    if booking.is_proposed and booking.request is not None:
        why = Dismissal.Why.OTHER
        dismiss_slot(request=booking.request, slot=booking.slot, why=why, by=by, now=now)
    offer_next(slot_id=booking.slot_id, now=now)


@transaction.atomic
def lapse(*, booking: Booking, now: dt.datetime) -> bool:
    """Note that nobody answered in time; a slot that was held goes to the next one. False when somebody was faster."""
    lock_slot(booking.slot_id)
    if not expire_booking(booking=booking, now=now):
        return False
    offer_next(slot_id=booking.slot_id, now=now)
    return True


def close_waitlist(slots: Collection[Slot], *, why: Callable[[], str] = str, now: dt.datetime) -> None:
    """Nobody needs to wait for these slots any more: each is told why, with others that are free.

    `why` is asked in the language of each reader.
    """
    for entry in _held_entries(WaitlistEntry.objects.filter(slot__in=slots)):
        _close(entry, now, why)


def offer_waiting(*, now: dt.datetime) -> int:
    """Hold what came free unnoted: a series woke up, a room's own calendar let it go. Returns how many."""
    numbers = list(due(now).order_by("pk").values_list("pk", flat=True))
    return one_by_one(numbers, lambda number: offer_next(slot_id=number, now=now) is not None)


def close_missed(*, now: dt.datetime) -> int:
    """End the queues of slots that nobody can book any more. Returns how many places ended."""
    missed = WaitlistEntry.objects.missed(now).select_related("association")
    return one_by_one(missed, lambda entry: _close_one(entry, now))


def _close_one(entry: WaitlistEntry, now: dt.datetime) -> bool:
    try:
        _close(entry, now)
    except AlreadySettled:
        return False
    return True


def _close(entry: WaitlistEntry, now: dt.datetime, why: Callable[[], str] = str) -> None:
    move_entry(entry, WaitlistEntry.State.CLOSED, ended_at=now)
    entry.slot = Slot.objects.with_place().get(pk=entry.slot_id)
    emails.waitlist_closed(entry=entry, slot=entry.slot, others=instead_of(entry, now), why=why, now=now)
