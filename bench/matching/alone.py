"""`python -m bench.matching.alone N`: one sweep of one request in N, with its reasons, in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import batched

KIB_A_GIB = 1 << 20
AT_ONCE = 2_000


def main(one_in: int) -> None:
    import django  # noqa: PLC0415  # the environment says which settings

    django.setup()
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

    lines = (pair for best in found for pair in zip(*(column.tolist() for column in best), strict=True))
    for some in batched(lines, AT_ONCE, strict=False):
        asked = {int(everything.requests[request]) for request, *_ in some}
        free = {int(everything.runs.slots[slot]) for _, slot, *_ in some}
        requests = Request.objects.in_bulk(list(asked))
        slots = Slot.objects.select_related("room__site__commune").in_bulk(list(free))
        for request, slot, merit, of_slot in some:
            one, other = requests[int(everything.requests[request])], slots[int(everything.runs.slots[slot])]
            yield reasons(Match(one, other, merit, of_slot, None, 0))


if __name__ == "__main__":
    main(int(sys.argv[1]))
