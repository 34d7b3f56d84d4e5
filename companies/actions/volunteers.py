"""What volunteers promise."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from companies.models import Slot, SlotVolunteer


class AlreadyElsewhere(Refused):
    """The volunteer is in another workshop at that time, or in this one already."""


@transaction.atomic
def join_slot(*, slot: Slot, by: User, now: dt.datetime) -> SlotVolunteer:
    """Promise to be there as a volunteer.

    Raises:
        AlreadyElsewhere: in this slot or in another at the same time.
    """
    busy = AlreadyElsewhere("Vous participez déjà à un atelier à ce moment-là.")
    with refusing({"volunteer_in_one_place": busy}):
        return SlotVolunteer.objects.create(
            slot=slot, volunteer=by, starts_at=slot.starts_at, ends_at=slot.ends_at, joined_at=now
        )


@transaction.atomic
def leave_slot(*, slot: Slot, by: User) -> bool:
    """Take the promise back. False when there was none."""
    deleted, _ = SlotVolunteer.objects.filter(slot=slot, volunteer=by).delete()
    return bool(deleted)
