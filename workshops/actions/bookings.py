"""Booking a slot, answering, cancelling, and taking slots back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations import actions as associations
from associations.models import Association, Request
from companies import actions as companies
from companies.models import BookingMode, Slot, SlotVolunteer
from workshops import emails, reasons
from workshops.catalogue import alternatives, bookable
from workshops.models import Booking, Side, Workshop


class SlotTaken(Refused):
    """Somebody else has the slot, or it left the catalogue meanwhile."""


class TooMany(Refused):
    """More participants than places."""

    field = "participants"


class NotAdmitted(Refused):
    """The association may not make this booking yet."""


class AlreadyAsked(Refused):
    """The association has a booking of this slot."""


class AlreadySettled(Refused):
    """The booking left the state that the move starts from."""


class AlreadyBegun(Refused):
    """Too late to call the workshop off."""


@transaction.atomic
def book_slot(  # one booking is all of these facts
    *,
    slot_id: int,
    association: Association,
    participants: int,
    topic: str,
    message: str,
    key: UUID,
    request: Request | None,
    by: User,
    now: dt.datetime,
) -> Booking:
    """Book a whole slot: confirmed at once when the company said so, else pending its answer.

    `key` comes with the form: the same form sent twice gives the same booking.

    Raises:
        SlotTaken, TooMany, NotAdmitted, AlreadyAsked: nothing is written.
    """
    slot = lock_slot(slot_id)
    again = Booking.objects.filter(key=key).with_everything().first()
    if again is not None and again.association_id == association.pk:
        return again
    if again is not None:
        # The page was gone back to, and sent for another association.
        key = uuid4()
    _check_booking(slot, association, participants, now)
    instant = slot.booking_mode == BookingMode.INSTANT
    with refusing(
        {
            "booking_one_live_per_slot": SlotTaken("Ce créneau vient d’être pris."),
            "booking_of_signatory": SlotTaken("Ce créneau n’est plus proposé."),
            "booking_of_open_slot": SlotTaken("Ce créneau n’est plus proposé."),
            "booking_of_free_room": SlotTaken("La salle est prise à ce moment-là\u00a0: choisissez un autre créneau."),
            "booking_by_association_that_may": NotAdmitted("Votre association ne peut pas réserver en ce moment."),
            "booking_asked_once": AlreadyAsked("Votre association a déjà demandé ce créneau."),
        }
    ):
        booking = Booking.objects.create(
            slot=slot,
            association=association,
            request=request,
            participants=participants,
            topic=topic,
            message=message,
            key=key,
            state=Booking.State.CONFIRMED if instant else Booking.State.PENDING,
            created_at=now,
            created_by=by,
            settled_at=now if instant else None,
            settled_by=by if instant else None,
        )
    if instant:
        _confirmed(booking, now)
    else:
        emails.booking_requested(booking=booking, now=now)
    return booking


def lock_slot(slot_id: int) -> Slot:
    """The slot's row, held until the end: those who race for one slot wait in line instead of deadlocking."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '4s'")
    return Slot.objects.select_for_update(no_key=True, of=("self",)).with_place().get(pk=slot_id)


def _check_booking(slot: Slot, association: Association, participants: int, now: dt.datetime) -> None:
    if not bookable(now).filter(pk=slot.pk).exists():
        raise SlotTaken("Ce créneau n’est plus disponible.")
    if participants > slot.places:
        raise TooMany(f"Ce créneau accueille {slot.places} personnes au plus\u00a0: indiquez un nombre plus petit.")
    if association.state == Association.State.ADMITTED:
        return
    if association.state != Association.State.NEW:
        raise NotAdmitted(f"Votre association est {association.get_state_display()}\u00a0: elle ne peut pas réserver.")
    if slot.booking_mode == BookingMode.INSTANT:
        raise NotAdmitted(
            "Ce créneau se réserve sans délai\u00a0: il faut d’abord que votre association soit admise. "
            "Choisissez un créneau «\u00a0sur accord\u00a0», ou attendez notre réponse."
        )
    if Booking.objects.of_association(association).awaiting_answer().exists():
        raise NotAdmitted("Tant que votre association n’est pas admise, elle envoie une demande à la fois.")


@transaction.atomic
def accept_booking(*, booking: Booking, by: User, now: dt.datetime) -> None:
    """Give the slot to one association; the others that waited for it are told, with other slots.

    Raises:
        AlreadySettled, SlotTaken: nothing is written.
    """
    slot = lock_slot(booking.slot_id)
    if slot.state != Slot.State.OPEN or slot.starts_at <= now:
        raise SlotTaken("Ce créneau est retiré ou passé.")
    no_signatory = SlotTaken("Votre entreprise n’est plus signataire de la charte\u00a0: elle ne peut pas accepter.")
    with refusing(
        {
            "booking_one_live_per_slot": SlotTaken("Ce créneau est déjà pris."),
            "booking_of_signatory": no_signatory,
            "booking_by_association_that_may": SlotTaken("Cette association ne peut plus réserver."),
        }
    ):
        _settle(booking, Booking.State.CONFIRMED, by=by, now=now)
    _confirmed(booking, now)
    for other in Booking.objects.filter(slot=slot).awaiting_answer().with_everything():
        _settle(other, Booking.State.NOT_SELECTED, by=by, now=now)
        others = alternatives(slot, now=now, places=other.participants)
        emails.booking_not_selected(booking=other, now=now, others=others)


