"""Telling requests of the slots that fit them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from associations.models import Request
from companies.models import Slot
from workshops import emails
from workshops.catalogue import bookable
from workshops.matching import MATCHES_TOLD, best
from workshops.models import MatchNotice

NEW_SLOTS_A_RUN = 500
CANDIDATES_A_REQUEST = 500


def tell_matches(*, now: dt.datetime) -> int:
    """Pick up what is not yet matched and tell each request its new slots in one mail. Returns pairs told.

    A new request is held against the whole catalogue near it; a new slot against every open request.
    """
    new_slots = list(bookable(now).filter(matched_at=None).with_place().order_by("pk")[:NEW_SLOTS_A_RUN])
    waiting = Request.objects.open(now).select_related("commune", "association").order_by("pk")
    new_requests = list(waiting.filter(matched_at=None))
    told = sum(_tell_matches_of(request, _near(request, now), now) for request in new_requests)
    if new_slots:
        told += sum(_tell_matches_of(request, new_slots, now) for request in waiting.exclude(matched_at=None))
    Slot.objects.filter(pk__in=[slot.pk for slot in new_slots]).update(matched_at=now)
    Request.objects.filter(pk__in=[request.pk for request in new_requests]).update(matched_at=now)
    return told


def _near(request: Request, now: dt.datetime) -> list[Slot]:
    commune = request.commune
    candidates = bookable(now).filter(
        places__gte=request.participants,
        computers__gte=request.computers,
        local_date__range=(request.from_date, request.until_date),
    )
    if commune.latitude is None or commune.longitude is None:
        there = candidates.filter(room__site__commune__departement=commune.departement_id)
        return list(there.with_place().order_by("starts_at", "pk")[:CANDIDATES_A_REQUEST])
    nearby = candidates.near(latitude=commune.latitude, longitude=commune.longitude, kilometres=request.radius_km)
    return list(nearby.with_place().order_by("starts_at", "pk")[:CANDIDATES_A_REQUEST])


@transaction.atomic
def _tell_matches_of(request: Request, slots: list[Slot], now: dt.datetime) -> int:
    known = set(MatchNotice.objects.filter(request=request, slot__in=slots).values_list("slot_id", flat=True))
    by_id = {slot.pk: slot for slot in slots if slot.pk not in known}
    found = best(request, list(by_id.values()), count=MATCHES_TOLD)
    if found:
        MatchNotice.objects.bulk_create(
            [MatchNotice(request=request, slot_id=one.slot_id, told_at=now) for one in found],
            ignore_conflicts=True,
        )
        emails.slots_matched(request=request, matches=[(one, by_id[one.slot_id]) for one in found], now=now)
    return len(found)
