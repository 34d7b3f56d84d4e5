"""Who was there: a volunteer says so with a click, the company's report has the last word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from companies.models import Engagement, SlotVolunteer
from workshops.actions.promising import take_a_seat
from workshops.models import MOST_MINUTES, Attendance, Side, Workshop

REPORTED = "Le compte rendu est écrit, il a le dernier mot\u00a0: les présences ne se notent plus."
OPENS_BEFORE, SAID_WITHIN = dt.timedelta(hours=1), dt.timedelta(days=7)


class NotNow(Refused):
    """The workshop has not begun, was called off, was too long ago, or a report has had the last word."""


class Presence(NamedTuple):
    """What a report says of one who had promised; 0 minutes: did not come.

    Of an evening on working time, `own_minutes` went beyond it.
    """

    volunteer: User
    minutes: int
    engagement_type: str
    own_minutes: int = 0


@transaction.atomic
def attend_workshop(*, workshop: Workshop, by: User, now: dt.datetime) -> Attendance:
    """« Je suis là »: said by who promised, or by a colleague who takes a seat at the door. Twice is once.

    Raises:
        NotNow, companies.SlotFull, companies.AlreadyElsewhere, companies.NotAMember, companies.NoConsent: nothing is
            written.
    """
    slot = workshop.booking.slot
    _check_time(workshop, now)
    before = Attendance.objects.filter(workshop=workshop, volunteer=by).first()
    if before is not None:
        return before
    _check_reports(workshop)
    promise = SlotVolunteer.objects.filter(slot=slot, volunteer=by).first()
    if promise is None:
        _check_still_there(workshop, now)
        promise = take_a_seat(slot, by=by, now=now)
    minutes = min((slot.ends_at - slot.starts_at) // dt.timedelta(minutes=1), MOST_MINUTES)
    with refusing(_refusals()):
        said, _ = Attendance.objects.get_or_create(
            workshop=workshop,
            volunteer=by,
            defaults={
                "minutes": minutes,
                "engagement_type": promise.engagement_type,
                "told_at": now,
                "told_by": by,
            },
        )
    return said


def _check_time(workshop: Workshop, now: dt.datetime) -> None:
    slot = workshop.booking.slot
    around = slot.starts_at - OPENS_BEFORE <= now < slot.ends_at + SAID_WITHIN
    if workshop.state == Workshop.State.CANCELLED or not around:
        raise NotNow("La présence se note d’une heure avant l’atelier à une semaine après.")


def _check_still_there(workshop: Workshop, now: dt.datetime) -> None:
    """Whether somebody who had promised nothing may be at the door."""
    if workshop.booking.slot.ends_at <= now:
        raise NotNow(
            "Vous n’étiez pas inscrit à cet atelier, et il est terminé\u00a0: demandez à votre entreprise de vous "
            "compter dans son compte rendu."
        )


def _check_reports(workshop: Workshop) -> None:
    """Whether volunteers may still add a word of their own; the database asks once more."""
    reports = {report.side: report for report in workshop.reports.all()}
    theirs = reports.get(Side.ASSOCIATION)
    if theirs is not None and theirs.absent == Side.COMPANY:
        raise NotNow("L’association a dit que personne de l’entreprise n’est venu\u00a0: aucune présence ne se note.")
    if Side.COMPANY in reports:
        raise NotNow(REPORTED)


def note_presences(workshop: Workshop, presences: Iterable[Presence], *, by: User, now: dt.datetime) -> None:
    """What the company's report says of each volunteer, over what they said themselves.

    Raises:
        NotNow: somebody is named who had not promised, or on a time that they had not.
    """
    rows = [
        Attendance(
            workshop=workshop,
            volunteer=one.volunteer,
            minutes=one.minutes,
            engagement_type=one.engagement_type,
            own_minutes=one.own_minutes,
            is_reported=True,
            told_at=now,
            told_by=by,
        )
        for one in presences
    ]
    with refusing(_refusals()):
        Attendance.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["workshop", "volunteer"],
            update_fields=["minutes", "engagement_type", "own_minutes", "is_reported", "told_at", "told_by"],
        )


def noted(workshop: Workshop, presences: Iterable[Presence]) -> bool:
    """Whether a report has said just that of these volunteers."""
    told = {one.volunteer_id: one for one in Attendance.objects.filter(workshop=workshop, is_reported=True)}
    return all(
        one.volunteer.pk in told
        and all(getattr(told[one.volunteer.pk], name) == getattr(one, name) for name in Presence._fields[1:])
        for one in presences
    )


def _refusals() -> dict[str, Refused]:
    return {
        "attendance_of_a_begun_workshop": NotNow("Cet atelier n’a pas commencé, ou il est annulé."),
        "attendance_before_the_report": NotNow(REPORTED),
        "attendance_as_promised": NotNow("Cette personne ne s’était pas inscrite ainsi\u00a0: rechargez la page."),
    }


def minutes_at_work(presences: Iterable[Presence]) -> int:
    """Their minutes on working time together."""
    return sum(one.minutes - one.own_minutes for one in presences if one.engagement_type == Engagement.MECENAT)
