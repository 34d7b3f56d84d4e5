"""How ready a workshop is, seen at one glance. Pure: no query, no clock."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from companies.models import Slot
from territories.wording import counted, day_date, wall_time
from workshops.models import Side, Workshop


class Light(NamedTuple):
    """One thing that a workshop needs; the props of `components/lights.html`."""

    label: str
    state: str
    """"lit", "half", or "" for what is missing."""
    text: str


def at_the_site(slot: Slot, instant: dt.datetime) -> str:
    """Day and hour on the clock of its wall, in words."""
    there = instant.astimezone(ZoneInfo(slot.time_zone))
    return f"{day_date(there.date())}, {wall_time(there.time())}"


def lights(workshop: Workshop, *, joined: int, room_taken: bool) -> list[Light]:
    """Room, computers, volunteers, visitors, who answers that evening, and both sides' word.

    `joined` counts the volunteers who come.
    """
    return [
        _room(room_taken=room_taken),
        _computers(workshop),
        _volunteers(workshop.booking.slot.volunteers_offered, joined),
        _visitors(workshop),
        _phone(workshop),
        _agreement(workshop),
    ]


def _room(*, room_taken: bool) -> Light:
    return Light("Salle", "", "prise selon son agenda") if room_taken else Light("Salle", "lit", "réservée")


def _computers(workshop: Workshop) -> Light:
    offered, people = workshop.booking.slot.computers, workshop.booking.participants
    told = f"{offered} pour {counted(people, 'personne', 'personnes')}"
    return Light("Ordinateurs", "lit" if offered >= people else "half" if offered else "", told)


def _volunteers(offered: int, joined: int) -> Light:
    if not offered:
        return Light("Bénévoles", "lit", "aucun n’est prévu")
    return Light("Bénévoles", "lit" if joined >= offered else "half" if joined else "", f"{joined} sur {offered}")


def _visitors(workshop: Workshop) -> Light:
    due_at = workshop.visitors_due_at
    if workshop.visitors is None:
        until = f" avant le {at_the_site(workshop.booking.slot, due_at)}" if due_at else ""
        return Light("Visiteurs", "", f"nombre à donner{until}")
    late = ", dit tard" if workshop.visitors_told_late else ""
    return Light("Visiteurs", "lit", f"{counted(workshop.visitors, 'attendu', 'attendus')}{late}")


def _phone(workshop: Workshop) -> Light:
    kit = getattr(workshop.booking.slot.room.site, "access_kit", None)
    if kit is None or not kit.evening_phone:
        return Light("Le soir même", "", "aucun téléphone donné")
    return Light("Le soir même", "lit", "quelqu’un répond")


def _agreement(workshop: Workshop) -> Light:
    if workshop.agreement_asked_at is None:
        return Light("Accord", "lit", "réservation confirmée")
    said = sum(workshop.agreed_at(side) is not None for side in Side)
    return Light("Accord", ("", "half", "lit")[said], f"{said} côté{'s' if said > 1 else ''} sur 2")
