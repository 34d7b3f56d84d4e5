"""Where what associations look for is not served: what pages, maps and tables tell of the latest count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from territories.models import Departement
from territories.wording import counted, number
from workshops.models import CommuneNeed, DepartementNeed, Need
from workshops.spreadsheets import spreadsheet

COUNTED = ("demandes ouvertes", "demandes sans créneau", "créneaux libres")
DEPARTEMENT_COLUMNS = ("code", "département", *COUNTED, "distance médiane en km", "compté")
COMMUNE_COLUMNS = ("code INSEE", "commune", *COUNTED, "distance en km", "compté")


class Needed(NamedTuple):
    """What is looked for in a département or a commune."""

    place: Any
    counted: Need

    @property
    def amount(self) -> int:
        """How much of it no slot serves: what maps show."""
        return self.counted.unserved

    @property
    def shown(self) -> str:
        """« 3 demandes sans créneau, sur 12 »."""
        return f"{counted(self.amount, 'demande', 'demandes')} sans créneau, sur {number(self.counted.requests)}"

    @property
    def figure(self) -> str:
        return number(self.amount)


def by_departement() -> list[Needed]:
    """The départements where any request is open, the largest need first; empty before the first count."""
    found = DepartementNeed.objects.filter(requests__gt=0).largest_first("departement")
    return [Needed(one.departement, one) for one in found]


def by_commune(departement: Departement) -> list[Needed]:
    """The communes of a département where any request is open, the largest need first."""
    found = CommuneNeed.objects.filter(commune__departement=departement).largest_first("commune")
    return [Needed(one.commune, one) for one in found]


def last_counted() -> dt.datetime | None:
    """When; None before the first count."""
    counted_at = DepartementNeed.objects.values_list("counted_at", flat=True)
    return counted_at.order_by("-counted_at").first()


def most_needed(needs: Iterable[Needed]) -> int:
    """How many requests are not served where most are not."""
    return max((need.amount for need in needs), default=0)


def departements_csv(needs: Iterable[Needed]) -> str:
    """The départements as a table."""
    return spreadsheet(DEPARTEMENT_COLUMNS, (_row(need) for need in needs))


def communes_csv(needs: Iterable[Needed]) -> str:
    """The communes as a table."""
    return spreadsheet(COMMUNE_COLUMNS, (_row(need) for need in needs))


def _row(need: Needed) -> tuple[object, ...]:
    found, here = need.counted, ZoneInfo(settings.TIME_ZONE)
    distance = "" if found.distance_km is None else f"{found.distance_km:.1f}".replace(".", ",")
    counted_at = found.counted_at.astimezone(here).strftime("%Y-%m-%d %H:%M")
    return need.place.pk, need.place.name, found.requests, found.unserved, found.slots, distance, counted_at
