"""Where a row is: the commune, postal code and point on which its facts agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accounts.directory.accents import may_be
from accounts.directory.cleaning import clean_point, clean_postal_code, clean_text, is_blank
from accounts.directory.columns import Field
from accounts.directory.reading import LOST
from territories.distance import kilometres_between
from territories.folding import fold
from territories.models import Commune
from territories.reading import Reading, read

_INSEE = re.compile(r"(?:\d|2[AB])\d{3,4}|2[AB]\d{3}", re.ASCII)
_POSTAL_DIGITS = 5
_UNCONFIRMED = "n’a que 4 chiffres, et rien d’autre sur la ligne ne confirme que c’est un zéro qui manque"

FARTHEST_KM = 30.0
"""From the commune's town hall to a point in it: 24 km was the most among 3,632 real places of 2020–2024."""

FARTHEST_KM_OVERSEAS = 100.0
"""In Guyane and the Pacific, whose communes are vast or scattered over islands."""

_VAST = ("973", "986", "987", "988")


@dataclass(frozen=True, slots=True)
class Town:
    """What an import needs to know of a commune."""

    code: str
    name: str
    search_name: str
    kind: str
    departement: str
    postal_codes: frozenset[str]
    point: tuple[float, float] | None

    def is_within(self, city: Town) -> bool:
        """Whether it is an arrondissement of that city."""
        return (
            self.kind == Commune.Kind.ARRONDISSEMENT
            and city.kind == Commune.Kind.CITY
            and self.search_name.startswith(f"{city.search_name} ")
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is; empty or None for what is not certain. True when anything is known."""

    commune: Town | None = None
    postal_code: str = ""
    point: tuple[float, float] | None = None
    remarks: tuple[tuple[Field, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.commune or self.postal_code or self.point)


@dataclass(slots=True)
class TownIndex:
    """Every commune, found by code, folded name, postal code and département, without a query."""

    by_code: dict[str, Town] = field(default_factory=dict)
    by_name: dict[str, list[Town]] = field(default_factory=dict)
    by_postal_code: dict[str, list[Town]] = field(default_factory=dict)
    by_departement: dict[str, list[Town]] = field(default_factory=dict)

    @classmethod
    def of(cls, towns: Iterable[Town]) -> TownIndex:
        index = cls()
        for town in towns:
            index.by_code[town.code] = town
            index.by_name.setdefault(town.search_name, []).append(town)
            index.by_departement.setdefault(town.departement, []).append(town)
            for code in town.postal_codes:
                index.by_postal_code.setdefault(code, []).append(town)
        return index

    def named(self, name: str, postal_code: str) -> list[Town]:
        """Communes that the name may mean, where the postal code says; anywhere when there is none."""
        if LOST in name:
            return self._damaged(name, postal_code)
        for reading in (*(read(f"{postal_code} {name}") if postal_code else ()), *read(name)):
            found = [town for town in self._meant(reading) if not postal_code or self._holds(town, postal_code)]
            if found:
                return found
        return []

    def departement_of(self, postal_code: str) -> str:
        """The département of a postal code, '' when there is none such. Corsica's codes begin with 20."""
        if postal_code.startswith("20"):
            return "2A" if postal_code < "20200" else "2B"
        code = postal_code[:3] if postal_code.startswith(("97", "98")) else postal_code[:2]
        return code if code in self.by_departement else ""

    def _meant(self, reading: Reading) -> Iterator[Town]:
        numbered = any(letter.isdigit() for letter in reading.name)
        for town in self.by_name.get(reading.name, ()):
            arrondissement = town.kind == Commune.Kind.ARRONDISSEMENT
            right_code = not reading.code or reading.code in town.postal_codes
            if right_code and numbered >= arrondissement and _in_departement(town, reading.departement):
                yield town

    def _holds(self, town: Town, postal_code: str) -> bool:
        """A postal code that no commune has (CEDEX) still tells the département."""
        if postal_code in self.by_postal_code:
            return postal_code in town.postal_codes
        return town.departement == self.departement_of(postal_code)

    def _damaged(self, name: str, postal_code: str) -> list[Town]:
        pool = self.by_postal_code.get(postal_code) or self.by_departement.get(self.departement_of(postal_code), [])
        return [town for town in pool if town.kind != Commune.Kind.ARRONDISSEMENT and _same_name(town, name)]


def locate(index: TownIndex, cells: dict[Field, str]) -> Place:
    """The place of a row, from its cells of commune, postal code, INSEE code and coordinates."""
    search = _Search(index, cells)
    town = search.commune()
    point, reason = clean_point(cells.get(Field.LATITUDE, ""), cells.get(Field.LONGITUDE, ""))
    near = [town] if town else index.by_postal_code.get(search.postal_code, [])
    if point and near and all(_is_far(point, one) for one in near):
        point, reason = None, f"le point est loin de {near[0].name} ({near[0].code})"
    if reason:
        search.doubt(Field.LATITUDE, reason)
    return Place(town, search.postal_code, point, tuple(search.remarks))


@dataclass(slots=True)
class _Search:
    """Works out the commune and the postal code of one row, and lists what it cannot believe."""

    index: TownIndex
    cells: dict[Field, str]
    postal_code: str = ""
    remarks: list[tuple[Field, str]] = field(default_factory=list)

    def doubt(self, where: Field, reason: str) -> None:
        self.remarks.append((where, reason))

    def commune(self) -> Town | None:
        name = "" if is_blank(self.cells.get(Field.COMMUNE, "")) else clean_text(self.cells[Field.COMMUNE])
        coded, doubtful = self._coded(name)
        self._read_postal_code(name, coded)
        named = self.index.named(name, self.postal_code) if name else self._only_one()
        if coded is None:
            return self._by_name(name, named)
        if doubtful and not (self._agrees_by_postal_code(coded) or coded in named):
            self.doubt(Field.INSEE, _UNCONFIRMED)
            return self._by_name(name, named)
        return self._by_code(coded, name, named)

    def _coded(self, name: str) -> tuple[Town | None, bool]:
        """The commune of the INSEE code, and whether a zero had to be put before it."""
        code = clean_text(self.cells.get(Field.INSEE, "")).upper().removesuffix(".0")
        if is_blank(code):
            return self._in_place_of_postal_code(name), False
        if not _INSEE.fullmatch(code):
            self.doubt(Field.INSEE, "n’est pas un code INSEE à 5 caractères")
            return None, False
        town = self.index.by_code.get(code.zfill(_POSTAL_DIGITS))
        if town is None:
            self.doubt(Field.INSEE, "n’est le code d’aucune commune actuelle")
        return town, len(code) < _POSTAL_DIGITS

    def _in_place_of_postal_code(self, name: str) -> Town | None:
        """Some files have the INSEE code in the column of the postal code: believed when the name agrees."""
        code = clean_postal_code(self.cells.get(Field.POSTAL_CODE, ""))[0].zfill(_POSTAL_DIGITS)
        town = None if code in self.index.by_postal_code else self.index.by_code.get(code)
        return town if town and _same_name(town, name) else None

    def _read_postal_code(self, name: str, coded: Town | None) -> None:
        code, reason = clean_postal_code(self.cells.get(Field.POSTAL_CODE, ""))
        if code and len(code) < _POSTAL_DIGITS:
            code = f"0{code}"
            confirmed = code in self.index.by_postal_code and (
                (coded is not None and code in coded.postal_codes) or (name and self.index.named(name, code))
            )
            reason = "" if confirmed else _UNCONFIRMED
        if coded and code == coded.code and code not in self.index.by_postal_code:
            reason = f"c’est le code INSEE de {coded.name}, pas un code postal"
        if code and not reason and not self.index.departement_of(code):
            reason = "ne commence par le numéro d’aucun département"
        if reason:
            self.doubt(Field.POSTAL_CODE, reason)
        self.postal_code = "" if reason else code

    def _only_one(self) -> list[Town]:
        """Without a name, a postal code tells the commune when it has one only."""
        towns = self.index.by_postal_code.get(self.postal_code, [])
        plain = [town for town in towns if town.kind != Commune.Kind.CITY]
        return plain if len(plain) == 1 else []

    def _agrees_by_postal_code(self, town: Town) -> bool:
        return bool(self.postal_code) and self.postal_code in town.postal_codes

    def _by_name(self, name: str, named: list[Town]) -> Town | None:
        """Without an INSEE code to believe."""
        if len(named) == 1:
            return named[0]
        if name:
            self.doubt(Field.COMMUNE, self._why_unknown(name, named))
        if name and not named and self.postal_code and self.index.named(name, ""):
            # Two facts that exclude each other: neither is certain.
            self.doubt(Field.POSTAL_CODE, f"n’est pas un code postal de {name}")
            self.postal_code = ""
        return None

    def _why_unknown(self, name: str, named: list[Town]) -> str:
        if named:
            shown = ", ".join(f"{town.name} ({town.code})" for town in named[:4])
            return f"plusieurs communes portent ce nom\u00a0: {shown}"
        if not any(letter.isalpha() for letter in name):
            return "n’est pas un nom de commune"
        if LOST in name:
            return "des lettres sont perdues et aucune commune, là, ne s’écrit ainsi"
        if not self.postal_code:
            return "aucune commune ne porte ce nom"
        return f"aucune commune ne porte ce nom pour le code postal {self.postal_code}"

    def _by_code(self, coded: Town, name: str, named: list[Town]) -> Town | None:
        """With one: it stands unless the rest of the row contradicts it."""
        if not named or coded in named:
            return self._unless_alone(coded, name)
        for town in named:
            if town.is_within(coded):
                return town
            if coded.is_within(town):
                return coded
        cities = [city for city in self.index.by_departement[coded.departement] if coded.is_within(city)]
        if cities and all(town.is_within(cities[0]) for town in named):
            self.doubt(Field.INSEE, f"désigne {coded.name}, le reste de la ligne {named[0].name}")
            return cities[0]
        self.doubt(Field.COMMUNE, f"le code INSEE désigne {coded.name}, le reste de la ligne {named[0].name}")
        return None

    def _unless_alone(self, coded: Town, name: str) -> Town | None:
        """Of name and postal code, if both are told, one at least must agree with the INSEE code."""
        same_name = bool(name) and _same_name(coded, name)
        if self._agrees_by_postal_code(coded):
            return coded
        if same_name and self.postal_code:
            return self._without_postal_code(coded)
        if same_name or not (self.postal_code or name):
            return coded
        if not self.postal_code and not any(letter.isalpha() for letter in name):
            self.doubt(Field.COMMUNE, "n’est pas un nom de commune")
            return coded
        self.doubt(Field.COMMUNE, f"le code INSEE désigne {coded.name}, ce que le reste de la ligne contredit")
        return None

    def _without_postal_code(self, coded: Town) -> Town:
        """Name and INSEE code agree: a postal code of another commune is wrong; one of none is a CEDEX."""
        elsewhere = self.index.departement_of(self.postal_code) != coded.departement
        if self.postal_code in self.index.by_postal_code or elsewhere:
            self.doubt(Field.POSTAL_CODE, f"n’est pas un code postal de {coded.name}")
            self.postal_code = ""
        return coded


def _same_name(town: Town, name: str) -> bool:
    if LOST in name:
        return may_be(name, town.search_name)
    folded = fold(name)
    return folded == town.search_name or any(reading.name == town.search_name for reading in read(name))


def _in_departement(town: Town, told: str) -> bool:
    return not told or told.upper() == town.departement or (told == "20" and town.departement in ("2A", "2B"))


def _is_far(point: tuple[float, float], town: Town) -> bool:
    if town.point is None:
        return False
    limit = FARTHEST_KM_OVERSEAS if town.departement in _VAST else FARTHEST_KM
    return kilometres_between(point, town.point) > limit
