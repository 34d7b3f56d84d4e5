"""Booking several slots for one group: all of them, or line by line what can be had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from associations.models import Association, Request
from companies.models import BookingMode, Slot
from territories.wording import counted, day_date
from workshops.actions.bookings import book_slot, count_waiting, hold_association, lock_slots
from workshops.actions.cancelling import cancel_booking
from workshops.catalogue import claims
from workshops.models import Booking, Course, Reason, Side

MOST_SESSIONS = 20
HAD_ALREADY = "Votre association a déjà cette date, réservée ou demandée."


class TooFewSessions(Refused):
    """One date is a booking, not a course; or there are too many."""

    field = "slots"


class TwoAtOnce(Refused):
    """One group cannot be in two places at the same time."""

    field = "slots"


class NotAllFree(Refused):
    """Some date could not be had, and only all of them are wanted."""

    field = "slots"


class Booked(NamedTuple):
    """What became of each date of a course."""

    course: Course
    bookings: list[Booking]
    refused: list[tuple[Slot, str]]


@transaction.atomic
def book_course(  # one course is all of these facts
    *,
    slot_ids: Collection[int],
    association: Association,
    title: str,
    participants: int,
    topic: str,
    message: str,
    key: UUID,
    request: Request | None,
    only_all: bool,
    by: User,
    now: dt.datetime,
) -> Booked:
    """Book these slots for one group. What cannot be had is said line by line; with `only_all` nothing is kept then.

    `key` comes with the form: the same form sent twice gives the same course, and with other dates, or for another
    association, another one.

    Raises:
        TooFewSessions: fewer than two dates, or more than `MOST_SESSIONS`.
        TwoAtOnce: two of the dates overlap.
        NotAllFree: none could be had, or not all of them and `only_all`, or more would wait for an answer than may;
            nothing is written.
    """
    if not 1 < len(set(slot_ids)) <= MOST_SESSIONS:
        raise TooFewSessions(f"Choisissez de 2 à {MOST_SESSIONS} dates.")
    slots = sorted(lock_slots(slot_ids).values(), key=lambda slot: (slot.starts_at, slot.pk))
    key = course_key(key, association.pk, slot_ids)
    again = Course.objects.filter(key=key).first()
    if again is not None:
        return Booked(again, list(again.bookings.with_everything()), left_out(again, slots))
    _check_one_at_a_time(slots)
    _check_answers(slots if only_all else [], association, now)
    course = Course.objects.create(
        association=association,
        title=title,
        topic=topic,
        participants=participants,
        key=key,
        created_at=now,
        created_by=by,
    )
    booked = Booked(course, [], [])
    for slot in slots:
        try:
            booking = book_slot(
                slot_id=slot.pk,
                association=association,
                participants=participants,
                topic=topic,
                message=message,
                key=uuid5(key, str(slot.pk)),
                request=request,
                course=course,
                by=by,
                now=now,
            )
        except Refused as refusal:
            booked.refused.append((slot, str(refusal)))
        else:
            booked.bookings.append(booking)
    if booked.refused and (only_all or not booked.bookings):
        raise NotAllFree(_why(booked, association, now))
    return booked


def left_out(course: Course, slots: Iterable[Slot]) -> list[tuple[Slot, str]]:
    """Of the dates of its form, those that the course has not got, each with a word: for a form that is sent again."""
    had = set(course.bookings.values_list("slot", flat=True))
    return [(slot, "Cette date n’a pas été réservée avec les autres.") for slot in slots if slot.pk not in had]


def _check_one_at_a_time(slots: list[Slot]) -> None:
    """Whether one group can come to all of these slots, in the order in which they begin.

    Raises:
        TwoAtOnce
    """
    for one, other in pairwise(slots):
        if other.starts_at < one.ends_at:
            raise TwoAtOnce(
                f"Le {day_date(other.starts_on)}, deux dates se chevauchent\u00a0: un groupe ne peut pas être à deux "
                "endroits. N’en gardez qu’une."
            )


def _check_answers(slots: list[Slot], association: Association, now: dt.datetime) -> None:
    """Whether all that need one may wait for an answer at the same time.

    Raises:
        NotAllFree
    """
    asking = sum(slot.booking_mode == BookingMode.ON_APPROVAL for slot in slots)
    if not asking:
        return
    hold_association(association)
    left = max(settings.PENDING_PER_ASSOCIATION - count_waiting(association, now), 0)
    if asking > left:
        raise NotAllFree(
            f"Rien n’est réservé\u00a0: {counted(asking, 'date est', 'dates sont')} «\u00a0sur accord\u00a0», et vous "
            f"pouvez attendre {counted(left, 'réponse', 'réponses')} de plus à la fois. Gardez-en moins, ou décochez "
            "la case pour demander, ligne par ligne, celles qui peuvent l’être."
        )


def course_key(form: UUID, association_id: int, slot_ids: Collection[int]) -> UUID:
    """Of the course that a form makes for an association on these slots."""
    return uuid5(form, f"{association_id}:{','.join(map(str, sorted(set(slot_ids))))}")


def _why(booked: Booked, association: Association, now: dt.datetime) -> str:
    """Why nothing is written; what the association has already, by a form that was sent before, it keeps."""
    slots = [slot.pk for slot, _ in booked.refused]
    own = set(claims(now).filter(association=association, slot__in=slots).values_list("slot", flat=True))
    lines = "\u00a0; ".join(
        f"{day_date(slot.starts_on)}, {HAD_ALREADY if slot.pk in own else reason}" for slot, reason in booked.refused
    )
    return f"{'Rien de plus' if own else 'Rien'} n’est réservé\u00a0: {lines}"


@transaction.atomic
def cancel_course(*, course: Course, code: Reason, reason: str, by: User, now: dt.datetime) -> int:
    """Call off all sessions of a course that are to come; those that took place stay. Returns how many.

    Raises:
        Unexplained: another reason than those of the list, and not which.
    """
    coming = course.bookings.filter(
        state__in=(Booking.State.CONFIRMED, *Booking.WAITING), slot__starts_at__gt=now
    ).with_everything()
    sessions = [booking for booking in coming.order_by("slot") if booking.as_of(now).state != Booking.State.EXPIRED]
    lock_slots([booking.slot_id for booking in sessions])
    numbers = {booking.pk for booking in sessions}
    # Where a session was asked to be moved to goes with the session.
    sessions = [booking for booking in sessions if booking.moved_from_id not in numbers]
    for booking in sessions:
        cancel_booking(booking=booking, side=Side.ASSOCIATION, code=code, reason=reason, by=by, now=now)
    return len(sessions)
