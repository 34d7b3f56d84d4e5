"""How many slots a search finds: in all, by filter, by day and hour, and by place.

Exact up to a thousand, where people count no more: « plus de 1 000 ».
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, When

from companies.models import Site, SlotQuerySet
from territories.gazetteer import city_of, codes_within
from territories.grid import cells_around
from territories.models import Commune, Departement
from territories.wording import counted, number
from workshops.agenda import week_days
from workshops.catalogue import RADII, bookable
from workshops.searching import DEPARTEMENT, Criteria, asked_of, columns_of, searched

MOST = 1000
# No week of the largest town holds as many.
ALL_OF_A_WEEK = 50_000
# The rows of a week, by the hour at which each begins.
PARTS = (
    (dt.time(0), "Matin"),
    (dt.time(12), "Après-midi"),
    (dt.time(17), "17\u00a0h"),
    (dt.time(18), "18\u00a0h"),
    (dt.time(19), "19\u00a0h et après"),
)
OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Le soir", {"moment": "soir"}),
    ("Le week-end", {"moment": "weekend"}),
    ("En semaine", {"moment": "semaine"}),
    ("Réponse immédiate", {"reponse": "immediate"}),
    ("Accès sans marche", {"acces": True}),
    ("Avec des bénévoles", {"benevoles": 1}),
)


class Facet(NamedTuple):
    """What a search would find with one filter changed."""

    label: str
    parameters: dict[str, str]
    """Of the address, besides those of the search."""
    slots: int
    chosen: bool
    lifts: bool = True
    """Whether to choose it again is to do without: of the radii there is always one."""

    @property
    def shown(self) -> str:
        return shown(self.slots)


def shown(count: int) -> str:
    """« 12 », or « plus de 1 000 »."""
    return number(count, 0) if count <= MOST else f"plus de {number(MOST, 0)}"


def counted_slots(count: int) -> str:
    """« 12 créneaux », or « Plus de 1 000 créneaux »."""
    return counted(count, "créneau", "créneaux") if count <= MOST else f"Plus de {counted(MOST, 'créneau', 'créneaux')}"


def count(criteria: Criteria, *, now: dt.datetime) -> int:
    """How many slots there are; one more than a thousand when there are more."""
    return len(columns_of(criteria, "pk", most=MOST + 1, now=now))


def count_each(rows: QuerySet[Any], criteria: Mapping[int, Criteria], *, now: dt.datetime) -> dict[int, int]:
    """The same of several searches in one statement: `criteria` are by the numbers of these rows."""
    if not criteria:
        return {}
    cases = [When(pk=pk, then=CountUpTo(_some(one, now))) for pk, one in criteria.items()]
    return dict(rows.annotate(found=Case(*cases, output_field=IntegerField())).values_list("pk", "found"))


def _some(criteria: Criteria, now: dt.datetime) -> QuerySet[Any, Any]:
    return searched(criteria, now=now).order_by().values("pk")[: MOST + 1]


def facets(criteria: Criteria, *, now: dt.datetime) -> list[Facet]:
    """For each option, and each radius around a place, what it would find."""
    chosen = dict(criteria.chosen)
    found = [
        Facet(label, _written(changed), count(criteria.but(**changed), now=now), changed.items() <= chosen.items())
        for label, changed in OPTIONS
    ]
    if criteria.is_around:
        found += [_wider(criteria, int(radius), label, now) for radius, label in RADII]
    return found


def _wider(criteria: Criteria, radius: int, label: str, now: dt.datetime) -> Facet:
    there = count(replace(criteria, radius_km=radius), now=now)
    return Facet(label, {"rayon": str(radius)}, there, radius == criteria.radius_km, lifts=False)


def _written(changed: dict[str, Any]) -> dict[str, str]:
    return {name: "on" if value is True else str(value) for name, value in changed.items()}


# --- a week ---------------------------------------------------------------------------------------------


def week(criteria: Criteria, monday: dt.date, *, now: dt.datetime) -> dict[tuple[str, dt.date], int]:
    """How many begin in each part of each day of a week, on the clock and the calendar of the site.

    Of the days that the search asks for: a week may hold others.
    """
    days, chosen = week_days(monday), dict(criteria.chosen)
    since, until = max(days[0], chosen.get("du", days[0])), min(days[-1], chosen.get("au", days[-1]))
    rows = columns_of(criteria.but(du=since, au=until), "local_date", "local_time", most=ALL_OF_A_WEEK, now=now)
    return Counter((part_of(time), day) for day, time in rows)


def part_of(time: dt.time) -> str:
    """The row of the week in which a slot stands that begins at this hour."""
    return next(label for since, label in reversed(PARTS) if time >= since)


# --- places ---------------------------------------------------------------------------------------------


class CountUpTo(Subquery):
    """How many rows a query has, up to its limit."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class There(NamedTuple):
    """A département or a commune, and how many slots it has."""

    place: Any
    amount: int

    @property
    def shown(self) -> str:
        return counted_slots(self.amount)

    @property
    def figure(self) -> str:
        """« 12 », or « 1 000+ »."""
        return number(self.amount) if self.amount <= MOST else f"{number(MOST)}+"


def by_departement(criteria: Criteria, *, now: dt.datetime) -> list[There]:
    """The départements with any slot, in the order of their names."""
    slots = asked_of(bookable(now), criteria).filter(**{DEPARTEMENT: OuterRef("pk")})
    return _counted(Departement.objects.inhabited().by_name(), slots)


def by_commune(criteria: Criteria, *, now: dt.datetime) -> list[There]:
    """The communes with any slot, of a search around a place, in a département or in one of them.

    Arrondissements stand by themselves, and the city that has them counts what is in any of them.
    """
    slots = asked_of(bookable(now), criteria).filter(room__site__commune=OuterRef("pk"))
    communes = Commune.objects.filter(pk__in=_sites(criteria).values("commune")).select_related("departement")
    return _with_cities(_counted(communes.order_by("search_name", "pk"), slots))


def _with_cities(found: list[There]) -> list[There]:
    """Each city before its arrondissements, with all that they hold."""
    amounts = Counter[Commune]()
    for there in found:
        amounts.update(dict.fromkeys((city_of(there.place), there.place), there.amount))
    return [There(place, min(amount, MOST + 1)) for place, amount in amounts.items()]


def _sites(criteria: Criteria) -> QuerySet[Site]:
    """Of the sites in use, all where a slot of the search may be, and some beyond."""
    sites, place = Site.objects.filter(archived_at=None), criteria.place
    chosen = dict(criteria.chosen)
    if "commune" in chosen:
        sites = sites.filter(commune__in=codes_within(chosen["commune"].pk))
    if "departement" in chosen:
        sites = sites.filter(commune__departement=chosen["departement"])
    if place is None:
        return sites
    if place.point is None:
        return sites.filter(commune__departement=place.departement_id)
    return sites.filter(cell__in=cells_around(*place.point, criteria.radius_km))


def _counted(places: Any, slots: SlotQuerySet) -> list[There]:
    limited = slots.order_by().values("pk")[: MOST + 1]
    found = places.annotate(found=CountUpTo(limited)).filter(found__gt=0)
    return [There(place, place.found) for place in found]
