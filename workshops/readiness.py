"""How ready a workshop is, seen at one glance. Pure: no query, no clock."""

from __future__ import annotations

from typing import NamedTuple

from territories.wording import counted
from workshops.models import Side, Workshop


class Light(NamedTuple):
    """One thing that a workshop needs; the props of `components/lights.html`."""

    label: str
    state: str
    """"lit", "half", or "" for what is missing."""
    text: str


def lights(workshop: Workshop, *, joined: int, room_taken: bool) -> list[Light]:
    """Room, computers, volunteers, visitors and both sides' word. `joined` counts the volunteers who come."""
    return [
        _room(room_taken=room_taken),
        _computers(workshop),
        _volunteers(workshop.booking.slot.volunteers_offered, joined),
        _visitors(workshop),
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
    if workshop.visitors is None:
        return Light("Visiteurs", "", "nombre à donner")
    return Light("Visiteurs", "lit", counted(workshop.visitors, "attendu", "attendus"))


def _agreement(workshop: Workshop) -> Light:
    if workshop.agreement_asked_at is None:
        return Light("Accord", "lit", "réservation confirmée")
    said = sum(workshop.agreed_at(side) is not None for side in Side)
    return Light("Accord", ("", "half", "lit")[said], f"{said} côté{'s' if said > 1 else ''} sur 2")
