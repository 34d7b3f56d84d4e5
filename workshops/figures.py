"""Figures, counted from the rows each time they are shown."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from accounts.models import User
from associations.models import Association
from companies.models import Company, Engagement
from workshops.catalogue import bookable
from workshops.models import HELD, Attendance, AttendanceQuerySet, Booking, Dispute, Report, ReportQuerySet, Side


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
    reported = Report.objects.with_other().aggregate(
        workshops=Count("workshop", distinct=True, filter=HELD),
        people=Sum("attended", default=0, filter=HELD),
        minutes=Sum("volunteer_minutes", default=0, filter=Q(unmet=False)),
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
    def benevolat_hours(self) -> float:
        return self.benevolat_minutes / 60

    @property
    def mecenat_hours(self) -> float:
        return self.mecenat_minutes / 60


def given_in_year(company: Company, year: int | None = None, *, now: dt.datetime) -> Given:
    """Of a company, in a year or ever: workshops that were held, and its volunteers' time.

    Their time is what the company reported; of workshops that it has not reported on, what volunteers said themselves.
    Where the association says that nobody of the company came, there was none.
    """
    reports = Report.objects.filter(workshop__booking__slot__room__site__company=company)
    return _in_year(reports, Attendance.objects.of_company(company), year, now)


def received_in_year(association: Association, year: int | None = None, *, now: dt.datetime) -> Given:
    """The same of what was given to an association, by whichever companies."""
    reports = Report.objects.filter(workshop__booking__association=association)
    return _in_year(reports, Attendance.objects.filter(workshop__booking__association=association), year, now)


def _in_year(reports: ReportQuerySet, presences: AttendanceQuerySet, year: int | None, now: dt.datetime) -> Given:
    reports, unreported = reports.with_other(), presences.there(now).exclude(workshop__reports__side=Side.COMPANY)
    if year is not None:
        reports = reports.filter(workshop__booking__slot__local_date__year=year)
        unreported = unreported.in_year(year)
    told = reports.aggregate(
        workshops=Count("workshop", distinct=True, filter=HELD),
        people=Sum("attended", default=0, filter=HELD),
        minutes=Sum("volunteer_minutes", default=0, filter=Q(unmet=False)),
        mecenat=Sum("mecenat_minutes", default=0, filter=Q(unmet=False)),
    )
    own = unreported.minutes_given()
    return Given(
        workshops=told["workshops"],
        people=told["people"],
        benevolat_minutes=told["minutes"] - told["mecenat"] + own[Engagement.BENEVOLAT],
        mecenat_minutes=told["mecenat"] + own[Engagement.MECENAT],
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
