"""One request and some slots, or one slot and some requests: which serve, how well, in which order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from numpy.typing import NDArray

from accounts.vocabulary import Language
from associations.models import Request, RequestQuerySet
from companies.demand import Opening
from companies.models import Room, Slot
from companies.models.slots import on_offer
from workshops.catalogue import left
from workshops.matching.known import Known, brought
from workshops.matching.pairs import WHOLE, Condition, Pairs
from workshops.matching.reading import (
    OFFERED,
    WANTED,
    Row,
    bits,
    offers_of,
    offers_of_rooms,
    paths,
    period_bit,
    row_of,
    wants_of,
)
from workshops.models import OF_REQUEST, Part

# How good, upside down; then when; then which.
type Rank = tuple[int, dt.datetime, int]
type Weights = Mapping[str, int]

# Of a room that has none yet.
NO_SLOT = 0

# How many slots a request is told at once, and has been told of the best at all times.
MATCHES_TOLD = 5


@dataclass(frozen=True)
class Match:
    """A slot that serves a request, and how well."""

    request: Request
    slot: Slot
    merit: int
    merit_of_slot: int
    distance_km: float | None
    topics: int = field(repr=False)
    """What its volunteers know of what is asked (bits)."""

    @property
    def rank_for_request(self) -> Rank:
        """Best first, then soonest, then by number."""
        return (-self.merit_of_slot, self.slot.starts_at, self.slot.pk)

    @property
    def rank_for_slot(self) -> Rank:
        """Best first, then who has waited longest, then by number."""
        return (-self.merit, self.request.created_at, self.request.pk)


class Served(NamedTuple):
    """A request (its number) that a slot serves, how well, and how good the slot is for it."""

    request: int
    merit: int
    merit_of_slot: int


def best_slots(
    request: Request,
    slots: Sequence[Slot],
    *,
    count: int | None = None,
    now: dt.datetime,
    known: Known | None = None,
) -> list[Match]:
    """Of these slots, those that serve the request, best first; with what is known of both already, if it is."""
    return sorted(_matches([request], slots, now, known), key=lambda match: match.rank_for_request)[:count]


def served_by(slot: Slot, wanted: RequestQuerySet, *, now: dt.datetime) -> list[Served]:
    """Of the requests that a query finds, those that the slot serves, best first: as lines, however many they are."""
    [found] = served_by_each([(slot, wanted)], now=now)
    return found


def served_by_each(asked: Sequence[tuple[Slot, RequestQuerySet]], *, now: dt.datetime) -> list[list[Served]]:
    """The same for each of some slots; what is known of them and of all those requests is read once."""
    return [found for [found] in served_under([None], asked, now=now)]


def served_under(
    weights: Sequence[Weights | None], asked: Sequence[tuple[Slot, RequestQuerySet]], *, now: dt.datetime
) -> list[list[list[Served]]]:
    """The same of each slot under each of these weights; None are those that count."""
    found = [list(wanted.values_list("pk", "association", "created_at", *paths(WANTED))) for _, wanted in asked]
    if not any(found):
        return [[[] for _ in weights] for _ in asked]
    known = Known.numbered(
        companies={slot.room.site.company_id for slot, _ in asked},
        associations={row[1] for rows in found for row in rows},
        slots=[slot.pk for slot, _ in asked],
        requests={row[0] for rows in found for row in rows},
    )
    counting = [known.weights if given is None else given for given in weights]
    return [_served(slot, rows, known, counting, now) for (slot, _), rows in zip(asked, found, strict=True)]


def _served(
    slot: Slot, rows: Sequence[Row], known: Known, weights: Sequence[Weights], now: dt.datetime
) -> list[list[Served]]:
    if not rows:
        return [[] for _ in weights]
    numbers, associations, posted = zip(*(row[:3] for row in rows), strict=True)
    company = slot.room.site.company_id
    wants = wants_of((row[3:] for row in rows), **known.of_requests(list(zip(numbers, associations, strict=True))))
    offers = offers_of([row_of(slot)], known.brought_to([slot.pk]), known.kept_by_companies([company]))
    refused = known.are_refused(list(zip(numbers, associations, strict=True)), [(slot.pk, slot.room.site_id)]).ravel()
    pairs = Pairs(wants, offers, today=now.date().toordinal(), refused=refused)
    serving: list[int] = np.flatnonzero(pairs.unmet == 0).tolist()
    found = []
    for given in weights:
        merits, of_slot = pairs.merit(given).tolist(), pairs.merit_of_slot(given).tolist()
        # Best first, then who has waited longest, then by number: as `Match.rank_for_slot`.
        first = sorted(serving, key=lambda at: (-merits[at], posted[at], numbers[at]))  # called at once
        found.append([Served(numbers[at], merits[at], of_slot[at]) for at in first])
    return found


def serving_under(
    weights: Sequence[Weights], request: Request, slots: QuerySet[Slot], *, now: dt.datetime
) -> list[list[int]]:
    """Of the slots that a query finds, those that serve the request (their numbers), best first under each weights."""
    rows = list(slots.values_list("pk", "room__site", "room__site__company", "starts_at", *paths(OFFERED)))
    if not rows:
        return [[] for _ in weights]
    numbers, sites, companies, starts = zip(*(row[:4] for row in rows), strict=True)
    owner = request.association_id
    known = Known.numbered(companies=set(companies), associations=[owner], slots=numbers, requests=[request.pk])
    wants = wants_of([row_of(request)], **known.of_requests([(request.pk, owner)]))
    offers = offers_of((row[4:] for row in rows), known.brought_to(numbers), known.kept_by_companies(companies))
    refused = known.are_refused([(request.pk, owner)], list(zip(numbers, sites, strict=True))).ravel()
    pairs = Pairs(wants, offers, today=now.date().toordinal(), refused=refused)
    serving: list[int] = np.flatnonzero(pairs.unmet == 0).tolist()
    # As `Match.rank_for_request`.
    ranked = (
        sorted((-merits[at], starts[at], numbers[at]) for at in serving)
        for merits in (pairs.merit_of_slot(given).tolist() for given in weights)
    )
    return [[number for _, _, number in ranks] for ranks in ranked]


def ranks_of(pairs: Collection[tuple[int, int]], *, now: dt.datetime) -> dict[int, list[Rank]]:
    """Of pairs of a request and a slot (their numbers), by request: how those slots that serve it rank for it."""
    requests, slots = _read(pairs)
    left = [(request, slot) for request, slot in pairs if request in requests and slot in slots]
    if not left:
        return {}
    known = Known.numbered(
        companies={row.owner for row in slots.values()},
        associations={row.owner for row in requests.values()},
        slots=list(slots),
        requests=list(requests),
    )
    wanted, offered = [requests[request] for request, _ in left], [slots[slot] for _, slot in left]
    of_requests = known.of_requests([(request, row.owner) for (request, _), row in zip(left, wanted, strict=True)])
    come = known.brought_to([slot for _, slot in left])
    kept = known.kept_by_companies([row.owner for row in offered])
    wants = wants_of((row.facts for row in wanted), **of_requests)
    offers = offers_of((row.facts for row in offered), come, kept)
    apart = known.are_refused(
        [(request, row.owner) for request, row in requests.items()], [(slot, row.where) for slot, row in slots.items()]
    )
    line, column = ({number: at for at, number in enumerate(some)} for some in (requests, slots))
    refused = apart[[line[request] for request, _ in left], [column[slot] for _, slot in left]]
    judged = Pairs(wants, offers, today=now.date().toordinal(), refused=refused)
    merits: list[int] = judged.merit_of_slot(known.weights).tolist()
    found = defaultdict[int, list[Rank]](list)
    for place in np.flatnonzero(judged.unmet == 0).tolist():
        request, slot = left[place]
        found[request].append((-merits[place], offered[place].at, slot))
    return found


class _Read(NamedTuple):
    """Of a request or a slot: whose it is, its commune or site, when it was posted or begins, and what is judged."""

    owner: int
    where: Any
    at: dt.datetime
    facts: Row


def _read(pairs: Collection[tuple[int, int]]) -> tuple[dict[int, _Read], dict[int, _Read]]:
    wanted = Request.objects.filter(pk__in={request for request, _ in pairs}).order_by()
    offered = Slot.objects.filter(pk__in={slot for _, slot in pairs}).order_by()
    requests = wanted.values_list("pk", "association", "commune", "created_at", *paths(WANTED))
    slots = offered.values_list("pk", "room__site__company", "room__site", "starts_at", *paths(OFFERED))
    of_requests, of_slots = (
        {number: _Read(owner, where, at, facts) for number, owner, where, at, *facts in rows}
        for rows in (requests, slots)
    )
    return of_requests, of_slots


def unmet(
    request: Request, slots: QuerySet[Slot], *, but_tried: bool = False, now: dt.datetime | None = None
) -> list[tuple[int, Condition]]:
    """Of each slot that a query finds (its number), what keeps it from serving the request; nothing where it does.

    `but_tried`: as if its association had not tried to book any. Without `now`, as if each could be had.
    """
    had = Q() if now is None else on_offer(now) & left(now)
    found = slots.annotate(can_be_had=ExpressionWrapper(had or Q(pk__isnull=False), BooleanField()))
    rows = list(found.values_list("pk", "room__site", "can_be_had", *paths(OFFERED)))
    numbers, own = [number for number, *_ in rows], [(request.pk, request.association_id)]
    known = Known.refusals([request], () if but_tried else numbers)._replace(brought=brought(numbers))
    wants = wants_of([row_of(request)], **known.of_requests(own))
    free = np.array([free for _, _, free, *_ in rows], np.bool_)
    offers = offers_of((facts for _, _, _, *facts in rows), known.brought_to(numbers), np.array(WHOLE), free)
    refused = known.are_refused(own, [(number, site) for number, site, *_ in rows]).ravel()
    failing = Pairs(wants, offers, today=0, refused=refused).unmet.tolist()
    return [(number, Condition(one)) for number, one in zip(numbers, failing, strict=True)]


def is_dismissed(request: Request, slot: Slot) -> bool:
    """Whether its association has said that the slot, or its day, hour, site or distance, is not for the request.

    What it has tried to book, its company may offer it all the same.
    """
    [(_, failing)] = unmet(request, Slot.objects.filter(pk=slot.pk), but_tried=True)
    return Condition.DISMISSED in failing


def best_of_each(
    wanted: QuerySet[Request], slots: Sequence[Slot], *, count: int | None = None, now: dt.datetime
) -> list[Match]:
    """Of each request that a query finds and any of these slots serves the best of them, as lines until they are few.

    Those first that are served best.
    """
    rows = list(wanted.values_list("pk", "association", "created_at", *paths(WANTED))) if slots else []
    if not rows:
        return []
    numbers, associations, posted = zip(*(row[:3] for row in rows), strict=True)
    companies = [slot.room.site.company_id for slot in slots]
    of_slots = [slot.pk for slot in slots]
    known = Known.numbered(companies=companies, associations=set(associations), slots=of_slots, requests=numbers)
    wants = wants_of((row[3:] for row in rows), **known.of_requests(list(zip(numbers, associations, strict=True))))
    offers = offers_of(map(row_of, slots), known.brought_to(of_slots), known.kept_by_companies(companies))
    places = [(slot.pk, slot.room.site_id) for slot in slots]
    refused = known.are_refused(list(zip(numbers, associations, strict=True)), places)
    pairs = Pairs(wants.crossed(), offers, today=now.date().toordinal(), refused=refused)
    serving, merits = pairs.unmet == 0, pairs.merit(known.weights)
    # Of two as good ones, the first: slots come by their beginning.
    best = np.argmax(np.where(serving, pairs.merit_of_slot(known.weights), -1), axis=1)
    served: list[int] = np.flatnonzero(serving.any(axis=1)).tolist()
    served.sort(key=lambda at: (-int(merits[at, best[at]]), posted[at], numbers[at]))
    requests = Request.objects.select_related("commune", "association").in_bulk([numbers[at] for at in served[:count]])
    return [
        match
        for at in served[:count]
        if numbers[at] in requests
        for match in _matches([requests[numbers[at]]], [slots[int(best[at])]], now, known)
    ]


def _matches(
    requests: Sequence[Request], slots: Sequence[Slot], now: dt.datetime, known: Known | None = None
) -> list[Match]:
    """One side is one."""
    if not requests or not slots:
        return []
    known = known or Known.of(requests, slots)
    pairs = _pairs(requests, slots, known, now)
    merit, of_slot = pairs.merit(known.weights), pairs.merit_of_slot(known.weights)
    serving: list[int] = np.flatnonzero(pairs.unmet == 0).tolist()
    taught = pairs.wants.topics & pairs.offers.topics
    return [
        Match(
            requests[at if len(requests) > 1 else 0],
            slots[at if len(slots) > 1 else 0],
            int(merit[at]),
            int(of_slot[at]),
            None if np.isnan(pairs.km[at]) else float(pairs.km[at]),
            int(taught[at]),
        )
        for at in serving
    ]


def _pairs(requests: Sequence[Request], slots: Sequence[Slot], known: Known, now: dt.datetime) -> Pairs:
    own = [(request.pk, request.association_id) for request in requests]
    wants = wants_of(map(row_of, requests), **known.of_requests(own))
    offers = offers_of(
        map(row_of, slots),
        known.brought_to([slot.pk for slot in slots]),
        known.kept_by_companies([slot.room.site.company_id for slot in slots]),
    )
    refused = known.are_refused(own, [(slot.pk, slot.room.site_id) for slot in slots]).ravel()
    return Pairs(wants, offers, today=now.date().toordinal(), refused=refused)


def parts_of(request: Request, slots: Sequence[Slot], *, now: dt.datetime) -> Mapping[Part, list[int]]:
    """Of each of these slots, how many points each part adds to what it is worth for the request (in thousandths)."""
    known = Known.of([request], slots)
    parts = _pairs([request], slots, known, now).parts
    points = {part: known.weights[part] * np.broadcast_to(parts[part], len(slots)) for part in parts}
    return {part: points[part].tolist() for part in points if part not in OF_REQUEST}


def served_by_room(
    opening: Opening,
    requests: Sequence[Request],
    *,
    languages: Sequence[str],
    starts: Sequence[dt.datetime],
) -> NDArray[np.bool_]:
    """Which requests (lines) it would serve if it were open at these times of its clock (columns), these spoken."""
    known, own = Known.refusals(requests), [(one.pk, one.association_id) for one in requests]
    wants = wants_of(map(row_of, requests), **known.of_requests(own))
    offers = offers_of_rooms([opening.room])._replace(
        places=np.array([opening.places]),
        computers=np.array([opening.computers]),
        instant=np.array([opening.instant]),
        languages=np.array([bits(languages, Language)]),
        day=np.array([start.toordinal() for start in starts]),
        weekday=np.array([1 << start.isoweekday() for start in starts]),
        period=np.array([period_bit(start.time()) for start in starts]),
    )
    refused = known.are_refused(own, [(NO_SLOT, opening.room.site_id)])
    served: NDArray[np.bool_] = Pairs(wants.crossed(), offers, today=0, refused=refused).unmet == 0
    return served


# What a room has or has not, whenever it is opened.
OF_ROOMS = Condition.PLACES | Condition.COMPUTERS | Condition.DISTANCE | Condition.ACCESS | Condition.DISMISSED


def rooms_that_serve(request: Request, rooms: Sequence[Room]) -> list[Room]:
    """Those that are near enough, can be entered, and hold the whole group, with a computer for each who needs one.

    None of a site that the association has refused.
    """
    (failing,) = _unmet_by_rooms([request], rooms)
    return [room for room, unmet in zip(rooms, failing, strict=True) if not unmet]


def missing_in_rooms(requests: Sequence[Request], rooms: Sequence[Room]) -> dict[int, Condition]:
    """Of each request that none of the rooms serves, by number: what fails in the room in which least does."""
    if not requests or not rooms:
        return {}
    failing = _unmet_by_rooms(requests, rooms)
    best = np.argmin(np.bitwise_count(failing), axis=1)
    found = zip(requests, failing[np.arange(len(requests)), best].tolist(), strict=True)
    return {request.pk: Condition(unmet) for request, unmet in found if unmet}


def _unmet_by_rooms(requests: Sequence[Request], rooms: Sequence[Room]) -> NDArray[np.int64]:
    """What each request (a line) misses in each room (a column), as bits of `Condition`."""
    known, own = Known.refusals(requests), [(request.pk, request.association_id) for request in requests]
    wants = wants_of(map(row_of, requests), **known.of_requests(own))
    refused = known.are_refused(own, [(NO_SLOT, room.site_id) for room in rooms])
    pairs = Pairs(wants.crossed(), offers_of_rooms(rooms), today=0, refused=refused)
    failing: NDArray[np.int64] = pairs.unmet & int(OF_ROOMS)
    return failing
