"""Telling requests of the slots that fit them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.scans import one_by_one
from associations.models import Request
from companies.models import Slot
from workshops import emails
from workshops.catalogue import bookable
from workshops.matching import MATCHES_TOLD, best
from workshops.models import MatchNotice

NEW_SLOTS_A_RUN = 500
CANDIDATES_A_REQUEST = 500


def tell_matches(*, now: dt.datetime) -> int:
    """Pick up what is not yet matched and tell each request its new slots in one mail. Returns of how many requests.

    A new request is held against the whole catalogue near it; a new slot against every open request. A request that
    cannot be told of is a new one again.
    """
    new_slots = list(bookable(now).filter(matched_at=None).with_place().order_by("pk")[:NEW_SLOTS_A_RUN])
    waiting = Request.objects.open(now).select_related("commune", "association").order_by("pk")
    requests = list(waiting if new_slots else waiting.filter(matched_at=None))
    looked_at = set()

    def tell(request: Request) -> bool:
        told = _tell_matches_of(request, new_slots if request.matched_at else _near(request, now), now)
        looked_at.add(request.pk)
        return told

    told = one_by_one(requests, tell)
    _note_matched(new_slots, now)
    new = [request.pk for request in requests if request.matched_at is None]
    Request.objects.filter(pk__in=looked_at.intersection(new)).update(matched_at=now)
    Request.objects.filter(pk__in={request.pk for request in requests} - looked_at).update(matched_at=None)
    return told


@transaction.atomic
def _note_matched(slots: Iterable[Slot], now: dt.datetime) -> None:
    held = Slot.objects.filter(pk__in=[slot.pk for slot in slots]).hold()
    Slot.objects.filter(pk__in=held).update(matched_at=now)


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


def _tell_matches_of(request: Request, slots: list[Slot], now: dt.datetime) -> bool:
    """The request is held meanwhile: two runs at once tell of each slot in one mail of theirs."""
    if not best(request, slots, count=1):
        return False
    held = Request.objects.open(now).select_for_update(no_key=True, of=("self",)).filter(pk=request.pk)
    if held.first() is None:
        return False
    notices = MatchNotice.objects.filter(request=request, slot__in=slots)
    known = set(notices.values_list("slot_id", "starts_at"))
    by_id = {slot.pk: slot for slot in slots if (slot.pk, slot.starts_at) not in known}
    found = best(request, list(by_id.values()), count=MATCHES_TOLD)
    if found:
        MatchNotice.objects.bulk_create(
            [
                MatchNotice(request=request, slot_id=one.slot_id, starts_at=by_id[one.slot_id].starts_at, told_at=now)
                for one in found
            ],
            update_conflicts=True,
            unique_fields=["request", "slot"],
            update_fields=["starts_at", "told_at"],
        )
        emails.slots_matched(request=request, matches=[(one, by_id[one.slot_id]) for one in found], now=now)
    return bool(found)
