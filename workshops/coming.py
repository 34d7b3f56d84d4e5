"""What a person is waited for: the workshops to come of their organisations, and those at which they help."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from associations.models import Association
from companies.models import Company, SlotVolunteer
from workshops.models import Booking, BookingQuerySet

MOST = 20


def coming_of(user: User, now: dt.datetime) -> BookingQuerySet:
    """Confirmed, not over, the next one first."""
    promised = SlotVolunteer.objects.filter(slot=OuterRef("slot"), volunteer=user)
    own = (
        Q(slot__room__site__company__in=Company.objects.managed_by(user))
        | Q(association__in=Association.objects.managed_by(user))
        | Exists(promised)
    )
    coming = Booking.objects.filter(own, state=Booking.State.CONFIRMED, slot__ends_at__gt=now).with_everything()
    return coming.order_by("slot__starts_at", "pk")[:MOST]
