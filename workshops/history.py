"""What is over, line by line, as people read it and as a table to take along (CSV)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from territories.wording import number
from workshops.models import Attendance, Booking, Report, Side
from workshops.spreadsheets import spreadsheet

WORKSHOP_COLUMNS = (
    "date",
    "entreprise",
    "association",
    "site",
    "commune",
    "thème",
    "état",
    "personnes",
    "bénévoles",
    "heures de bénévolat",
    "heures de mécénat",
)
# What stands for the state of a workshop whose two reports contradict each other.
DIFFERING = "récits différents"
HOURS_COLUMNS = (
    "date",
    "entreprise",
    "association",
    "site",
    "cadre",
    "heures",
    "heures de bénévolat",
    "heures de mécénat",
)


class Line(NamedTuple):
    """A workshop that is over, and what counts of it (`figures.given_in_year`); None: not told, or not believed."""

    booking: Booking
    people: int | None
    volunteers: int | None
    benevolat_minutes: int
    mecenat_minutes: int

    @property
    def contested(self) -> bool:
        return self.booking.workshop.is_contested

    @property
    def hours(self) -> float | None:
        """Of all volunteers together, on either time."""
        return None if self.volunteers is None else (self.benevolat_minutes + self.mecenat_minutes) / 60

    @property
    def state(self) -> str:
        """In words."""
        return DIFFERING if self.contested else self.booking.said


def lines(bookings: Iterable[Booking]) -> list[Line]:
    """One for each booking; its workshop's reports, presences and dispute are loaded."""
    return [_line(booking) for booking in bookings]


def _line(booking: Booking) -> Line:
    written = {report.side: report for report in booking.workshop.reports.all()}
    theirs = written.get(Side.ASSOCIATION)
    people = None if theirs is None or booking.workshop.is_contested else theirs.attended
    if booking.state == Booking.State.NO_SHOW and people:
        people = 0
    if theirs is not None and theirs.is_of_no_company:
        return Line(booking, people, None, 0, 0)
    return Line(booking, people, *_time_given(booking, written.get(Side.COMPANY)))


def _time_given(booking: Booking, ours: Report | None) -> tuple[int | None, int, int]:
    """How many volunteers, and their minutes on either time: as the company says, before that as they do."""
    if ours is not None:
        minutes, at_work = ours.volunteer_minutes or 0, ours.mecenat_minutes or 0
        return ours.volunteers, minutes - at_work, at_work
    there = [one for one in booking.workshop.attendances.all() if one.minutes]
    minutes, at_work = sum(one.minutes for one in there), sum(one.mecenat_minutes for one in there)
    return len(there) or None, minutes - at_work, at_work


def workshops_csv(told: Iterable[Line]) -> str:
    """The workshops as a table."""
    return spreadsheet(
        WORKSHOP_COLUMNS,
        (
            (
                one.booking.slot.starts_on.isoformat(),
                one.booking.slot.room.site.company.name,
                one.booking.association.name,
                one.booking.slot.room.site.name,
                one.booking.slot.room.site.commune.name,
                str(one.booking.get_topic_display()),
                one.state,
                "" if one.people is None else one.people,
                "" if one.volunteers is None else one.volunteers,
                "" if one.volunteers is None else number(one.benevolat_minutes / 60, 2),
                "" if one.volunteers is None else number(one.mecenat_minutes / 60, 2),
            )
            for one in told
        ),
    )


def hours_csv(presences: Iterable[Attendance]) -> str:
    """A volunteer's hours as a table."""
    return spreadsheet(
        HOURS_COLUMNS,
        (
            (
                one.workshop.booking.slot.starts_on.isoformat(),
                one.workshop.booking.slot.room.site.company.name,
                one.workshop.booking.association.name,
                one.workshop.booking.slot.room.site.name,
                str(one.get_engagement_type_display()),
                number(one.hours, 2),
                number(one.benevolat_hours, 2),
                number(one.mecenat_hours, 2),
            )
            for one in presences
        ),
    )
