"""Booking a slot, and answering."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations import actions as associations
from associations.models import Association, Request
from companies.models import BookingMode, Slot, SlotQuerySet
from territories.prepared import ANY_TIME, Prepared, run_planned
from territories.wording import counted
from workshops import emails
from workshops.actions.moves import AlreadySettled, expire_lapsed, settle
from workshops.catalogue import bookable, instead_of
from workshops.models import Booking, BookingQuerySet, Course, Reason, Workshop

NOBODY_COMES = "Indiquez combien de personnes viennent\u00a0: une au moins."
ANSWER_WITHIN = dt.timedelta(hours=96)
# The number of no booking.
NO_BOOKING = 0


class SlotTaken(Refused):
    """Somebody else has the slot, or it left the catalogue meanwhile."""


class TooMany(Refused):
    """More participants than places."""

    field = "participants"


class NobodyComes(Refused):
    """A booking for nobody."""

    field = "participants"


class NotAdmitted(Refused):
    """The association may not make this booking yet."""


class AlreadyAsked(Refused):
    """The association has a booking of this slot."""


class TooManyBookings(Refused):
    """The association has as many bookings to come as one may have."""


class Unexplained(Refused):
    """« Another reason » says which."""

    field = "reason"


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
    course: Course | None = None,
) -> Booking:
    """Book a whole slot: confirmed at once when the company said so, else pending its answer.

    `key` comes with the form: the same form sent twice gives the same booking.

    Raises:
        SlotTaken, TooMany, NobodyComes, NotAdmitted, AlreadyAsked, TooManyBookings: nothing is written.
    """
    wanted = Booking(
        association=association,
        request=request,
        course=course,
        participants=participants,
        topic=topic,
        message=message,
        key=key,
        created_at=now,
        created_by=by,
    )
    # One block, so that nothing is kept of what a constraint refuses.
    with refusing(refusals_of_booking()):
        _lock_parties(slot_id, association)
        slot = _without_doubt(slot_id, association, key, now)
        if slot is not None:
            check_party(slot, association, participants, now)
            return _write(wanted, slot, by, now)
        if not _is_late(slot_id, key, now):
            return _look_and_book(wanted, slot_id, by, now)
    # Past the block, which ends in a commit: at a rollback psycopg drops all that PostgreSQL has planned, and those who
    # lose a race are many.
    raise SlotTaken("Ce créneau n’est plus disponible.")


def _look_and_book(wanted: Booking, slot_id: int, by: User, now: dt.datetime) -> Booking:
    """The same after a closer look: what was sent before, what lapsed, who else waits for the slot."""
    slot = lock_slot(slot_id)
    again = Booking.objects.filter(key=wanted.key).with_everything().first()
    if again is not None and again.association_id == wanted.association_id:
        return again
    if again is not None:
        # The page was gone back to, and sent for another association.
        wanted.key = uuid4()
    expire_lapsed([slot], now)
    check_booking(slot, wanted.association, wanted.participants, now)
    if slot.booking_mode == BookingMode.INSTANT:
        settle_others(slot, association=wanted.association, by=by, now=now)
    return _write(wanted, slot, by, now)


def _write(booking: Booking, slot: Slot, by: User, now: dt.datetime) -> Booking:
    """Of a slot that is held, and that the association may have."""
    instant = slot.booking_mode == BookingMode.INSTANT
    booking.slot = slot
    booking.state = Booking.State.CONFIRMED if instant else Booking.State.PENDING
    booking.expires_at = None if instant else answer_until(slot, now)
    booking.settled_at, booking.settled_by = (now, by) if instant else (None, None)
    booking.save(force_insert=True)
    if instant:
        confirmed(booking, now)
    else:
        emails.booking_requested(booking=booking, now=now)
    return booking


# The slot's row first, then the association's, as everywhere: the second is looked for once the first is held.
LOCK_PARTIES = """
SELECT id FROM (
    WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', '4s', true)),
    offered AS MATERIALIZED (
        SELECT id FROM companies_slot WHERE id = $1 AND EXISTS (SELECT FROM patience) FOR NO KEY UPDATE
    )
    SELECT id FROM associations_association
    WHERE id = $2 AND EXISTS (SELECT FROM offered) FOR NO KEY UPDATE
) AS held
"""


def _lock_parties(slot_id: int, association: Association) -> None:
    """Hold both rows until the end, in one statement.

    Those who race for one slot wait in line; one association's bookings do not both see room for one.
    """
    run_planned(LOCK_PARTIES, [slot_id, association.pk])


def _without_doubt(slot_id: int, association: Association, key: UUID, now: dt.datetime) -> Slot | None:
    """The slot that is held, when a glance shows that the association may have it; None when it takes a closer look."""
    glance = _glance(settings.PENDING_PER_ASSOCIATION, settings.BOOKINGS_PER_ASSOCIATION)
    return next(iter(glance(slot=slot_id, association=association.pk, key=key, now=now)), None)


@cache
def _glance(most_waiting: int, most_live: int) -> Prepared[Slot]:
    def build(*, slot: int, association: int, key: UUID, now: dt.datetime) -> SlotQuerySet:
        claims = Booking.objects.filter(slot=OuterRef("pk"))
        own = Booking.objects.filter(association=association)
        doubts = (
            Exists(Booking.objects.filter(key=key)),
            Exists(claims.lapsed(now)),
            Exists(claims.awaiting_answer(now).filter(slot__booking_mode=BookingMode.INSTANT)),
            _as_many_as(most_waiting, own.awaiting_answer(now)),
            _as_many_as(most_live, own.ahead(now)),
        )
        free = bookable(now).filter(pk=slot).filter(*(~doubt for doubt in doubts))
        return free.with_place().select_related("room__site__access_kit")

    return Prepared(build, slot=-1, association=-2, key=UUID(int=0), now=ANY_TIME)


def _is_late(slot_id: int, key: UUID, now: dt.datetime) -> bool:
    """Whether somebody lost a race, and did not send the form before."""
    standing = _STANDING(slot=slot_id, key=key, now=now)
    return bool(standing) and all(one.key != key for one in standing)


def _standing(*, slot: int, key: UUID, now: dt.datetime) -> BookingQuerySet:
    return Booking.objects.live(now).filter(slot=slot) | Booking.objects.filter(key=key)


_STANDING = Prepared(_standing, slot=-1, key=UUID(int=0), now=ANY_TIME)


def _as_many_as(count: int, bookings: BookingQuerySet) -> Exists:
    return Exists(bookings.order_by()[count - 1 : count])


def lock_slot(slot_id: int) -> Slot:
    """The slot's row, held until the end: those who race for one slot wait in line instead of deadlocking."""
    return lock_slots([slot_id])[slot_id]


