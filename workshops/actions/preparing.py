"""Preparing a workshop: what it is about, how many come, and what the two sides still have to say to each other."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from workshops import emails
from workshops.actions.bookings import NOBODY_COMES, NobodyComes, check_places, lock_slot
from workshops.models import Booking, Side, Workshop, WorkshopNote

PREPARED = ("title", "topics", "level", "material", "visitors", "visitors_told_at", "visitors_told_by")
NOTES_OF_A_SIDE = 20
WRITTEN_UNTIL = dt.timedelta(days=14)


class NotToCome(Refused):
    """The workshop was called off, or is over."""


class TooManyVisitors(Refused):
    """More than the room holds."""

    field = "visitors"


class TooLateToCount(Refused):
    """It has begun: who came is in the report."""

    field = "visitors"


class Wordless(Refused):
    """A note without a word."""

    field = "text"


class NotToday(Refused):
    """What cannot wait is said on the day of the workshop alone."""

    field = "kind"


class TooManyNotes(Refused):
    """The two sides should talk instead."""


def check_to_come(workshop: Workshop, now: dt.datetime) -> None:
    """Whether it still takes place, so that there is something to prepare.

    Raises:
        NotToCome
    """
    if workshop.state == Workshop.State.CANCELLED:
        raise NotToCome("Cet atelier est annulé\u00a0: il n’y a plus rien à préparer.")
    if workshop.state != Workshop.State.PLANNED or workshop.booking.slot.ends_at <= now:
        raise NotToCome("Cet atelier est terminé\u00a0: il n’y a plus rien à préparer.")


@transaction.atomic
def prepare_workshop(
    *, workshop: Workshop, participants: int | None = None, topic: str = "", by: User, now: dt.datetime
) -> None:
    """Save what the association says of its workshop. Another number of visitors is told to the company.

    So is another number of participants, or topic. Within its places the slot is theirs as a whole, on approval too: no
    new answer is asked for.

    Raises:
        NotToCome, TooManyVisitors, TooLateToCount, TooMany, NobodyComes: nothing is written.
    """
    booking = workshop.booking
    said = (booking.participants if participants is None else participants, topic or booking.topic)
    if said != (booking.participants, booking.topic):
        lock_slot(booking.slot_id)
    before = _hold(workshop)
    slot = workshop.booking.slot
    check_to_come(workshop, now)
    if workshop.visitors is not None and workshop.visitors > slot.room_capacity:
        raise TooManyVisitors(
            f"La salle accueille {slot.room_capacity} personnes\u00a0: indiquez un nombre plus petit."
        )
    recounted = workshop.visitors != before.visitors
    if recounted and slot.starts_at <= now:
        raise TooLateToCount(
            "L’atelier a commencé\u00a0: combien de personnes sont venues se dit dans le compte rendu."
        )
    if recounted:
        counted = workshop.visitors is not None
        workshop.visitors_told_at, workshop.visitors_told_by = (now, by) if counted else (None, None)
    workshop.save(update_fields=PREPARED)
    _change_party(booking, *said, now)
    if recounted and workshop.visitors is not None:
        emails.workshop_visitors(workshop=workshop, now=now)


def _change_party(booking: Booking, participants: int, topic: str, now: dt.datetime) -> None:
    """Who comes, for what; its slot is held.

    Raises:
        NotToCome, TooMany, NobodyComes
    """
    if (participants, topic) == (booking.participants, booking.topic):
        return
    if booking.slot.starts_at <= now:
        raise NotToCome("L’atelier a commencé\u00a0: sa réservation ne se change plus.")
    if participants < 1:
        raise NobodyComes(NOBODY_COMES)
    check_places(booking.slot, participants)
    booking.participants, booking.topic = participants, topic
    booking.sequence += 1
    booking.save(update_fields=["participants", "topic", "sequence"])
    emails.booking_changed(booking=booking, side=Side.ASSOCIATION, longer=False, now=now)


def _hold(workshop: Workshop) -> Workshop:
    """Its row as it is now, held until the end: it stays where it is, with what is said of it.

    Raises:
        NotToCome: it has been moved since it was read.
    """
    current = Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
    if current.booking_id != workshop.booking_id:
        raise NotToCome("Cet atelier vient d’être déplacé\u00a0: rechargez la page.")
    workshop.state = current.state
    return current


def check_to_write(workshop: Workshop, now: dt.datetime) -> None:
    """Whether the two sides may still write to each other about it.

    Raises:
        NotToCome
    """
    if workshop.state == Workshop.State.CANCELLED:
        raise NotToCome("Cet atelier est annulé\u00a0: on ne s’écrit plus à son sujet.")
    if workshop.booking.slot.ends_at + WRITTEN_UNTIL <= now:
        raise NotToCome("Cet atelier est terminé depuis plus de deux semaines\u00a0: on ne s’écrit plus à son sujet.")


@transaction.atomic
def write_note(
    *,
    workshop: Workshop,
    side: Side,
    kind: str,
    text: str,
    by: User,
    now: dt.datetime,
    key: UUID | None = None,
) -> WorkshopNote:
    """Write to the other side: mailed at once, kept on the page.

    `key` comes with the form: sent twice with the same words, it is one note.

    Raises:
        NotToCome, NotToday, Wordless, TooManyNotes: nothing is written.
    """
    _hold(workshop)
    own = uuid5(key, repr((workshop.booking_id, side, kind, text))) if key else uuid4()
    again: WorkshopNote | None = WorkshopNote.objects.filter(key=own).first()
    if again is not None:
        return again
    check_to_write(workshop, now)
    if kind in WorkshopNote.URGENT and not workshop.booking.slot.is_today(now):
        raise NotToday("Cela ne se signale que le jour de l’atelier\u00a0: choisissez un autre sujet.")
    if kind not in WorkshopNote.URGENT and not text.strip():
        raise Wordless("Écrivez votre message en quelques mots.")
    if WorkshopNote.objects.about(workshop.booking).filter(side=side).count() >= NOTES_OF_A_SIDE:
        raise TooManyNotes("Vous avez déjà beaucoup écrit\u00a0: appelez plutôt l’autre partie.")
    note: WorkshopNote = WorkshopNote.objects.create(
        booking=workshop.booking, side=side, kind=kind, text=text.strip(), key=own, created_at=now, created_by=by
    )
    emails.workshop_note(note=note, now=now)
    return note
