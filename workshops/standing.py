"""Where slots stand in the eyes of their company: free, asked for, booked, or out of the catalogue and why."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

from companies.models import Slot, SlotQuerySet
from workshops.catalogue import claims
from workshops.models import Booking

# For what nobody can book: held, it is kept for who queued; blocked, the room is taken by its own calendar; asleep, its
# series waits to be confirmed; closed, its notice is past; past, it is over and nobody came.
Kind = Literal["free", "pending", "held", "booked", "withdrawn", "blocked", "asleep", "closed", "past"]


class Standing(NamedTuple):
    """A slot and the booking that counts most on it."""

    slot: Slot
    kind: Kind
    booking: Booking | None


def standings(slots: SlotQuerySet, now: dt.datetime) -> list[Standing]:
    """The slots in their order, each with where it stands at this instant."""
    shown = list(slots.with_place().select_related("availability").with_room_busy())
    bookings = _bookings(shown, now)
    return [_standing(slot, bookings.get(slot.pk), now) for slot in shown]


def _bookings(slots: list[Slot], now: dt.datetime) -> dict[int, Booking]:
    """The live booking of each slot, or the first of those that wait for an answer."""
    by_slot: dict[int, Booking] = {}
    for booking in claims(now).filter(slot__in=slots).select_related("association").order_by("-pk"):
        if booking.slot_id not in by_slot or by_slot[booking.slot_id].state not in Booking.LIVE:
            by_slot[booking.slot_id] = booking
    return by_slot


def _standing(slot: Slot, booking: Booking | None, now: dt.datetime) -> Standing:
    if booking is not None:
        kinds: dict[str, Kind] = {Booking.State.PENDING: "pending", Booking.State.HELD: "held"}
        return Standing(slot, kinds.get(booking.state, "booked"), booking)
    if slot.state == Slot.State.WITHDRAWN:
        return Standing(slot, "withdrawn", None)
    if slot.ends_at <= now:
        return Standing(slot, "past", None)
    if slot.is_room_busy:
        return Standing(slot, "blocked", None)
    if slot.availability is not None and slot.availability.is_asleep(now):
        return Standing(slot, "asleep", None)
    return Standing(slot, "closed" if slot.closes_at <= now else "free", None)