def lock_slots(slot_ids: Collection[int]) -> dict[int, Slot]:
    """Several slots by their numbers, locked in one order: who wants the same ones waits, and nobody for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '4s'")
    rows = Slot.objects.select_for_update(no_key=True, of=("self",)).with_place().filter(pk__in=slot_ids)
    locked = {slot.pk: slot for slot in rows.order_by("pk")}
    if len(locked) < len(set(slot_ids)):
        raise Slot.DoesNotExist
    return locked


def lock_with_moves(booking: Booking, *slot_ids: int) -> tuple[dict[int, Slot], list[Booking]]:
    """The slots of a workshop, those named besides, and where its association has asked to move it; and these requests.

    All are locked in one order. Where a move is asked for while one waits, they are let go and locked anew.
    """
    asked = Booking.objects.filter(moved_from=booking, state=Booking.State.PENDING)
    wanted: set[int] = set()
    while True:
        wanted |= {booking.slot_id, *slot_ids, *asked.values_list("slot_id", flat=True)}
        with transaction.atomic():
            slots = lock_slots(wanted)
            moves = list(asked.with_everything())
            if {move.slot_id for move in moves} <= wanted:
                return slots, moves
            transaction.set_rollback(True)


def answer_until(slot: Slot, now: dt.datetime) -> dt.datetime:
    """How long a company may answer somebody who asks now."""
    return min(now + ANSWER_WITHIN, slot.starts_at)


def check_booking(slot: Slot, association: Association, participants: int, now: dt.datetime) -> None:
    """Whether the association may have this slot now.

    Raises:
        SlotTaken, TooMany, NotAdmitted, TooManyBookings
    """
    if not bookable(now).filter(pk=slot.pk).exists():
        raise SlotTaken("Ce créneau n’est plus disponible.")
    check_party(slot, association, participants, now)
    _check_cap(slot, association, now)


def check_party(slot: Slot, association: Association, participants: int, now: dt.datetime) -> None:
    """Whether the association may come to such a slot at all, taken or not.

    Raises:
        TooMany, NotAdmitted
    """
    check_places(slot, participants)
    check_admission(slot, association)
    if association.state == Association.State.ADMITTED:
        return
    if Booking.objects.of_association(association).awaiting_answer(now).exists():
        raise NotAdmitted("Tant que votre association n’est pas admise, elle envoie une demande à la fois.")


def check_places(slot: Slot, participants: int) -> None:
    """Whether a slot has so many places, in words to who comes.

    Raises:
        TooMany
    """
    if participants > slot.places:
        raise TooMany(f"Ce créneau accueille {slot.places} personnes au plus\u00a0: indiquez un nombre plus petit.")


def check_size(slot: Slot, participants: int) -> None:
    """The same of a slot that its company chooses for an association, in words to the company.

    Raises:
        TooMany
    """
    if participants > slot.places:
        raise TooMany(f"Ce créneau accueille {slot.places} personnes au plus\u00a0: choisissez-en un plus grand.")


def check_admission(slot: Slot, association: Association) -> None:
    """Whether the association is one of those that may book such a slot.

    Raises:
        NotAdmitted
    """
    if association.state == Association.State.ADMITTED:
        return
    if association.state != Association.State.NEW:
        raise NotAdmitted(f"Votre association est {association.get_state_display()}\u00a0: elle ne peut pas réserver.")
    if slot.booking_mode == BookingMode.INSTANT:
        raise NotAdmitted(
            "Ce créneau se réserve sans délai\u00a0: il faut d’abord que votre association soit admise. "
            "Choisissez un créneau «\u00a0sur accord\u00a0», ou attendez notre réponse."
        )


def _check_cap(slot: Slot, association: Association, now: dt.datetime) -> None:
    """No hoarding. The association's row is held with the slot's: two bookings at once do not both see room for one."""
    if slot.booking_mode == BookingMode.ON_APPROVAL:
        check_pending_cap(association, now)
    check_live_cap(association, now)


def hold_association(association: Association) -> None:
    """Its row, until the end."""
    Association.objects.select_for_update(no_key=True).only("pk").get(pk=association.pk)


def check_pending_cap(association: Association, now: dt.datetime) -> None:
    """Whether the association may wait for one answer more; true until the commit for who holds its row.

    Raises:
        TooManyBookings
    """
    waiting = count_waiting(association, now)
    if waiting >= settings.PENDING_PER_ASSOCIATION:
        raise TooManyBookings(
            f"Vous attendez déjà {counted(waiting, 'réponse', 'réponses')}\u00a0: attendez-en une, ou retirez une "
            "demande, avant d’en envoyer une autre."
        )


def count_waiting(association: Association, now: dt.datetime) -> int:
    """How many answers the association waits for."""
    return Booking.objects.of_association(association).awaiting_answer(now).count()


def check_live_cap(association: Association, now: dt.datetime, *, but: int = NO_BOOKING) -> None:
    """Whether the association may have one workshop more to come, beside the booking of this number.

    True until the commit for who holds its row.

    Raises:
        TooManyBookings
    """
    live = Booking.objects.of_association(association).ahead(now).exclude(pk=but).count()
    if live >= settings.BOOKINGS_PER_ASSOCIATION:
        raise TooManyBookings(
            f"Vous avez déjà {counted(live, 'atelier', 'ateliers')} à venir, le maximum\u00a0: annulez ceux dont vous "
            "n’avez plus besoin, ou attendez que le premier ait eu lieu."
        )


def refusals_of_booking() -> dict[str, Refused]:
    """What to say when the database says no to a booking."""
    return {
        "booking_one_live_per_slot": SlotTaken("Ce créneau vient d’être pris."),
        "booking_nobody_waits_beside": SlotTaken("Ce créneau vient d’être pris."),
        "booking_of_signatory": SlotTaken("Ce créneau n’est plus proposé."),
        "booking_of_open_slot": SlotTaken("Ce créneau n’est plus proposé."),
        "booking_of_free_room": SlotTaken("La salle est prise à ce moment-là\u00a0: choisissez un autre créneau."),
        "booking_by_association_that_may": NotAdmitted("Votre association ne peut pas réserver en ce moment."),
        "booking_somebody_comes": NobodyComes(NOBODY_COMES),
        "booking_asked_once": AlreadyAsked("Votre association a déjà demandé ce créneau."),
    }


def explained(code: Reason, reason: str) -> None:
    """See that « another reason » comes with words.

    Raises:
        Unexplained
    """
    if code == Reason.OTHER and not reason.strip():
        raise Unexplained("Dites votre motif en quelques mots\u00a0: l’autre partie le lira.")


def decline_waiting(
    slots: Collection[Slot], *, code: Reason = Reason.OTHER, reason: str = "", by: User, now: dt.datetime
) -> int:
    """Tell everybody who waits for these slots that they are not to be had, with others that are. Returns how many."""
    declined = 0
    # A hold that nobody answered in time holds the slot to the database until somebody notes it.
    expire_lapsed(slots, now)
    for booking in Booking.objects.filter(slot__in=slots).waiting(now).with_everything():
        try:
            settle(booking, Booking.State.DECLINED, by=by, now=now, reason_code=code, reason=reason)
        except AlreadySettled:
            # Answered, withdrawn or expired this very moment: who waited was told so.
            continue
        others = instead_of(booking, now)
        emails.booking_declined(booking=booking, now=now, others=others)
        declined += 1
    return declined


def settle_others(slot: Slot, *, association: Association, by: User, now: dt.datetime) -> None:
    """The slot goes to this association: the others that waited for an answer are told, with other slots."""
    asking = Booking.objects.filter(slot=slot).exclude(association=association).awaiting_answer(now)
    for other in asking.with_everything().order_by("pk"):
        settle(other, Booking.State.NOT_SELECTED, by=by, now=now)
        others = instead_of(other, now)
        emails.booking_not_selected(booking=other, now=now, others=others)


def confirmed(booking: Booking, now: dt.datetime, *, prepared: Mapping[str, Any] | None = None) -> None:
    """What follows from a confirmation: the workshop, with what is `prepared`, the state of the request, the mails."""
    Workshop.objects.create(booking=booking, created_at=now, **(prepared or {}))
    if booking.request_id:
        associations.move_request(request_id=booking.request_id, to=Request.State.IN_PROGRESS, now=now)
    emails.booking_confirmed(booking=booking, now=now)
