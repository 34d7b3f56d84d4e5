"""What we wrote about bookings and nobody of a side read: the other side and the operators see it, and may call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from mail.actions import RESTORED
from mail.bounces import SET_ASIDE
from mail.models import Message, MessageQuerySet
from mail.wanted import number_in
from territories.wording import enumerated
from workshops.ledger import HELD_BY_RESTORE, same_event
from workshops.models import Booking, BookingQuerySet, LostPromise, Side
from workshops.models.told import reached_nobody, unheard
from workshops.told import about

# Each mail of the ledger as a thing that somebody has not got.
NAMES = {
    "booking_requested": "la demande",
    "booking_confirmed": "la confirmation",
    "booking_declined": "le refus",
    "booking_not_selected": "la réponse négative",
    "booking_expired": "la fin du délai",
    "booking_cancelled": "l’annulation",
    "booking_moved": "le déplacement",
    "booking_changed": "le changement de ce qui est prévu",
    "waitlist_hold": "le créneau gardé pour elle",
    "slot_offered": "la proposition de créneau",
    "slot_planned": "le créneau trouvé pour elle",
    "offer_declined": "la suite donnée à la proposition",
    "booking_withdrawn": "le retrait de la demande",
    "booking_unanswered": "le rappel de la demande",
    "workshop_visitors": "le nombre de visiteurs",
    "workshop_note": "un message",
    "workshop_agreement": "la question «\u00a0Toujours d’accord\u00a0?\u00a0»",
    "room_taken": "l’alerte d’une salle prise",
    "workshop_unsure": "l’alerte d’une réponse qui manque",
    "volunteer_invited": "l’invitation des collègues",
    "volunteers_missing": "l’appel à bénévoles",
    "absence_reported": "le signalement d’une absence",
    "dispute_settled": "la conclusion de la modération",
    "workshop_way_changed": "le changement de lieu ou d’accès",
    "workshop_reminder": "le rappel",
    "workshop_today": "le rappel du jour",
    "report_due": "la demande de compte rendu",
    "workshop_thanks": "le remerciement",
}
# Once a booking is called off, or left for another slot, nothing else matters any more.
OF_ITS_END = ("booking_cancelled", "booking_moved", "booking_withdrawn")
# What was lost so long ago is in the outbox, and of no evening to come.
LOOKED_BACK = dt.timedelta(days=180)
# How long after an evening somebody may still wonder why nobody came.
AFTERWARDS = dt.timedelta(days=3)


class Unheard(NamedTuple):
    """What one side of a booking has not got."""

    booking: Booking
    side: Side
    what: str
    """« l’annulation et le rappel »"""

    @property
    def whose(self) -> str:
        """The name of that side."""
        return str(self.booking.slot.room.site.company if self.side == Side.COMPANY else self.booking.association)


def unheard_by(side: Side, booking: Booking) -> str:
    """What this side has not got of all that it was written about a booking, in words; empty when nothing is amiss."""
    told = _unheard(Message.objects.told_of(*same_event(booking)))
    return _in_words(booking, [row["template"] for row in told if row["side"] == side])


def unheard_lately(now: dt.datetime) -> list[Unheard]:
    """Of bookings that stand or were called off, and whose evening is to come or just over: what a side has not got.

    By what was lost, found by index, however many bookings there are.
    """
    lost = _lost_since(now - LOOKED_BACK).values_list("about", "gathers__about").distinct()
    numbers = {number_in(one) for pair in lost for one in pair if one and one.startswith("booking:")}
    fresh = Booking.objects.filter(
        pk__in=numbers, state__in=(Booking.State.CONFIRMED, *Booking.CANCELLED), slot__ends_at__gt=now - AFTERWARDS
    )
    bookings = {about(one): one for one in fresh.with_everything().order_by("slot__starts_at", "pk")}
    found: dict[tuple[str, Side], list[str]] = {}
    for row in _unheard(Message.objects.filter(about__in=bookings)):
        found.setdefault((row["about"], Side(row["side"])), []).append(row["template"])
    sides = [(key, side) for key in bookings for side in Side if (key, side) in found]
    told = [Unheard(bookings[key], side, _in_words(bookings[key], found[key, side])) for key, side in sides]
    return [one for one in told if one.what]


def called_off_unheard(bookings: BookingQuerySet, side: Side, now: dt.datetime) -> BookingQuerySet:
    """Those of these bookings that the other side called off, where nobody of this side got the word of it."""
    by = Booking.State.CANCELLED_BY_ASSOCIATION if side == Side.COMPANY else Booking.State.CANCELLED_BY_COMPANY
    return _lately(bookings.filter(state=by), now).filter(reached_nobody("pk", "booking_cancelled", side=side.value))


def called_off_unheard_by(volunteer: int, now: dt.datetime) -> BookingQuerySet:
    """Those that a volunteer, by their number, had promised to come to, and whose end did not reach them."""
    promised = LostPromise.objects.filter(volunteer=volunteer).values("slot")
    off = _lately(Booking.objects.filter(state__in=Booking.CANCELLED, slot__in=promised), now)
    return off.filter(reached_nobody("pk", "booking_cancelled", side="", capacity=f"person:{volunteer}"))


def _lately(bookings: BookingQuerySet, now: dt.datetime) -> BookingQuerySet:
    coming = bookings.filter(slot__ends_at__gt=now - AFTERWARDS)
    return coming.with_everything().order_by("slot__starts_at", "pk")


def _lost_since(instant: dt.datetime) -> MessageQuerySet:
    failed = Q(state=Message.State.FAILED, failed_at__gte=instant)
    bounced = Q(outcome=Message.Outcome.BOUNCED, outcome_at__gte=instant)
    kept = Q(state=Message.State.SKIPPED, skipped_at__gte=instant, last_error__startswith=SET_ASIDE)
    return Message.objects.filter(failed | bounced | kept).exclude(last_error=RESTORED).order_by()


def _unheard(told: MessageQuerySet) -> list[dict[str, str]]:
    """What a restore holds back has perhaps arrived: nobody calls for it."""
    certain = told.filter(template__in=NAMES).exclude(HELD_BY_RESTORE)
    return [row for row in unheard(certain).order_by("first", "template") if row["side"]]


def _in_words(booking: Booking, templates: Iterable[str]) -> str:
    matter = OF_ITS_END if booking.is_cancelled else NAMES
    return enumerated([NAMES[one] for one in dict.fromkeys(templates) if one in matter])
