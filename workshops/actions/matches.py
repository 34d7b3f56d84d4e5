"""Telling requests of the slots that fit them: each has been told, at all times, of the best that can be had.

A new slot is held against the requests around it, and so is one that is free again or to which somebody comes; a new
request against the slots around it. A sweep of all requests (`sweep_matches`) finds what is left to tell, which is what
has become one of the best since others are gone, or since other weights count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

import numpy as np
from django.db import transaction
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
    Known,
    Match,
    Microseconds,
    Rank,
    best_slots,
    ranks_of,
    read_everything,
    requests_for_each,
    served_by_each,
    slots_for,
    sweep,
)
from workshops.models import MatchAgain, MatchNotice

NEW_SLOTS_A_RUN = 500
# What is known of requests is read once for so many slots.
SLOTS_AT_ONCE = 20


def tell_matches(*, now: dt.datetime) -> int:
    """Pick up what is not yet matched and tell each request its new slots in one mail. Returns of how many requests.

    Slots that may serve others than when they were matched are picked up once more. Requests are told in the order in
    which a company reads them. One that cannot be told of is a new one again.
    """
    again = list(MatchAgain.objects.order_by("pk")[:NEW_SLOTS_A_RUN])
    free = bookable(now).with_place().order_by("pk")
    new_slots = list(free.filter(matched_at=None)[:NEW_SLOTS_A_RUN])
    once_more = list(free.filter(pk__in={one.slot_id for one in again}).exclude(matched_at=None))
    found = _by_request([*new_slots, *once_more], now)
    new = Request.objects.open(now).filter(matched_at=None).select_related("commune", "association")
    requests = {request.pk: request for request in (*new, *found)}
    known = Known.of(list(found), [*new_slots, *once_more])
    best = dict[int, list[Match]]()

    def look(request: Request) -> None:
        slots, seen = (found[request], known) if request in found else (slots_for(request, now), None)
        best[request.pk] = best_slots(request, slots, count=MATCHES_TOLD, now=now, known=seen)

    looked_at = set[int]()

    def tell(number: int) -> bool:
        told = _tell(best[number], now)
        looked_at.add(number)
        return told

    one_by_one([requests[number] for number in sorted(requests)], look)
    told = one_by_one(sorted(best, key=lambda number: _turn(requests[number], best[number])), tell)
    freed = {one.slot_id for one in again if one.is_free}
    _note_matched([*new_slots, *(slot for slot in once_more if slot.pk in freed)], now)
    MatchAgain.objects.filter(pk__in=[one.pk for one in again]).delete()
    matched = {request.pk for request in requests.values() if request.matched_at is None}
    Request.objects.filter(pk__in=looked_at & matched).update(matched_at=now)
    Request.objects.filter(pk__in=requests.keys() - looked_at).update(matched_at=None)
    return told


def _turn(request: Request, matches: Sequence[Match]) -> Rank:
    """As `Match.rank_for_slot`, by the slot for which it comes first."""
    return min((match.rank_for_slot for match in matches), default=(0, request.created_at, request.pk))


@transaction.atomic
def _note_matched(slots: Iterable[Slot], now: dt.datetime) -> None:
    """What is free again is new again: saved searches and feeds go by this stamp."""
    held = Slot.objects.filter(pk__in=[slot.pk for slot in slots]).hold()
    Slot.objects.filter(pk__in=held).update(matched_at=now)


def sweep_matches(*, now: dt.datetime) -> int:
    """Hold every open request against all that can be had. Returns of how many something was left to tell."""
    everything = read_everything(now, Request.objects.open(now).exclude(matched_at=None))
    left = _left_to_tell(everything, now)

    def tell(number: int) -> bool:
        request = Request.objects.select_related("commune", "association").get(pk=number)
        slots = list(bookable(now).filter(pk__in=left[number]).with_place())
        return _tell(best_slots(request, slots, count=MATCHES_TOLD, now=now), now)

    return one_by_one(sorted(left), tell)


def _left_to_tell(everything: Everything, now: dt.datetime) -> dict[int, list[int]]:
    """By request its best slots, all of them, where it has not been told one of them at its date."""
    told = _told(everything, now)
    requests, runs = everything.requests, everything.runs
    left: dict[int, list[int]] = {}
    for best in sweep(everything, most=MATCHES_TOLD, today=now.date().toordinal()):
        pairs = _facts(best.requests, runs.slots[best.slots], runs.starts[best.slots])
        new = np.isin(best.requests, best.requests[~np.isin(pairs, told)])
        for request, slot in zip(requests[best.requests[new]], runs.slots[best.slots[new]], strict=True):
            left.setdefault(int(request), []).append(int(slot))
    return left


def _told(everything: Everything, now: dt.datetime) -> NDArray[Any]:
    """What these requests were told of dates that are to come."""
    ahead = MatchNotice.objects.filter(request__in=Request.objects.open(now).order_by().values("pk"), starts_at__gt=now)
    notices = ahead.values("request", "slot", starts=Microseconds("starts_at"))
    found = read_columns(notices, request="i8", slot="i8", starts="i8")
    asked = np.isin(found["request"], everything.requests)
    places = np.searchsorted(everything.requests, found["request"][asked])
    return _facts(places, found["slot"][asked], found["starts"][asked])


def _facts(requests: NDArray[Any], slots: NDArray[Any], starts: NDArray[Any]) -> NDArray[Any]:
    """A request, a slot and its date as one value each."""
    return np.rec.fromarrays([requests, slots, starts], dtype=[("request", "i8"), ("slot", "i8"), ("starts", "i8")])


def _by_request(slots: Sequence[Slot], now: dt.datetime) -> dict[Request, list[Slot]]:
    """Of these slots, those that are of the best for each request, with what it has been told."""
    found = dict[int, dict[Rank, Slot]]()
    for some in batched(slots, SLOTS_AT_ONCE, strict=False):
        wanted = [requests.exclude(matched_at=None) for requests in requests_for_each(some, now)]
        served = served_by_each(list(zip(some, wanted, strict=True)), now=now)
        serving = defaultdict[int, dict[Rank, Slot]](dict)
        for slot, each in zip(some, served, strict=True):
            for one in each:
                serving[one.request][-one.merit_of_slot, slot.starts_at, slot.pk] = slot
        told = _told_of({number: len(new) + len(found.get(number, ())) for number, new in serving.items()}, now)
        for number, new in serving.items():
            known = found.pop(number, {}) | new
            best = sorted({*told.get(number, ()), *known})[:MATCHES_TOLD]
            if kept := {rank: known[rank] for rank in best if rank in known}:
                found[number] = kept
    requests = Request.objects.select_related("commune", "association").in_bulk(found)
    return {requests[number]: list(each.values()) for number, each in found.items() if number in requests}


def _told_of(new: Mapping[int, int], now: dt.datetime) -> dict[int, list[Rank]]:
    """How the slots rank now of which each request was told, free and serving it still.

    Where they may be too many with so many new ones.
    """
    notices = MatchNotice.objects.filter(request__in=new.keys(), slot__in=bookable(now))
    told = defaultdict[int, list[int]](list)
    for request, slot in notices.values_list("request", "slot") if new else ():
        told[request].append(slot)
    many = {request: slots for request, slots in told.items() if len(slots) + new[request] > MATCHES_TOLD}
    return ranks_of([(request, slot) for request, slots in many.items() for slot in slots], now=now)


def _tell(found: Sequence[Match], now: dt.datetime) -> bool:
    """Slots of one request, which is held meanwhile: two runs at once tell of each slot in one mail of theirs."""
    if not found:
        return False
    request = found[0].request
    held = Request.objects.open(now).select_for_update(no_key=True, of=("self",)).filter(pk=request.pk)
    if held.first() is None:
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
