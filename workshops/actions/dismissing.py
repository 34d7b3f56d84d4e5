"""« Pas pour moi »: what an association says of a slot that is proposed for one of its requests."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from associations.models import Request
from companies.models import Slot
from territories.distance import kilometres_between
from workshops.models import Dismissal


@transaction.atomic
def dismiss_slot(*, request: Request, slot: Slot, why: Dismissal.Why, by: User, now: dt.datetime) -> Dismissal:
    """Propose this slot for this request no more; nor others of the same day, hour or site, or as far, if that is why.

    Said twice, the last reason counts.
    """
    far = _kilometres(request, slot) if why == Dismissal.Why.FAR else None
    said = {"why": why, "distance_km": far, "created_at": now, "created_by": by}
    dismissal, _ = Dismissal.objects.update_or_create(request=request, slot=slot, defaults=said)
    # What is left is looked through once more: others are among the best now.
    Request.objects.filter(pk=request.pk).update(matched_at=None)
    return dismissal


@transaction.atomic
def forget_dismissals(*, request: Request) -> int:
    """Propose again whatever serves the request. Returns how many slots had been dismissed."""
    forgotten, _ = Dismissal.objects.filter(request=request).delete()
    Request.objects.filter(pk=request.pk).update(matched_at=None)
    return forgotten


def _kilometres(request: Request, slot: Slot) -> float | None:
    """None where nobody published the point of the commune: then it is this slot alone that is too far."""
    here, site = request.commune.point, slot.room.site
    return None if here is None else kilometres_between(here, (site.latitude, site.longitude))
