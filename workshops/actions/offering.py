"""A company proposes one of its evenings to an association that looks for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations import actions as associations
from associations.models import Association, Request
from companies import actions as companies
from companies.models import Availability, Company, Slot
from territories.wording import counted, long_date
from workshops import emails
from workshops.actions.bookings import (
    AlreadyAsked,
    SlotTaken,
    TooManyBookings,
    check_live_cap,
    check_size,
    hold_association,
    lock_slot,
    refusals_of_booking,
)
from workshops.actions.cancelling import cancel_booking
from workshops.actions.moves import expire_lapsed
from workshops.actions.waitlist import refuse_hold
from workshops.catalogue import bookable
from workshops.matching import is_dismissed, suits
from workshops.models import Booking, Side
from workshops.sought import with_offers

OFFER_LASTS = dt.timedelta(hours=72)
LONGEST_EVENING_HOURS = 6


class NotSignatory(Refused):
    """The company is no signatory of the charter now: nothing of it is public."""


class NotSought(Refused):
    """The request is not open any more, or waits for another answer."""


class NotWished(Refused):
    """The association does not come at that time."""

    field = "date"


class CannotOpen(Refused):
    """The evening that was to be opened cannot be."""

    field = "date"


class TooLong(Refused):
    """No workshop lasts that long."""

    field = "end_time"


class SomebodyWaits(Refused):
    """An association has asked for the slot, and waits for the company's answer."""


ONLY_SIGNATORIES = (
    "Seules les entreprises signataires de la charte proposent des créneaux\u00a0: la vôtre ne l’est pas aujourd’hui."
)
ON_OFFER = "Cette demande n’attend pas de proposition en ce moment\u00a0: choisissez-en une autre."
ANSWER_FIRST = "Une association attend déjà votre réponse pour ce créneau\u00a0: répondez-lui d’abord."


@transaction.atomic
def offer_slot(*, slot_id: int, request: Request, by: User, now: dt.datetime) -> Booking:
    """Hold a free slot for the association of a request, for three days; it is told, and takes it with one button.

    Sent twice, it is held once.

    Raises:
        NotSignatory, NotSought, NotWished, SlotTaken, SomebodyWaits, AlreadyAsked, TooMany, TooManyBookings: nothing
        is written.
    """
    slot = lock_slot(slot_id)
    expire_lapsed([slot], now)
    sought = hold_request(request, now)
    offers = Booking.objects.filter(request=request.pk, offered_at__isnull=False)
    again = offers.held(now).filter(slot=slot).with_everything().first()
    if again is not None:
        return again
    if sought is None:
        raise NotSought(ON_OFFER)
    check_sought(sought)
    check_signatory(slot.room.site.company, now)
    check_fits(slot, sought, now)
    offered = keep(slot, sought, until=now + OFFER_LASTS, by=by, now=now, offered_at=now, offered_by=by)
    emails.slot_offered(booking=offered, now=now)
    return offered


def keep(
    slot: Slot, sought: Request, *, until: dt.datetime, by: User | None, now: dt.datetime, **stamps: Any
) -> Booking:
    """A locked slot, held for a request until then at most; the stamps say who proposes it.

    Raises:
        NotSignatory, NotSought, SlotTaken, SomebodyWaits, AlreadyAsked: nothing is written.
    """
    with refusing(_refusals()):
        kept: Booking = Booking.objects.create(
            slot=slot,
            association=sought.association,
            request=sought,
            participants=sought.participants,
            topic=sought.topics[0],
            key=uuid4(),
            state=Booking.State.HELD,
            created_at=now,
            created_by=by,
            expires_at=min(until, slot.closes_at),
            **stamps,
        )
    return kept


@transaction.atomic
def offer_evening(*, opening: Availability, request: Request, by: User, now: dt.datetime) -> Booking:
    """Open one evening more, and hold it for the association of a request: both or neither.

    Nobody else sees it free before the association has answered. Sent twice, it is one.

    Raises:
        CannotOpen, TooLong, what else `companies.publish_season` refuses, and what `offer_slot` does: nothing is
        written.
    """
    check_signatory(opening.room.site.company, now)
    lasts = dt.datetime.combine(dt.date.min, opening.end_time) - dt.datetime.combine(dt.date.min, opening.start_time)
    if lasts > dt.timedelta(hours=LONGEST_EVENING_HOURS):
        raise TooLong(f"Une soirée ouverte pour une association dure {LONGEST_EVENING_HOURS}\u00a0heures au plus.")
    try:
        season = companies.publish_season(room=opening.room, openings=[opening], by=by, now=now)
    except companies.AlreadyPublished as before:
        season = before.season
    except companies.NothingToOpen as nothing:
        raise CannotOpen(_why_not(opening, nothing.refused)) from nothing
    return offer_slot(slot_id=season.slots[0].pk, request=request, by=by, now=now)


