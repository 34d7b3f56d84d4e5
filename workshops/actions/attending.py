"""Who was there: a volunteer says so with a click, the company's report has the last word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from companies import actions as companies
from companies.models import Engagement, SlotVolunteer
from workshops.models import MOST_MINUTES, Attendance, Workshop

OPENS_BEFORE, SAID_WITHIN = dt.timedelta(hours=1), dt.timedelta(days=7)


class NotNow(Refused):
    """The workshop has not begun, was called off, or was too long ago."""


class Presence(NamedTuple):
    """What a report says of one who had promised; 0 minutes: did not come."""

    volunteer: User
    minutes: int
    engagement_type: str


@transaction.atomic
def attend_workshop(*, workshop: Workshop, by: User, now: dt.datetime) -> Attendance:
    """« Je suis là »: said by who promised, or by a colleague who takes a free seat at the door. Twice is once.

    Raises:
        NotNow, companies.SlotFull, companies.AlreadyElsewhere, companies.NotAMember, companies.NoConsent: nothing is
            written.
    """
    slot = workshop.booking.slot
    if (
        workshop.state == Workshop.State.CANCELLED
        or not slot.starts_at - OPENS_BEFORE <= now < slot.ends_at + SAID_WITHIN
    ):
        raise NotNow("La présence se note d’une heure avant l’atelier à une semaine après.")
    promise = SlotVolunteer.objects.filter(slot=slot, volunteer=by).first()
    if promise is None:
        promise = companies.join_slot(slot=slot, by=by, now=now)
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
            update_fields=["minutes", "engagement_type", "is_reported", "told_at", "told_by"],
        )


def _refusals() -> dict[str, Refused]:
    return {
        "attendance_of_a_begun_workshop": NotNow("Cet atelier n’a pas commencé, ou il est annulé."),
        "attendance_as_promised": NotNow("Cette personne ne s’était pas inscrite ainsi\u00a0: rechargez la page."),
    }


def minutes_of(presences: Iterable[Presence], engagement: Engagement | None = None) -> int:
    """Their minutes together, of one time or both."""
    return sum(one.minutes for one in presences if engagement in (None, one.engagement_type))
