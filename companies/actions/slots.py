"""Single slots."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from companies import emails
from companies.models import Slot, SlotVolunteer


class SlotNotOpen(Refused):
    """The slot was withdrawn before."""


@transaction.atomic
def withdraw_slot(*, slot: Slot, by: User, now: dt.datetime) -> None:
    """Take an open slot back and free its volunteers. The floor above settles its bookings first.

    Raises:
        SlotNotOpen: it was withdrawn before.
    """
    changed = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN).update(
        state=Slot.State.WITHDRAWN, withdrawn_at=now, withdrawn_by=by
    )
    if not changed:
        raise SlotNotOpen("Ce créneau est déjà retiré.")
    _free_volunteers([slot], now)


@transaction.atomic
def withdraw_slots(*, slots: Collection[Slot], by: User, now: dt.datetime, reason: str = "") -> int:
    """Take many open slots back at once and free their volunteers. Returns how many were open."""
    taken_back = withdraw_keeping_promises(slots=slots, by=by, now=now)
    _free_volunteers(slots, now, reason)
    return taken_back


def withdraw_keeping_promises(*, slots: Collection[Slot], by: User, now: dt.datetime) -> int:
    """Take open slots back whose evenings are about to be offered again: `carry_promises` comes next."""
    return Slot.objects.filter(pk__in=[slot.pk for slot in slots], state=Slot.State.OPEN).update(
        state=Slot.State.WITHDRAWN, withdrawn_at=now, withdrawn_by=by
    )


@transaction.atomic
def carry_promises(*, gone: Collection[Slot], offered: Collection[Slot], now: dt.datetime) -> None:
    """Let volunteers keep the evenings that are offered again at the same hours, in the order in which they joined.

    The others, and those for whom no seat is left, are freed and told.
    """
    same_hours = {(slot.starts_at, slot.ends_at): slot for slot in offered}
    seats_taken: Counter[int] = Counter()
    kept = []
    for promise in SlotVolunteer.objects.filter(slot__in=gone).order_by("joined_at", "pk"):
        slot = same_hours.get((promise.starts_at, promise.ends_at))
        if slot is None or seats_taken[slot.pk] == slot.volunteers_offered:
            continue
        seats_taken[slot.pk] += 1
        promise.slot, promise.volunteers_offered, promise.seat = slot, slot.volunteers_offered, seats_taken[slot.pk]
        kept.append(promise)
    SlotVolunteer.objects.bulk_update(kept, ["slot", "volunteers_offered", "seat"])
    _free_volunteers(gone, now)


def _free_volunteers(slots: Collection[Slot], now: dt.datetime, reason: str = "") -> None:
    """End what was promised for these slots, and tell each who had promised, once."""
    promises = SlotVolunteer.objects.filter(slot__in=slots)
    coming = promises.coming(now).with_place().order_by("volunteer", "starts_at", "pk")
    for _, of_one in groupby(coming, key=attrgetter("volunteer_id")):
        emails.promises_ended(promises=list(of_one), reason=reason, now=now)
    promises.delete()


def close_ranks(*, slot: Slot) -> None:
    """Volunteers move up to the first seats, in their order: a seat that was left is the last."""
    for seat, promise in enumerate(SlotVolunteer.objects.filter(slot=slot).order_by("seat"), start=1):
        if promise.seat != seat:
            SlotVolunteer.objects.filter(pk=promise.pk).update(seat=seat)
