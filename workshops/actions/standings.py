"""How far organisations keep their word, and how often associations were served, in numbers to rank with."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Count

from workshops.models import Booking, Side, Standing
from workshops.reliability import LOOKED_AT, Tally, tallies

# One count at a time. The number is ours alone.
COUNTING = 20_150_718
NO_TALLY = Tally(0, 0)


@transaction.atomic
def count_standings(*, now: dt.datetime) -> int | None:
    """Count anew, for every organisation at once. Returns how many have a standing; None when somebody else counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [COUNTING])
        if cursor.fetchone() == (False,):
            return None
    companies, associations, served = tallies(Side.COMPANY, now), tallies(Side.ASSOCIATION, now), _served(now)
    Standing.objects.all().delete()
    rows = [
        Standing(company_id=number, kept=one.kept, broken=one.broken, counted_at=now)
        for number, one in sorted(companies.items())
    ]
    for number in sorted(associations.keys() | served.keys()):
        one = associations.get(number, NO_TALLY)
        standing = {"kept": one.kept, "broken": one.broken, "served": served.get(number, 0)}
        rows.append(Standing(association_id=number, **standing, counted_at=now))
    return len(Standing.objects.bulk_create(rows, batch_size=1_000))


def _served(now: dt.datetime) -> dict[int, int]:
    """By association: its workshops of the last year, and those to come."""
    states = (Booking.State.CONFIRMED, Booking.State.COMPLETED)
    agreed = Booking.objects.filter(state__in=states, slot__starts_at__gt=now - LOOKED_AT)
    return dict(agreed.values_list("association").annotate(Count("pk")))
