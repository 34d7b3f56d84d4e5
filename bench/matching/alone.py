"""`python -m bench.matching.alone NAME N`: a sweep of one request in N of a database, in a process of its own.

With the reasons of what it finds.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.database import use

KIB_A_GIB = 1 << 20
AT_ONCE = 20_000
# What is said in words.
OF_A_REQUEST = ("computers", "participants", "languages", "step_free", "best_weekdays", "created_at")
OF_A_SLOT = ("computers", "places", "created_at", "volunteers_offered", "booking_mode", "starts_at", "time_zone")


def main(name: str, one_in: int) -> None:
    import django  # noqa: PLC0415  # the environment says which settings

    django.setup()
    use(name)
    from django.db.models import F  # noqa: PLC0415
    from django.db.models.functions import Mod  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from associations.models import Request  # noqa: PLC0415
    from workshops.matching import MATCHES_TOLD, read_everything, sweep  # noqa: PLC0415

    now = timezone.now()
    began = time.perf_counter()
    asked = Request.objects.open(now).annotate(turn=Mod(F("pk"), one_in)).filter(turn=0)
    everything = read_everything(now, asked)
    read = time.perf_counter()
    found = list(sweep(everything, most=MATCHES_TOLD, today=now.date().toordinal()))
    ranked = time.perf_counter()
    said = sum(1 for _ in _said(everything, found))
    told = {
        "seconds": time.perf_counter() - began,
        "read": read - began,
        "ranked": ranked - read,
        "found": said,
        "requests": len(everything.requests),
        "slots": len(everything.runs.slots),
        "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_A_GIB,
    }
    sys.stdout.write(json.dumps(told))


def _said(everything, found) -> Iterator[list[str]]:  # type: ignore[no-untyped-def]  # noqa: ANN001  # idem
    """Why each of these slots serves its request, in words."""
    from associations.models import Request  # noqa: PLC0415
    from companies.models import Slot  # noqa: PLC0415
    from workshops.matching import Match, reasons  # noqa: PLC0415

    for some in _thousands(found):
        away, topics = _between(everything, some)
        requests, slots = everything.requests[some.requests].tolist(), everything.runs.slots[some.slots].tolist()
        asked = Request.objects.only(*OF_A_REQUEST).in_bulk(set(requests))
        free = Slot.objects.only(*OF_A_SLOT).in_bulk(set(slots))
        merits = (some.merits.tolist(), some.merits_of_slot.tolist())
        for request, slot, *facts in zip(requests, slots, *merits, away, topics, strict=True):
            yield reasons(Match(asked[request], free[slot], *facts))


def _thousands(found) -> Iterator[Any]:  # type: ignore[no-untyped-def]  # noqa: ANN001  # idem
    """All pairs, some thousand at once."""
    from workshops.matching.sweeping import Best  # noqa: PLC0415

    whole = Best(*map(np.concatenate, zip(*found, strict=True)))
    for since in range(0, len(whole.requests), AT_ONCE):
        yield Best(*(column[since : since + AT_ONCE] for column in whole))


def _between(everything, some) -> tuple[list[float | None], list[int]]:  # type: ignore[no-untyped-def]  # noqa: ANN001  # idem
    """How far request and slot are from each other, and what its volunteers know of what is asked, pair by pair."""
    from territories.great_circles import kilometres_between_all  # noqa: PLC0415

    wants, offers = everything.wants, everything.runs.offers
    asked, run = some.requests, everything.run_of[some.slots]
    here, there = (wants.latitude[asked], wants.longitude[asked]), (offers.latitude[run], offers.longitude[run])
    away = [None if math.isnan(km) else km for km in kilometres_between_all(here, there).tolist()]
    return away, (wants.topics[asked] & offers.topics[run]).tolist()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
