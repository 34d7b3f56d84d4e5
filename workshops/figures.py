"""Figures, counted from the rows each time they are shown."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum, Value
from django.db.models.expressions import Combinable

from accounts.models import User
from associations.models import Association
from companies.models import Company, Engagement
from workshops.catalogue import bookable
from workshops.models import HELD, Attendance, Booking, Dispute, Report, Side

# From a report or a presence to the date of its workshop, and to who hosts it.
SLOT = "workshop__booking__slot"
PLACE_OF_COMPANY = f"{SLOT}__room__site__company"


class Figures(NamedTuple):
    """What the campaign has done and offers now."""

    workshops: int
    people: int
    volunteer_hours: int
    open_slots: int
    open_computers: int
    signatories: int


def public_figures(now: dt.datetime) -> Figures:
    """A workshop was held when a report says so, its booking nothing else, and no other report the contrary."""
    ever = given(Q(), now=now)
    offered = bookable(now).aggregate(slots=Count("pk"), computers=Sum("computers", default=0))
    return Figures(
        workshops=ever.workshops,
        people=ever.people,
        volunteer_hours=ever.minutes // 60,
        open_slots=offered["slots"],
        open_computers=offered["computers"],
        signatories=Company.objects.signatories(now).count(),
    )


class Given(NamedTuple):
    """What was given: at how many workshops, to how many people, and how long on either time."""

    workshops: int
    people: int
    benevolat_minutes: int
    mecenat_minutes: int

    @property
    def minutes(self) -> int:
        return self.benevolat_minutes + self.mecenat_minutes

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def benevolat_hours(self) -> float:
        return self.benevolat_minutes / 60

    @property
    def mecenat_hours(self) -> float:
        return self.mecenat_minutes / 60


NOTHING = Given(0, 0, 0, 0)


def given_in_year(company: Company, year: int | None = None, *, now: dt.datetime) -> Given:
    """Of a company, in a year or ever."""
    return given(_in_year(Q(**{PLACE_OF_COMPANY: company}), year), now=now)


def received_in_year(association: Association, year: int | None = None, *, now: dt.datetime) -> Given:
    """The same of what was given to an association, by whichever companies."""
    return given(_in_year(Q(workshop__booking__association=association), year), now=now)


def _in_year(within: Q, year: int | None) -> Q:
    return within if year is None else within & Q(**{f"{SLOT}__local_date__year": year})


def given(within: Q, *, now: dt.datetime) -> Given:
    """Of the workshops that `within` names by the way from a report, or from a presence: `workshop__…`."""
    return given_by(Value(0), within, now=now).get(0, NOTHING)


def given_by(key: Combinable, within: Q, *, now: dt.datetime) -> dict[Any, Given]:
    """The same for each value of `key`, a fact of the workshop, of which there is anything to tell.

    The volunteers' time is what the company reported; of workshops that it has not reported on, what volunteers said
    themselves. Where the association says that nobody of the company came, there was none.
    """
    found: dict[Any, Given] = {}
    for row in _told_by(key, within):
        minutes, at_work = row["minutes"], row["at_work"]
        found[row["key"]] = Given(row["workshops"], row["people"], minutes - at_work, at_work)
    unreported = Attendance.objects.there(now).filter(within).exclude(workshop__reports__side=Side.COMPANY)
    for row in unreported.minutes_given_by(key):
        was = found.get(row["key"], NOTHING)
        own, at_work = was.benevolat_minutes + row["all"] - row["at_work"], was.mecenat_minutes + row["at_work"]
        found[row["key"]] = was._replace(benevolat_minutes=own, mecenat_minutes=at_work)
    return {key: told for key, told in found.items() if told != NOTHING}


def _told_by(key: Combinable, within: Q) -> Iterable[Mapping[str, Any]]:
    """What reports tell; as one says that nobody of the company came, the other's hours do not count."""
    return (
        Report.objects.with_other()
        .filter(within)
        .order_by()
        .values(key=key)
        .annotate(
            workshops=Count("workshop", distinct=True, filter=HELD),
            people=Sum("attended", default=0, filter=HELD),
            minutes=Sum("volunteer_minutes", default=0, filter=Q(unmet=False)),
            at_work=Sum("mecenat_minutes", default=0, filter=Q(unmet=False)),
        )
    )


def given_by_volunteer(volunteer: User, company: Company, year: int, *, now: dt.datetime) -> Given:
    """Of a volunteer at a company in a year: who waited for a group that did not come gave time, and no workshop.

    A workshop that nobody has reported on yet counts: the volunteer was there.
    """
    there = Attendance.objects.of_company(company).in_year(year).there(now).filter(volunteer=volunteer)
    missed = Q(workshop__booking__state=Booking.State.NO_SHOW) | Q(workshop__dispute__state=Dispute.State.OPEN)
    own, held = there.minutes_given(), there.exclude(missed)
    return Given(held.count(), 0, own[Engagement.BENEVOLAT], own[Engagement.MECENAT])


def given_to_certify(company: Company, volunteer: User | None, year: int, *, now: dt.datetime) -> Given:
    """Of a volunteer at a company in a year; without a volunteer, of the company."""
    if volunteer is None:
        return given_in_year(company, year, now=now)
    return given_by_volunteer(volunteer, company, year, now=now)
