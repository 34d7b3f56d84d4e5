"""Telling requests of the slots that fit them: each has been told, at all times, of the best that can be had.

A new slot is held against the requests around it, and so is one that is free again or to which somebody comes; a new
request against the slots around it, and so is one that has lost a slot of which it was told: another one is among the
best now. A sweep of all requests (`sweep_matches`) finds what is left to tell: what other weights, or words kept and
broken that are counted anew, have made one of the best.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Least
from numpy.typing import NDArray

from accounts.scans import one_by_one
from associations.models import Request
from companies.models import Slot
from territories.bulk import read_columns
from workshops import emails
from workshops.catalogue import bookable
from workshops.heard import Heard, heard_of
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
# Pairs that are looked at again since the hour has come at which their slot may be open no more.
CLOSING_A_RUN = 5_000
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What is known of requests is read once for so many slots.
SLOTS_AT_ONCE = 20


def tell_matches(*, now: dt.datetime) -> int:
    """Pick up what is not yet matched and tell each request its new slots in one mail. Returns of how many requests.

    Slots that may serve others than when they were matched are picked up once more, and requests that lost one. They
    are told in the order in which a company reads them. One that cannot be told of is a new one again.
    """
    again = list(MatchAgain.objects.order_by("pk")[:NEW_SLOTS_A_RUN])
    _withdraw({one.slot_id for one in again}, now)
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


def _withdraw(slots: Collection[int], now: dt.datetime) -> None:
    """Look again at what was told of these slots (their numbers), and of those that close by now.

    Whoever has lost one, or finds it worse than when it was told, is a new request again.
    """
    for some in batched(sorted(slots), SLOTS_AT_ONCE, strict=False):
        _look_again(MatchNotice.objects.filter(slot__in=some), now)
    closing = MatchNotice.objects.filter(stands_until_at__lte=now).order_by("stands_until_at", "pk")
    _look_again(MatchNotice.objects.filter(pk__in=list(closing.values_list("pk", flat=True)[:CLOSING_A_RUN])), now)


@transaction.atomic
def _look_again(notices: QuerySet[MatchNotice], now: dt.datetime) -> None:
    told = {(one.request_id, one.slot_id): one for one in notices.order_by("request", "slot")}
    if not told:
        return
    free = set(bookable(now).filter(pk__in={slot for _, slot in told}).values_list("pk", flat=True))
    ranks = ranks_of([pair for pair in told if pair[1] in free], now=now)
    stands = {(request, rank[2]): rank for request, each in ranks.items() for rank in each}
    worse = {pair for pair, one in told.items() if pair not in stands or stands[pair][:2] > (-one.merit, one.starts_at)}
    untold = _untold(told, stands)
    gone = MatchNotice.objects.filter(pk__in=[one.pk for pair, one in told.items() if pair not in stands])
    gone.update(stands_until_at=None)
    never = MatchNotice.objects.filter(pk__in=[told[pair].pk for pair in untold])
    never.exclude(heard_starts_at=None).update(starts_at=F("heard_starts_at"), told_at=now)
    never.filter(heard_starts_at=None).delete()
    _stand(MatchNotice.objects.filter(pk__in=[told[pair].pk for pair in stands]))
    lost = {request for request, _ in worse | untold}
    matched = Request.objects.filter(pk__in=lost).exclude(matched_at=None)
    held = matched.order_by("pk").select_for_update(no_key=True, of=("self",))
    Request.objects.filter(pk__in=list(held.values_list("pk", flat=True))).update(matched_at=None)


def _untold(told: Mapping[tuple[int, int], MatchNotice], stands: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these pairs, those that no mail has told after all.

    Their slot was not to be had when it left; or it waits still, and will leave the slot out.
    """
    heard = heard_of(list(told.values()))
    return {
        pair
        for pair, one in told.items()
        if heard[one.pk] == Heard.NOT or (heard[one.pk] == Heard.WAITS and pair not in stands)
    }


def _stand(notices: QuerySet[MatchNotice]) -> None:
    """Until when their slots can be had, as far as it is known."""
    slot = Slot.objects.filter(pk=OuterRef("slot")).values(
        until=Least("closes_at", "availability__confirm_by_at", "room__site__company__charter_until_at")
    )
    notices.update(stands_until_at=Subquery(slot))


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


def note_as_told(*, now: dt.datetime) -> int:
    """All that could be told counts as told from now on, without a mail. Returns how many pairs: of data that is made.

    What its triggers have noted is looked at by that.
    """
    everything = read_everything(now, Request.objects.open(now))
    requests, runs = everything.requests, everything.runs
    told = [
        MatchNotice(
            request_id=int(requests[request]),
            slot_id=int(runs.slots[slot]),
            starts_at=EPOCH + dt.timedelta(microseconds=int(runs.starts[slot])),
            merit=int(merit),
            told_at=now,
        )
        for best in sweep(everything, most=MATCHES_TOLD, today=now.date().toordinal())
        for request, slot, merit in zip(best.requests, best.slots, best.merits_of_slot, strict=True)
    ]
    MatchNotice.objects.bulk_create(told, batch_size=5_000, ignore_conflicts=True)
    _stand(MatchNotice.objects.filter(told_at=now))
    MatchAgain.objects.all().delete()
    return len(told)


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
    told = {notice.slot_id: notice for notice in notices}
    heard = heard_of([one for one in told.values() if one.starts_at != _starts(found, one.slot_id)])
    # Of what was told before: the last date of which a mail has left.
    dates = {
        slot: one.starts_at if heard.get(one.pk) in (None, Heard.HEARD) else one.heard_starts_at
        for slot, one in told.items()
    }
    new = [match for match in found if dates.get(match.slot.pk) != match.slot.starts_at]
    back = [match for match in found if match not in new and told[match.slot.pk].starts_at != match.slot.starts_at]
    if new or back:
        _note([*new, *back], dates, now)
    _stand(notices)
    if new:
        emails.slots_matched(request=request, matches=new, now=now)
    return bool(new)


def _starts(found: Sequence[Match], slot: int) -> dt.datetime:
    [starts_at] = [match.slot.starts_at for match in found if match.slot.pk == slot]
    return starts_at


def _note(matches: Iterable[Match], heard: Mapping[int, dt.datetime | None], now: dt.datetime) -> None:
    """What is told now, and of which dates their association has heard before. A mail that waits leaves it out."""
    MatchNotice.objects.bulk_create(
        [
            MatchNotice(
                request=match.request,
                slot=match.slot,
                starts_at=match.slot.starts_at,
                merit=match.merit_of_slot,
                told_at=now,
                heard_starts_at=heard.get(match.slot.pk),
            )
            for match in matches
        ],
        update_conflicts=True,
        unique_fields=["request", "slot"],
        update_fields=["starts_at", "merit", "told_at", "heard_starts_at"],
    )
