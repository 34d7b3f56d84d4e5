"""Telling requests of the slots that fit them: each has been told, at all times, of the best that can be had.

A new slot is held against the requests around it, a new request against the slots around it; a sweep of all requests
(`sweep_matches`) finds what is left to tell, which is what has become one of the best since others are gone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from accounts.scans import one_by_one
from associations.models import Request
from companies.models import Slot
from territories.bulk import read_columns
from workshops import emails
from workshops.catalogue import bookable
from workshops.matching import (
    MATCHES_TOLD,
    Everything,
    Match,
    Microseconds,
    Served,
    best_slots,
    read_everything,
    requests_for,
    served_by,
    slots_for,
    sweep,
)
from workshops.models import Dismissal, MatchNotice

NEW_SLOTS_A_RUN = 500


def tell_matches(*, now: dt.datetime) -> int:
    """Pick up what is not yet matched and tell each request its new slots in one mail. Returns of how many requests.

    A request that cannot be told of is a new one again.
    """
    new_slots = list(bookable(now).filter(matched_at=None).with_place().order_by("pk")[:NEW_SLOTS_A_RUN])
    found = _by_request(new_slots, now)
    new = Request.objects.open(now).filter(matched_at=None).select_related("commune", "association")
    requests = {request.pk: request for request in (*new, *found)}
    looked_at = set()

    def tell(request: Request) -> bool:
        slots = slots_for(request, now) if request.matched_at is None else found[request]
        told = _tell(request, slots, now)
        looked_at.add(request.pk)
        return told

    told = one_by_one([requests[number] for number in sorted(requests)], tell)
    _note_matched(new_slots, now)
    matched = {request.pk for request in requests.values() if request.matched_at is None}
    Request.objects.filter(pk__in=looked_at & matched).update(matched_at=now)
    Request.objects.filter(pk__in=requests.keys() - looked_at).update(matched_at=None)
    return told


@transaction.atomic
def _note_matched(slots: Iterable[Slot], now: dt.datetime) -> None:
    held = Slot.objects.filter(pk__in=[slot.pk for slot in slots]).hold()
    Slot.objects.filter(pk__in=held).update(matched_at=now)


def sweep_matches(*, now: dt.datetime) -> int:
    """Hold every open request against all that can be had. Returns of how many something was left to tell."""
    everything = read_everything(now, Request.objects.open(now).exclude(matched_at=None))
    left = _left_to_tell(everything, now)

    def tell(number: int) -> bool:
        request = Request.objects.select_related("commune", "association").get(pk=number)
        return _tell(request, list(bookable(now).filter(pk__in=left[number]).with_place()), now)

    return one_by_one(sorted(left), tell)


def _left_to_tell(everything: Everything, now: dt.datetime) -> dict[int, list[int]]:
    """By request its best slots, all of them, where it has not been told one of them at its date."""
    told = _told(everything)
    requests, runs = everything.requests, everything.runs
    left: dict[int, list[int]] = {}
    for best in sweep(everything, most=MATCHES_TOLD, today=now.date().toordinal()):
        pairs = _facts(best.requests, runs.slots[best.slots], runs.starts[best.slots])
        new = np.isin(best.requests, best.requests[~np.isin(pairs, told)])
        for request, slot in zip(requests[best.requests[new]], runs.slots[best.slots[new]], strict=True):
            left.setdefault(int(request), []).append(int(slot))
    return left


def _told(everything: Everything) -> NDArray[Any]:
    """What these requests were told."""
    notices = MatchNotice.objects.values("request", "slot", starts=Microseconds("starts_at"))
    found = read_columns(notices, request="i8", slot="i8", starts="i8")
    asked = np.isin(found["request"], everything.requests)
    places = np.searchsorted(everything.requests, found["request"][asked])
    return _facts(places, found["slot"][asked], found["starts"][asked])


def _facts(requests: NDArray[Any], slots: NDArray[Any], starts: NDArray[Any]) -> NDArray[Any]:
    """A request, a slot and its date as one value each."""
    return np.rec.fromarrays([requests, slots, starts], dtype=[("request", "i8"), ("slot", "i8"), ("starts", "i8")])


def _by_request(slots: Iterable[Slot], now: dt.datetime) -> dict[Request, list[Slot]]:
    """Of new slots, those that each request has not been told better ones than."""
    found: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        for one in _worth_telling(served_by(slot, requests_for(slot, now).exclude(matched_at=None), now=now), now):
            found[one.request].append(slot)
    requests = Request.objects.select_related("commune", "association").in_bulk(found)
    return {requests[number]: slots for number, slots in found.items() if number in requests}


def _worth_telling(served: Sequence[Served], now: dt.datetime) -> list[Served]:
    """Without those whose request knows as many better slots as it is told of, free and not dismissed."""
    numbers = [one.request for one in served]
    dismissed = Dismissal.objects.filter(request=OuterRef("request"), slot=OuterRef("slot"))
    known = MatchNotice.objects.filter(~Exists(dismissed), request__in=numbers, slot__in=bookable(now))
    told = known.values_list("request", "merit")
    merits = defaultdict(list)
    for request, merit in told if numbers else ():
        merits[request].append(merit)
    return [one for one in served if sum(merit > one.merit_of_slot for merit in merits[one.request]) < MATCHES_TOLD]


def _tell(request: Request, slots: Sequence[Slot], now: dt.datetime) -> bool:
    """The request is held meanwhile: two runs at once tell of each slot in one mail of theirs."""
    found = best_slots(request, slots, count=MATCHES_TOLD, now=now)
    held = Request.objects.open(now).select_for_update(no_key=True, of=("self",)).filter(pk=request.pk)
    if not found or held.first() is None:
        return False
    notices = MatchNotice.objects.filter(request=request, slot__in=[match.slot.pk for match in found])
    known = set(notices.values_list("slot_id", "starts_at"))
    new = [match for match in found if (match.slot.pk, match.slot.starts_at) not in known]
    if new:
        _note(new, now)
        emails.slots_matched(request=request, matches=new, now=now)
    return bool(new)


def _note(matches: Iterable[Match], now: dt.datetime) -> None:
    MatchNotice.objects.bulk_create(
        [
            MatchNotice(
                request=match.request,
                slot=match.slot,
                starts_at=match.slot.starts_at,
                merit=match.merit_of_slot,
                told_at=now,
            )
            for match in matches
        ],
        update_conflicts=True,
        unique_fields=["request", "slot"],
        update_fields=["starts_at", "merit", "told_at"],
    )