def _why_not(opening: Availability, refused: Sequence[companies.SeasonRefused]) -> str:
    """What keeps one evening from being opened, and what to change."""
    reason = refused[0].reason if refused else "aucune date ne convient"
    if reason == companies.PAST:
        ahead = counted(opening.notice_hours, "heure", "heures")
        return f"Cette soirée est passée ou trop proche\u00a0: choisissez-en une qui commence dans plus de {ahead}."
    return f"Cette soirée ne peut pas être ouverte ({reason})\u00a0: changez la date, l’heure ou la salle."


@transaction.atomic
def withdraw_request(*, request: Request, by: User, now: dt.datetime) -> int:
    """Take an open request back, and what waits for an answer for it; a slot that is kept for it is free again.

    Each company is told. Returns how many bookings were taken back.

    Raises:
        associations.RequestClosed: a slot was booked for it, or it was withdrawn before.
    """
    _let_go(request, by, now)
    taken_back = _take_back(request, by, now)
    associations.withdraw_request(request=request, now=now)
    _let_go(request, by, now)
    return taken_back + _take_back(request, by, now)


@transaction.atomic
def hide_request(*, request: Request, reason: str, by: User, now: dt.datetime) -> None:
    """Keep a request offline, with a reason that the association reads. What is kept for it is let go.

    Raises:
        associations.AlreadyDecided: another moderator was first, or the file is not held by this one.
    """
    _let_go(request, by, now)
    associations.hide_request(request=request, reason=reason, by=by, now=now)
    _let_go(request, by, now)


def _let_go(request: Request, by: User, now: dt.datetime) -> None:
    """Before the request's row is held, since slots are held first; and of who was about to offer, once it is."""
    for booking in Booking.objects.held(now).proposed().filter(request=request.pk).with_everything():
        refuse_hold(booking=booking, by=by, now=now)


def _take_back(request: Request, by: User, now: dt.datetime) -> int:
    """The bookings that were asked for it; one that is accepted at this moment stays, and so does the request."""
    taken_back = 0
    for booking in Booking.objects.awaiting_answer(now).filter(request=request.pk).with_everything().order_by("slot"):
        lock_slot(booking.slot_id)
        booking.refresh_from_db(fields=["state"])
        if booking.is_pending:
            cancel_booking(booking=booking, side=Side.ASSOCIATION, by=by, now=now)
            taken_back += 1
    return taken_back


def hold_request(request: Request, now: dt.datetime) -> Request | None:
    """The request's row, held until the end; None when it is not open.

    Its association's row comes first, as for who books: a booking for the same request waits, or is waited for.
    """
    hold_association(request.association)
    rows = with_offers(Request.objects.open(now), now).select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=request.pk).first()


def check_sought(sought: Any) -> None:
    """Whether anybody may propose something for an open request (`sought.with_offers`), whatever the slot.

    Raises:
        NotSought
    """
    if sought.on_offer:
        raise NotSought(ON_OFFER)
    if not sought.has_hours:
        raise NotSought("Cette association cherche en semaine et en journée, où les entreprises n’ouvrent pas.")
    if sought.association.state != Association.State.ADMITTED:
        raise NotSought("Cette association n’est pas encore admise\u00a0: proposez-lui un créneau dès qu’elle le sera.")


def check_signatory(company: Company, now: dt.datetime) -> None:
    """Whether the company may propose anything at all.

    Raises:
        NotSignatory
    """
    if not Company.objects.signatories(now).filter(pk=company.pk).exists():
        raise NotSignatory(ONLY_SIGNATORIES)


def _refusals() -> dict[str, Refused]:
    """Of a booking, in the words of who offers."""
    return refusals_of_booking() | {
        "booking_of_signatory": NotSignatory(ONLY_SIGNATORIES),
        "booking_by_association_that_may": NotSought("Cette association ne peut pas réserver en ce moment."),
        "booking_asked_once": AlreadyAsked("Cette association a déjà demandé ce créneau\u00a0: répondez-lui."),
        "booking_nobody_waits_beside": SomebodyWaits(ANSWER_FIRST),
    }


def check_fits(slot: Slot, sought: Request, now: dt.datetime) -> None:
    """Whether a slot may be kept for a request, whoever proposes it.

    Raises:
        SlotTaken, NotWished, TooMany, TooManyBookings
    """
    if not bookable(now).filter(pk=slot.pk).exists():
        raise SlotTaken("Ce créneau n’est plus libre : choisissez-en un autre.")
    if not suits(sought, slot.starts_at.astimezone(ZoneInfo(slot.time_zone))):
        season = f"entre le {long_date(sought.from_date)} et le {long_date(sought.until_date)}"
        raise NotWished(f"L’association cherche un créneau {sought.when}, {season}.")
    if is_dismissed(sought, slot):
        raise NotWished("L’association a répondu que ce jour, cette heure ou ce lieu ne lui convient pas.")
    check_size(slot, sought.participants)
    try:
        check_live_cap(sought.association, now)
    except TooManyBookings as error:
        raise TooManyBookings("Cette association a déjà autant d’ateliers à venir que permis.") from error
