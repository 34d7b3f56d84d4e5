"""What other weights would change, before anybody saves them: looked at on some open requests, and some free slots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Max

from associations.models import Request, RequestQuerySet
from companies.models import Slot, SlotQuerySet
from workshops.catalogue import bookable
from workshops.matching import MATCHES_TOLD, requests_for_each, served_under, serving, serving_under
from workshops.models import Weighting
from workshops.sought import with_offers

# Requests and slots that are looked at; of what serves a request, the soonest slots; changes that are shown at most.
LOOKED_AT, SOONEST, SHOWN = 15, 500, 5

type Lists = tuple[Sequence[int], Sequence[int]]


class Change(NamedTuple):
    """The first slot of a request, and that of other weights."""

    request: Request
    before: Slot
    after: Slot


class Turn(NamedTuple):
    """The request that a company reads first for a slot, and that of other weights."""

    slot: Slot
    before: Request
    after: Request


class Counted(NamedTuple):
    """Of those that are looked at and find anything, to how many something else would be proposed, or first."""

    looked_at: int
    first: int
    among: int

    @classmethod
    def of(cls, lists: Mapping[int, Lists]) -> Counted:
        found = [(old, new) for old, new in lists.values() if old]
        first, among = (
            sum(differ) for differ in ([o[0] != n[0] for o, n in found], [set(o) != set(n) for o, n in found])
        )
        return cls(len(found), first, among)


class Outlook(NamedTuple):
    """What associations would read for the latest requests, and companies for slots of the whole country.

    What is of a request alone, its urgency and how rarely its association was served, ranks in the second list alone.
    """

    requests: Counted
    changes: list[Change]
    slots: Counted
    turns: list[Turn]


def outlook(other: Weighting, *, now: dt.datetime) -> Outlook:
    """What these weights would change."""
    weights = (Weighting.current().weights, other.weights)
    of_requests, of_slots = _of_requests(weights, now), _of_slots(weights, now)
    changed, turned = _changed(of_requests), _changed(of_slots)
    requests = _requests().in_bulk({*changed, *_named(turned)})
    slots = Slot.objects.with_place().in_bulk({*turned, *_named(changed)})
    changes = [Change(requests[one], slots[old], slots[new]) for one, (old, new) in changed.items()]
    turns = [Turn(slots[one], requests[old], requests[new]) for one, (old, new) in turned.items()]
    return Outlook(Counted.of(of_requests), changes, Counted.of(of_slots), turns)


def _of_requests(weights: Sequence[Mapping[str, int]], now: dt.datetime) -> dict[int, Lists]:
    waiting = _requests().open(now).order_by("-created_at", "-pk")[:LOOKED_AT]
    ranked = {request.pk: serving_under(weights, request, _soonest(request, now), now=now) for request in waiting}
    return {number: (old[:MATCHES_TOLD], new[:MATCHES_TOLD]) for number, (old, new) in ranked.items()}


def _of_slots(weights: Sequence[Mapping[str, int]], now: dt.datetime) -> dict[int, Lists]:
    slots = list(Slot.objects.filter(pk__in=_here_and_there(now)).with_place().order_by("pk"))
    wanted = [with_offers(requests, now).filter(on_offer=False) for requests in requests_for_each(slots, now)]
    ranked = served_under(weights, list(zip(slots, wanted, strict=True)), now=now)
    lists = ([[one.request for one in served[:MATCHES_TOLD]] for served in under] for under in ranked)
    return {slot.pk: (old, new) for slot, (old, new) in zip(slots, lists, strict=True)}


def _here_and_there(now: dt.datetime) -> set[int]:
    """Free slots among all that were ever published, evenly: those of a season come one after the other."""
    last = Slot.objects.aggregate(last=Max("pk", default=0))["last"]
    since = [last * place // LOOKED_AT for place in range(LOOKED_AT)]
    found = (
        bookable(now).filter(pk__gt=number).order_by("pk").values_list("pk", flat=True).first() for number in since
    )
    return {number for number in found if number is not None}


def _requests() -> RequestQuerySet:
    found: RequestQuerySet = Request.objects.select_related("commune", "association")
    return found


def _soonest(request: Request, now: dt.datetime) -> SlotQuerySet:
    return serving(bookable(now), request).order_by("starts_at", "pk")[:SOONEST]


def _changed(lists: Mapping[int, Lists]) -> dict[int, tuple[int, int]]:
    """By number, what comes first and what would, where these differ."""
    firsts = {number: (old[0], new[0]) for number, (old, new) in lists.items() if old and old[0] != new[0]}
    return dict(list(firsts.items())[:SHOWN])


def _named(changed: Mapping[int, tuple[int, int]]) -> set[int]:
    return {one for pair in changed.values() for one in pair}
