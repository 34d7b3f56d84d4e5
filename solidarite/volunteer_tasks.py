"""What a volunteer is waited for: each with where to go. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse

from accounts.models import Role, User
from companies.models import Membership
from solidarite.todo import MOST, VOLUNTEERS_WITHIN, Task, called_off, local_start, when
from territories.wording import counted, day_date
from workshops.awaited import called_to, to_note
from workshops.presence import presence_path
from workshops.unheard import called_off_unheard_by
from workshops.volunteers import Date


def volunteer_tasks(user: User, memberships: Collection[Membership], now: dt.datetime) -> list[Task]:
    """What this person is waited for as a volunteer, the most pressing first.

    Who only manages a company is called to nothing: they see who is missing in its name.
    """
    own = [one for one in memberships if one.role == Role.VOLUNTEER or hasattr(one, "volunteer_profile")]
    called = called_to(user, own, now, within=VOLUNTEERS_WITHIN)
    return [
        *(_called_off(user, now) if memberships else []),
        *_presences(user, now),
        *_stand_ins([one for one in called if one.stand_ins][:MOST]),
        *_seats([one for one in called if not one.stand_ins][:MOST]),
    ]


def _called_off(user: User, now: dt.datetime) -> Iterator[Task]:
    """Evenings that they had promised, and would come to for nothing."""
    for booking in called_off_unheard_by(user.pk, now)[:MOST]:
        yield called_off(booking, url=reverse("workshops:volunteering"), whose=booking.slot.room.site.company)


def _presences(user: User, now: dt.datetime) -> Iterator[Task]:
    for workshop in to_note(user, now)[:MOST]:
        slot = workshop.booking.slot
        day = day_date(local_start(slot).date())
        yield Task(
            f"Étiez-vous à l’atelier du {day}\u00a0?" if slot.ends_at <= now else f"Dites que vous êtes là, le {day}",
            f"{when(slot)}, avec {workshop.booking.association}",
            presence_path(workshop),
            "Noter ma présence",
            f"à l’atelier du {day}",
            slot.room.site.company.name,
        )


def _stand_ins(called: list[Date]) -> Iterator[Task]:
    for one in called:
        for wanted in one.stand_ins:
            yield _seat(one, f"{wanted.volunteer} cherche un remplaçant", _where(one))


def _seats(called: list[Date]) -> Iterator[Task]:
    for one in called:
        lack = counted(one.free, "bénévole", "bénévoles")
        title = f"Pouvez-vous venir le {day_date(local_start(one.slot).date())}\u00a0?"
        yield _seat(one, title, f"{_where(one)}\u00a0: il manque {lack}")


def _where(one: Date) -> str:
    return f"{when(one.slot)}, {one.slot.room}, {one.slot.room.site}"


def _seat(one: Date, title: str, detail: str) -> Task:
    return Task(
        title,
        detail,
        reverse("workshops:volunteering"),
        "Répondre",
        f"pour le {day_date(local_start(one.slot).date())}",
        one.slot.room.site.company.name,
    )
