"""The communes and départements of the country in memory, for pages that must not ask the database what a place is.

They change with a migration alone, and a process reads them once: three statements, half a second, some 20 MB. Whatever
is not found here, and whatever means several communes, is left to `CommuneQuerySet.resolve`, which says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from territories.folding import fold
from territories.models import Commune, Departement, Region
from territories.reading import LONGEST_TEXT, Reading, read

type Row = tuple[str, str, str, str, float | None, float | None]
# What is asked of a commune afterwards; anything else is read when it is asked for.
COLUMNS = ("code", "name", "kind", "departement_id", "latitude", "longitude")
CODE: Final = 0
KIND: Final = 2
DEPARTEMENT: Final = 3


class Gazetteer(NamedTuple):
    """Rows of communes by their code, by folded name and by postal code, and the départements by their code.

    `areas` has the départements of what people call a département or a region, folded.
    """

    by_code: Mapping[str, Row]
    by_name: Mapping[str, list[Row]]
    by_postal_code: Mapping[str, list[Row]]
    departements: Mapping[str, Departement]
    areas: Mapping[str, tuple[Departement, ...]]


@cache
def gazetteer() -> Gazetteer:
    """As the tables are; read once for each process."""
    by_code: dict[str, Row] = {}
    by_name: dict[str, list[Row]] = defaultdict(list)
    by_postal_code: dict[str, list[Row]] = defaultdict(list)
    departements = {one.pk: one for one in Departement.objects.all()}
    for row, name, postal_codes in _rows(departements):
        by_code[row[CODE]] = row
        by_name[name].append(row)
        for code in postal_codes:
            by_postal_code[code].append(row)
    return Gazetteer(by_code, dict(by_name), dict(by_postal_code), departements, _areas(departements.values()))


def _areas(departements: Iterable[Departement]) -> dict[str, tuple[Departement, ...]]:
    """By name, with and without its article, by code and by both; what is a region as well stays a département."""
    inhabited = sorted((one for one in departements if one.population), key=lambda one: one.search_name)
    areas: dict[str, tuple[Departement, ...]] = {}
    for region in Region.objects.order_by("pk"):
        inside = tuple(one for one in inhabited if one.region_id == region.pk)
        areas |= dict.fromkeys(_names(region.search_name), inside) if inside else {}
    for one in inhabited:
        code = fold(one.pk)
        areas |= dict.fromkeys((*_names(one.search_name), code, f"{one.search_name} {code}"), (one,))
    return areas


def _names(name: str) -> tuple[str, ...]:
    return name, name.removeprefix("la ")


def _rows(departements: Iterable[str]) -> Iterable[tuple[Row, str, list[str]]]:
    """The same words of many rows are kept once."""
    once = {word: word for word in (*departements, *Commune.Kind.values)}
    rows = Commune.objects.values_list(*COLUMNS, "search_name", "postal_codes").iterator()
    for code, name, kind, departement, latitude, longitude, folded, postal_codes in rows:
        yield (code, name, once[kind], once[departement], latitude, longitude), folded, postal_codes


def commune_meant(text: str) -> Commune | None:
    """The one commune that a text means, as `CommuneQuerySet.resolve` finds it; None where there is not just one."""
    for reading in read(text):
        found = _meant(reading)
        if found:
            return Commune.from_db("default", COLUMNS, found[0]) if len(found) == 1 else None
    return None


def areas_meant(text: str) -> tuple[Departement, ...]:
    """The département that a text names, or those of the region that it names; none when it names neither."""
    return gazetteer().areas.get(fold(text), ()) if len(text) <= LONGEST_TEXT else ()


def city_of(place: Commune) -> Commune:
    """The city of an arrondissement; any other commune is its own."""
    if place.kind != Commune.Kind.ARRONDISSEMENT:
        return place
    there = gazetteer()
    code = next(city for city, parts in _arrondissements().items() if place.pk in parts)
    city = Commune.from_db("default", COLUMNS, there.by_code[code])
    city.departement = there.departements[city.departement_id]
    return city


def codes_within(code: str) -> tuple[str, ...]:
    """A commune and what is a part of it, by their codes: Paris, Lyon and Marseille hold their arrondissements."""
    return (code, *_arrondissements().get(code, ()))


@cache
def _arrondissements() -> dict[str, tuple[str, ...]]:
    """Of each city the codes of its arrondissements: no département has two such cities."""
    rows = gazetteer().by_code.values()
    cities = {row[DEPARTEMENT]: row[CODE] for row in rows if row[KIND] == Commune.Kind.CITY}
    found = defaultdict[str, list[str]](list)
    for row in rows:
        if row[KIND] == Commune.Kind.ARRONDISSEMENT:
            found[cities[row[DEPARTEMENT]]].append(row[CODE])
    return {city: tuple(sorted(codes)) for city, codes in found.items()}


def _meant(reading: Reading) -> list[Row]:
    there = gazetteer()
    if reading.insee:
        return _by_code(reading.insee)
    if not reading.name:
        plain = [row for row in there.by_postal_code.get(reading.code, []) if row[KIND] != Commune.Kind.CITY]
        return plain or _by_code(reading.code)
    named = there.by_name.get(reading.name, [])
    if not any(letter.isdigit() for letter in reading.name):
        named = [row for row in named if row[KIND] != Commune.Kind.ARRONDISSEMENT]
    if reading.code:
        return [row for row in named if row in there.by_postal_code.get(reading.code, [])]
    return [row for row in named if row[DEPARTEMENT] in _told(reading.departement)] if reading.departement else named


def _by_code(code: str) -> list[Row]:
    row = gazetteer().by_code.get(code)
    return [row] if row else []


def _told(departement: str) -> set[str]:
    """The codes of the départements that were told, by a code or by a name whose article may be left out."""
    if departement == "20":
        return {"2A", "2B"}
    if len(departement) <= 3:  # noqa: PLR2004  # a code; no name is that short
        return {departement.upper()}
    names = (departement, f"la {departement}")
    return {code for code, one in gazetteer().departements.items() if one.search_name in names}
