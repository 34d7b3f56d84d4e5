"""Counters of the charter and of its editions, counted from the rows each time they are shown."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Sum

from charter.models import Edition, Signature
from companies.models import Company, signatory
from workshops.catalogue import bookable
from workshops.models import HELD, Report


class Pledges(NamedTuple):
    """What all signatories pledge together."""

    signatories: int
    rooms: int
    computers: int
    hours: int


class EditionFigures(NamedTuple):
    """What an edition has brought and still offers, in its period and territory."""

    companies: int
    open_slots: int
    workshops: int
    people: int


def pledges(now: dt.datetime) -> Pledges:
    """The sums over signatures that stand at this instant."""
    standing = Signature.objects.public().filter(signatory(now, "company__"))
    sums = standing.aggregate(
        rooms=Sum("pledged_rooms", default=0),
        computers=Sum("pledged_computers", default=0),
        hours=Sum("pledged_hours", default=0),
    )
    return Pledges(signatories=Company.objects.signatories(now).count(), **sums)


def edition_figures(edition: Edition, now: dt.datetime) -> EditionFigures:
    """Slots that can still be booked, and workshops that were held, with who came."""
    period = (edition.from_date, edition.until_date)
    territory = list(edition.departements.values_list("pk", flat=True))
    offered = bookable(now).filter(local_date__range=period)
    held = Report.objects.filter(HELD, workshop__booking__slot__local_date__range=period)
    if territory:
        offered = offered.filter(room__site__commune__departement__in=territory)
        held = held.filter(workshop__booking__slot__room__site__commune__departement__in=territory)
    open_now = offered.aggregate(slots=Count("pk"), companies=Count("room__site__company", distinct=True))
    done = held.aggregate(workshops=Count("workshop", distinct=True), people=Sum("attended", default=0))
    return EditionFigures(open_now["companies"], open_now["slots"], done["workshops"], done["people"])
