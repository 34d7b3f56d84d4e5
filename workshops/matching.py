"""Which slots serve which requests, and why. Pure: no query, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from associations.models import Period, Request
from companies.models import Room, Site, Slot
from territories.distance import kilometres_between

# How many a request is told at once.
MATCHES_TOLD = 5
NOON = dt.time(12)
# Kilometres that one would rather go than miss a volunteer.
MISSING_COSTS = 3


@dataclass(frozen=True, order=True)
class Match:
    """A slot that serves a request. Sorts best first: nearest fit, then soonest, then the slot's id."""

    cost: float
    starts_at: dt.datetime
    slot_id: int
    distance_km: float


def match(request: Request, slot: Slot) -> Match | None:
    """How well a slot serves a request, or None when a hard condition fails.

    Hard: places, computers, dates, days and hours, distance. The cost adds kilometres, empty places and volunteers
    that are missing: a near room of the right size, with help, comes first.
    """
    local = slot.starts_at.astimezone(ZoneInfo(slot.time_zone))
    distance = reach(request, slot.room.site)
    serves = (
        slot.places >= request.participants
        and slot.computers >= request.computers
        and suits(request, local)
        and distance is not None
        and distance <= request.radius_km
    )
    if not serves or distance is None:
        return None
    missing = max(request.volunteers - slot.volunteers_offered, 0)
    cost = distance + (slot.places - request.participants) + MISSING_COSTS * missing
    return Match(cost, slot.starts_at, slot.pk, distance)


def best(request: Request, slots: list[Slot], *, count: int) -> list[Match]:
    """The best matches of a request among candidates, best first."""
    return sorted(found for slot in slots if (found := match(request, slot)))[:count]


def reach(request: Request, site: Site) -> float | None:
    """How far a site is from where a request looks, in kilometres; None where it is elsewhere and nobody knows."""
    commune = request.commune
    if commune.point is None:
        same = site.commune.departement_id == commune.departement_id
        return float(request.radius_km) if same else None
    return kilometres_between(commune.point, (site.latitude, site.longitude))


def serves_there(request: Request, room: Room) -> bool:
    """Whether a room is near enough, and large enough for the whole group, a computer for each who needs one."""
    away = reach(request, room.site)
    near = away is not None and away <= request.radius_km
    return near and room.capacity >= request.participants and room.computers >= request.computers


def suits(request: Request, local: dt.datetime) -> bool:
    """Whether an evening that begins then, on the clock of its site, is at a time that was wished."""
    day = local.date()
    return in_season(request, day) and weekday_suits(request, day) and hour_suits(request, local.time())


def in_season(request: Request, day: dt.date) -> bool:
    """Whether the association looks for a room at that time of the year."""
    return request.from_date <= day <= request.until_date


def weekday_suits(request: Request, day: dt.date) -> bool:
    """Whether it can come on that day of the week."""
    return not request.weekdays or day.isoweekday() in request.weekdays


def hour_suits(request: Request, time: dt.time) -> bool:
    """Whether it can come to what begins then, on the clock of the site."""
    return not request.periods or period_of(time) in request.periods


def period_of(time: dt.time) -> Period:
    """What people call this hour of the day."""
    if time >= settings.EVENING_STARTS_AT:
        return Period.EVENING
    return Period.AFTERNOON if time >= NOON else Period.MORNING
