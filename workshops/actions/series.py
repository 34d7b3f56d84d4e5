"""Living series: one date, this and the following, or all; what is booked stays and is named."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.refusals import Refused, refusing
from companies import actions as companies
from companies.models import Availability, Room, Site, Slot
from companies.recurrence import Occurrence, occurrence
from workshops import emails
from workshops.actions.bookings import SlotTaken, lock_slot
from workshops.actions.cancelling import refuse_all
from workshops.actions.promising import tell_moved
from workshops.models import Booking, Reason, Side, WaitlistEntry


class NotThatWay(Refused):
    """The slot cannot be put there."""


class Change(NamedTuple):
    """What a single slot becomes, on the clock of its site."""

    date: dt.date
    start_time: dt.time
    end_time: dt.time
    places: int
    computers: int
    volunteers_offered: int


class SeriesEnd(NamedTuple):
    """What became of the coming dates: slots taken back, and bookings that stay until somebody settles them."""

    withdrawn: list[Slot]
    booked: list[Booking]
    declined: int = 0
    """How many had asked for one of them."""


@transaction.atomic
def change_slot(*, slot: Slot, change: Change, by: User, now: dt.datetime) -> Slot:
    """Move one date of a series, or change what it offers; it follows its series no more.

    Associations that waited for it are told, with other slots: they had asked for something else. Volunteers who had
    promised are told of the new time, and may take their promise back. One that is booked may offer more, and end
    later: who comes is told.

    Raises:
        SlotTaken: a confirmed booking stands on it, which would be at another time or have less.
        companies.SlotNotOpen: it was withdrawn.
        companies.DaytimeOpening: it would start in office hours.
        NotThatWay: it has begun, or the room is taken at that time, or has less to offer.
    """
    locked = lock_slot(slot.pk)
    if locked.state != Slot.State.OPEN:
        raise companies.SlotNotOpen("Ce créneau est retiré.")
    if locked.starts_at <= now:
        raise NotThatWay("Cette date a commencé\u00a0: elle ne se change plus.")
    booked = Booking.objects.agreed().filter(slot=locked).with_everything().first()
    if booked is not None:
        return _offer_more(locked, booked, change, now)
    period, was = _period(locked, change, now), locked.starts_at
    if _is_another(locked, change, period):
        # Who asked for it, queued for it or has it held had wanted what it was.
        refuse_all([locked], code=Reason.RESCHEDULED, by=by, now=now)
    notice = locked.starts_at - locked.closes_at
    locked.starts_at, locked.ends_at, locked.closes_at = period.starts_at, period.ends_at, period.starts_at - notice
    locked.places, locked.computers = change.places, change.computers
    locked.volunteers_offered = change.volunteers_offered
    locked.is_edited, locked.matched_at = True, None
    if locked.is_past_the_cut:
        # Moved beyond the stop of its series, it stands for itself.
        companies.take_out(availability=locked.availability_id, dates=[locked.original_date])
        locked.availability = locked.original_date = None
    companies.close_ranks(slot=locked)
    with refusing(_refusals_of_change()):
        locked.save()
    if locked.starts_at != was:
        tell_moved(slot=locked, was=was, now=now)
    return locked


def _offer_more(slot: Slot, booking: Booking, change: Change, now: dt.datetime) -> Slot:
    """What a booked slot becomes: all that the association counts on stays.

    Raises:
        SlotTaken, companies.DaytimeOpening, NotThatWay
    """
    period = occurrence(change.date, change.start_time, change.end_time, ZoneInfo(slot.time_zone))
    if period.starts_at != slot.starts_at or period.ends_at < slot.ends_at:
        raise SlotTaken(
            "Une réservation confirmée tient ce créneau\u00a0: pour une autre date ou d’autres heures, déplacez "
            "l’atelier depuis la page de sa réservation."
        )
    _check_kept(slot, booking, change)
    longer = period.ends_at > slot.ends_at
    if longer:
        _check_longer(slot, period)
    offered = (change.places, change.computers, change.volunteers_offered)
    if not longer and offered == (slot.places, slot.computers, slot.volunteers_offered):
        return slot
    slot.ends_at, slot.is_edited = period.ends_at, True
    slot.places, slot.computers, slot.volunteers_offered = offered
    with refusing(_refusals_of_change()):
        slot.save()
    if longer:
        booking.sequence += 1
        booking.save(update_fields=["sequence"])
    booking.slot = slot
    emails.booking_changed(booking=booking, side=Side.COMPANY, longer=longer, now=now)
    return slot


def _check_kept(slot: Slot, booking: Booking, change: Change) -> None:
    if change.places < booking.participants:
        raise NotThatWay(
            f"L’association vient à {booking.participants}\u00a0: gardez au moins autant de places, ou annulez la "
            "réservation, avec un motif."
        )
    if change.computers < slot.computers or change.volunteers_offered < slot.volunteers_offered:
        raise NotThatWay(
            "L’association compte sur ces ordinateurs et ces bénévoles\u00a0: gardez au moins leur nombre."
        )


def _check_longer(slot: Slot, period: Occurrence) -> None:
    companies.refuse_daytime([period])
    added = {"starts_at__lt": period.ends_at, "ends_at__gt": slot.ends_at}
    if slot.room.busy_times.filter(**added).exists():
        raise NotThatWay("La salle est occupée à ce moment selon son agenda\u00a0: choisissez une autre heure.")


def _period(slot: Slot, change: Change, now: dt.datetime) -> Occurrence:
    """When it will be.

    Raises:
        NotThatWay, companies.DaytimeOpening: not then.
    """
    if change.date > (now + companies.FARTHEST_AHEAD).date():
        raise NotThatWay("Cette date est trop loin\u00a0: choisissez-en une d’ici deux ans.")
    period = occurrence(change.date, change.start_time, change.end_time, ZoneInfo(slot.time_zone))
    companies.refuse_daytime([period])
    if slot.room.busy_times.filter(starts_at__lt=period.ends_at, ends_at__gt=period.starts_at).exists():
        raise NotThatWay("La salle est occupée à ce moment selon son agenda\u00a0: choisissez une autre heure.")
    if period.starts_at - (slot.starts_at - slot.closes_at) <= now:
        raise NotThatWay("Cette date est passée ou trop proche\u00a0: choisissez-en une autre.")
    return period


def _is_another(slot: Slot, change: Change, period: Occurrence) -> bool:
    """Whether it is at another time, or offers less: more volunteers or more places trouble nobody."""
    moved = (period.starts_at, period.ends_at) != (slot.starts_at, slot.ends_at)
    return moved or change.places < slot.places or change.computers < slot.computers


def _refusals_of_change() -> dict[str, Refused]:
    return {
        "slot_period_in_order": NotThatWay("Indiquez une heure de fin après l’heure de début."),
        "slot_room_free": NotThatWay("La salle a déjà un créneau à ce moment\u00a0: choisissez une autre heure."),
        "volunteer_seat_is_offered": NotThatWay(
            "Davantage de bénévoles se sont déjà engagés\u00a0: gardez au moins leur nombre."
        ),
        "booking_course_in_one_place": NotThatWay(
            "Une autre séance de ce groupe est à ce moment-là\u00a0: choisissez une autre heure."
        ),
        "slot_places_within_room": NotThatWay("La salle n’a pas autant à offrir\u00a0: diminuez les nombres."),
        "volunteer_in_one_place": NotThatWay(
            "Un de vos bénévoles est déjà pris à ce moment\u00a0: choisissez une autre heure."
        ),
    }


@transaction.atomic
def end_series(*, availability: Availability, from_date: dt.date, by: User, now: dt.datetime) -> SeriesEnd:
    """From this day on the series opens nothing: free slots are taken back, booked ones stay and are named.

    A date that was moved by hand counts for the day where it is now.
    """
    end = _end(availability, from_date, now=now)
    companies.withdraw_slots(slots=end.withdrawn, by=by, now=now)
    declined = refuse_all(end.withdrawn, code=Reason.WITHDRAWN, by=by, now=now)
    return end._replace(declined=declined)


def _end(availability: Availability, from_date: dt.date, *, now: dt.datetime) -> SeriesEnd:
    """The series opens nothing from this day on; its free slots are locked, to be taken back."""
    companies.cut_series(series=Availability.objects.filter(pk=availability.pk), from_date=from_date)
    coming = Slot.objects.filter(
        availability=availability, local_date__gte=from_date, state=Slot.State.OPEN, starts_at__gt=now
    )
    slots = list(coming.select_for_update(no_key=True, of=("self",)).with_place().order_by("pk"))
    booked = list(Booking.objects.agreed().filter(slot__in=slots).with_everything().order_by("slot__starts_at"))
    held = {one.slot_id for one in booked}
    free = [slot for slot in slots if slot.pk not in held]
    return SeriesEnd(withdrawn=free, booked=booked)


@transaction.atomic
def change_series(
    *, availability: Availability, changed: Availability, from_date: dt.date, by: User, now: dt.datetime
) -> tuple[SeriesEnd, companies.Season]:
    """This and the following dates: the series ends, another one with what `changed` says begins.

    Dates that were booked, moved, taken out of the series or too near to be asked for stay as they are. Volunteers
    keep their evenings where the hours stay.

    Raises:
        what `companies.publish_season` raises: nothing is written.
    """
    # In the order of who closes a room: the room, the series, the dates.
    companies.hold_places(rooms=Room.objects.filter(pk=availability.room_id), sites=Site.objects.none())
    # Nobody takes a date back, or moves it, between what is read here and what is written.
    Slot.objects.filter(availability=availability, starts_at__gt=now).hold()
    cut = availability.cut_from_date
    staying = _staying(availability, changed, from_date, now)
    kept_out = companies.dates_taken_out(availability) | {slot.original_date for slot in staying if slot.original_date}
    # They go over to the series that begins, and keep their day and their offer; the one that ends has had them.
    companies.take_out(availability=availability.pk, dates=[slot.original_date for slot in staying])
    going_over = Slot.objects.filter(pk__in=[slot.pk for slot in staying])
    going_over.update(availability=None)
    end = _end(availability, from_date, now=now)
    companies.withdraw_keeping_promises(slots=end.withdrawn, by=by, now=now)
    kept_out |= {one.slot.original_date for one in end.booked if one.slot.original_date}
    booked = [one.slot_id for one in end.booked]
    by_hand = Booking.objects.agreed().filter(slot__in=going_over).with_everything().order_by("slot__starts_at")
    end = end._replace(booked=[*end.booked, *by_hand])
    # A series that was stopped stays so.
    changed.cut_from_date = cut
    changed.from_date = _in_step(availability, changed, max(changed.from_date, from_date))
    season = companies.publish_season(room=availability.room, openings=[changed], by=by, now=now, without=kept_out)
    companies.carry_promises(gone=end.withdrawn, offered=season.slots, now=now)
    _carry_claims(end.withdrawn, season.slots, now)
    # Now that the changed evenings are there to be proposed.
    declined = refuse_all(end.withdrawn, code=Reason.RESCHEDULED, by=by, now=now)
    going_over.update(availability=changed, is_edited=True)
    # What is booked keeps its day and its offer, and belongs to the series that goes on.
    Slot.objects.filter(pk__in=booked).update(availability=changed, is_edited=True)
    return end._replace(declined=declined), season


def _carry_claims(gone: list[Slot], offered: list[Slot], now: dt.datetime) -> None:
    """Who asked for an evening that is offered again at the same hours, with no less, has asked for that one."""
    same_hours = {(slot.starts_at, slot.ends_at): slot for slot in offered}
    again: dict[int, Slot] = {}
    for slot in gone:
        other = same_hours.get((slot.starts_at, slot.ends_at))
        if other and other.places >= slot.places and other.computers >= slot.computers:
            again[slot.pk] = other
    bookings = list(Booking.objects.waiting(now).filter(slot__in=again))
    # A hold whose clock has run out stays behind, with its place.
    going = Q(state=WaitlistEntry.State.WAITING) | Q(booking__in=bookings)
    places = list(WaitlistEntry.objects.standing(now).filter(going, slot__in=again))
    for booking in bookings:
        booking.slot = again[booking.slot_id]
    for place in places:
        place.slot = again[place.slot_id]
    Booking.objects.bulk_update(bookings, ["slot"])
    WaitlistEntry.objects.bulk_update(places, ["slot"])


@transaction.atomic
def change_following(
    *, slot: Slot, change: Change, changed: Availability, from_date: dt.date, by: User, now: dt.datetime
) -> tuple[SeriesEnd, companies.Season]:
    """The same from a date that was moved by hand, or others: it stays on its day, and changes as the others do.

    Raises:
        what `change_slot` and `change_series` raise: nothing is written.
    """
    series = slot.availability
    assert series is not None
    by_hand = slot.is_edited and not Booking.objects.agreed().filter(slot=slot).exists()
    if by_hand:
        change_slot(slot=slot, change=change, by=by, now=now)
    try:
        return change_series(availability=series, changed=changed, from_date=from_date, by=by, now=now)
    except companies.NothingToOpen:
        if not by_hand:
            raise
        # No other date follows it: what is booked or moved by hand stays.
        return SeriesEnd([], []), companies.Season([], [], [], [])


def _in_step(availability: Availability, changed: Availability, day: dt.date) -> dt.date:
    """The day from which the changed series counts: a fortnight goes on in the weeks that it had."""
    fortnight = Availability.Every.TWO_WEEKS
    if availability.every != fortnight or changed.every != fortnight:
        return day
    mondays = [one - dt.timedelta(days=one.weekday()) for one in (availability.from_date, day)]
    off = (mondays[1] - mondays[0]).days // 7 % 2
    return mondays[1] + dt.timedelta(days=7) if off else day


def _staying(availability: Availability, changed: Availability, from_date: dt.date, now: dt.datetime) -> list[Slot]:
    """What the change leaves as it is, of what the series had on these days or has there now.

    Dates that were moved by hand; and those of the same hours, past their notice, which nobody could ask for again:
    who has asked for one still has an answer to come.
    """
    of_these_days = Q(original_date__gte=from_date) | Q(local_date__gte=from_date)
    closed = Q(state=Slot.State.OPEN, closes_at__lte=now, starts_at__gt=now)
    slots = Slot.objects.filter(of_these_days, Q(is_edited=True) | closed, availability=availability)
    return [slot for slot in slots if slot.is_edited or slot.hours_local == (changed.start_time, changed.end_time)]
