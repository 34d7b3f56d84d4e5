"""Public figures, counted from the rows each time they are shown."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from companies.models import Company
from workshops.catalogue import bookable
from workshops.models import Report, Side


class Figures(NamedTuple):
    """What the campaign has done and offers now."""

    workshops: int
    people: int
    volunteer_hours: int
    open_slots: int
    open_computers: int
    signatories: int


def public_figures(now: dt.datetime) -> Figures:
    """A workshop was held when the association reported that somebody came."""
    reported = Report.objects.aggregate(
        workshops=Count("pk", filter=Q(side=Side.ASSOCIATION, attended__gt=0)),
        people=Sum("attended", default=0),
        minutes=Sum("volunteer_minutes", default=0),
    )
    offered = bookable(now).aggregate(slots=Count("pk"), computers=Sum("computers", default=0))
    return Figures(
        workshops=reported["workshops"],
        people=reported["people"],
        volunteer_hours=reported["minutes"] // 60,
        open_slots=offered["slots"],
        open_computers=offered["computers"],
        signatories=Company.objects.signatories(now).count(),
    )
