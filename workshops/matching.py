"""Which slots serve which requests, and why. Pure: no query, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from associations.models import Moment, Request
from companies.models import Slot
from territories.distance import kilometres_between

# How many a request is told at once.
MATCHES_TOLD = 5


@dataclass(frozen=True, order=True)
class Match:
    """A slot that serves a request. Sorts best first: nearest fit, then soonest, then the slot's id."""

    cost: float
    starts_at: dt.datetime
    slot_id: int
    distance_km: float


def match(request: Request, slot: Slot) -> Match | None:
    """How well a slot serves a request, or None when a hard condition fails.

    Hard: places, computers, dates, moment of the week, distance. The cost adds kilometres and empty places:
    a near room of the right size comes first.
    """
    local = slot.starts_at.astimezone(ZoneInfo(slot.time_zone))
    distance = _distance(request, slot)
    serves = (
        slot.places >= request.participants
        and slot.computers >= request.computers
        and request.from_date <= local.date() <= request.until_date
        and _suits(request.moment, local)
        and distance is not None
        and distance <= request.radius_km
    )
    if not serves or distance is None:
        return None
    return Match(distance + (slot.places - request.participants), slot.starts_at, slot.pk, distance)


def best(request: Request, slots: list[Slot], *, count: int) -> list[Match]:
    """The best matches of a request among candidates, best first."""
    return sorted(found for slot in slots if (found := match(request, slot)))[:count]


def _distance(request: Request, slot: Slot) -> float | None:
    commune, site = request.commune, slot.room.site
    if commune.latitude is None or commune.longitude is None:
        # Of 29 small communes nobody published the point: their département is what is near.
        same = site.commune.departement_id == commune.departement_id
        return float(request.radius_km) if same else None
    return kilometres_between((commune.latitude, commune.longitude), (site.latitude, site.longitude))


def _suits(moment: str, local: dt.datetime) -> bool:
    weekend = local.isoweekday() in settings.WEEKEND_DAYS
    return moment == Moment.ANY or (moment == Moment.WEEKEND) == weekend
