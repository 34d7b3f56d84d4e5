"""What other weights would change, before anybody saves them: looked at on some open requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from associations.models import Request
from companies.models import Slot
from workshops.matching import MATCHES_TOLD, Known, best_slots, slots_for
from workshops.models import Weighting

# Requests that are looked at, and shown at most.
LOOKED_AT, SHOWN = 60, 8


class Change(NamedTuple):
    """The first slot of a request, and that of other weights."""

    request: Request
    before: Slot
    after: Slot


class Outlook(NamedTuple):
    """Of some open requests, the latest ones, to how many of them something else would be proposed, or first."""

    looked_at: int
    first: int
    among: int
    changes: list[Change]


def outlook(other: Weighting, *, now: dt.datetime) -> Outlook:
    """What these weights would change."""
    waiting = Request.objects.open(now).select_related("commune", "association").order_by("-created_at", "-pk")
    serving = {request: slots_for(request, now) for request in waiting[:LOOKED_AT]}
    known = Known.of(list(serving), [slot for slots in serving.values() for slot in slots])
    weighed = (known, known._replace(weights=other.weights))
    looked_at, first, among, changes = 0, 0, 0, list[Change]()
    for request, slots in serving.items():
        old, new = (_first(request, slots, told, now) for told in weighed)
        if not old:
            continue
        looked_at += 1
        among += set(old) != set(new)
        if old[0] != new[0]:
            first += 1
            changes.append(Change(request, old[0], new[0]))
    return Outlook(looked_at, first, among, changes[:SHOWN])


def _first(request: Request, slots: Sequence[Slot], known: Known, now: dt.datetime) -> list[Slot]:
    return [match.slot for match in best_slots(request, slots, count=MATCHES_TOLD, now=now, known=known)]
