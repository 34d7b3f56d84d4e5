"""How much each part counts from now on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from accounts.models import User
from workshops.models import Weighting


def weigh(*, weights: Mapping[str, int], by: User, now: dt.datetime) -> Weighting:
    """Rank with these weights, by part. Those before are kept, and who changed them. The same again is no change."""
    current = Weighting.current()
    if current.pk and current.weights == dict(weights):
        return current
    made: Weighting = Weighting.objects.create(**weights, created_at=now, created_by=by)
    return made