@transaction.atomic
def decline_booking(*, booking: Booking, reason: str, by: User, now: dt.datetime) -> None:
    """Say no, with a reason that the association reads.

    Raises:
        AlreadySettled: it was answered before.
    """
    _settle(booking, Booking.State.DECLINED, by=by, now=now, reason=reason)
    others = alternatives(booking.slot, now=now, places=booking.participants)
    emails.booking_declined(booking=booking, now=now, others=others)


@transaction.atomic
def cancel_booking(*, booking: Booking, side: Side, reason: str, by: User, now: dt.datetime) -> None:
    """Call a booking off. The slot is free again, unless its series has ended; everybody concerned is told at once.

    Raises:
        AlreadySettled: it is over, or was cancelled before.
        AlreadyBegun: the workshop takes place; there is a report to write.
    """
    slot = lock_slot(booking.slot_id)
    booking.refresh_from_db(fields=["state", "sequence"])
    was_confirmed = booking.is_confirmed
    if was_confirmed and slot.starts_at <= now:
        raise AlreadyBegun("Cet atelier a commencé\u00a0: il ne s’annule plus. Écrivez plutôt le compte rendu.")
    to = Booking.State.CANCELLED_BY_COMPANY if side == Side.COMPANY else Booking.State.CANCELLED_BY_ASSOCIATION
    move_booking(booking, to, cancelled_at=now, cancelled_by=by, reason=reason, sequence=booking.sequence + 1)
    Workshop.objects.planned().filter(booking=booking).update(state=Workshop.State.CANCELLED, cancelled_at=now)
    if was_confirmed:
        _release_request(booking, now)
        by_company = side == Side.COMPANY
        others = alternatives(slot, now=now, places=booking.participants) if by_company else []
        emails.booking_cancelled(booking=booking, now=now, others=others)
        SlotVolunteer.objects.filter(slot=booking.slot).delete()
        if _is_past_the_cut(slot):
            companies.withdraw_slot(slot=slot, by=by, now=now)
    else:
        emails.booking_withdrawn(booking=booking, now=now)


def _is_past_the_cut(slot: Slot) -> bool:
    """Whether its series ended before this date, which only a booking kept."""
    series = slot.availability
    last = series.until_date if series else None
    return last is not None and slot.original_date is not None and slot.original_date > last


@transaction.atomic
def withdraw_slot(*, slot: Slot, by: User, now: dt.datetime) -> None:
    """Take a slot back. Associations that waited for it are told; a booked slot is cancelled first.

    Raises:
        SlotTaken: a live booking stands on it.
        companies.SlotNotOpen: it was withdrawn before.
    """
    locked = lock_slot(slot.pk)
    if Booking.objects.live().filter(slot=locked).exists():
        raise SlotTaken("Une réservation confirmée tient ce créneau\u00a0: annulez-la d’abord, avec un motif.")
    companies.withdraw_slot(slot=locked, by=by, now=now)
    decline_waiting([locked], by=by, now=now, reason=reasons.WITHDRAWN)


def decline_waiting(slots: Collection[Slot], *, by: User, now: dt.datetime, reason: str) -> None:
    """Tell everybody who waits for these slots that they are not to be had, with others that are."""
    for booking in Booking.objects.filter(slot__in=slots).awaiting_answer().with_everything():
        try:
            _settle(booking, Booking.State.DECLINED, by=by, now=now, reason=reason)
        except AlreadySettled:
            # Answered, withdrawn or expired this very moment: who waited was told so.
            continue
        others = alternatives(booking.slot, now=now, places=booking.participants)
        emails.booking_declined(booking=booking, now=now, others=others)


def _release_request(booking: Booking, now: dt.datetime) -> None:
    """The request is open again, unless another booking answers it."""
    if booking.request_id is None:
        return
    Request.objects.select_for_update(no_key=True).get(pk=booking.request_id)
    if not Booking.objects.filter(request=booking.request_id, state=Booking.State.CONFIRMED).exists():
        associations.move_request(request_id=booking.request_id, to=Request.State.OPEN, now=now)


def _confirmed(booking: Booking, now: dt.datetime) -> None:
    Workshop.objects.create(booking=booking, created_at=now)
    if booking.request_id:
        associations.move_request(request_id=booking.request_id, to=Request.State.IN_PROGRESS, now=now)
    emails.booking_confirmed(booking=booking, now=now)


def _settle(booking: Booking, to: Booking.State, *, by: User | None, now: dt.datetime, reason: str = "") -> None:
    move_booking(booking, to, settled_at=now, settled_by=by, reason=reason)


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
