"""From the records of a table to entries of the directory: what is read, what is left empty, what is refused.

Pure: no query and no clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.directory import vocabulary
from accounts.directory.accents import restore
from accounts.directory.cleaning import (
    Numbers,
    clean_address,
    clean_name,
    clean_number,
    clean_text,
    clean_website,
    is_blank,
    split_list,
)
from accounts.directory.columns import GATHERED, Field, Layout
from accounts.directory.places import Place, TownIndex, locate
from accounts.directory.reading import LOST, Record
from accounts.models import DirectoryEntry
from territories.folding import fold

WHOLE_ROW = "ligne"
PLACE = "lieu"
_LONGEST_KEY = 64
_LIST_SEPARATOR = "|"
_JOINED_BY = {Field.ADDRESS: " "}
_IDENTITY = (
    *(Field.PIVOT, Field.SIRET, Field.SIREN, Field.RNA, Field.NAME),
    *(Field.ADDRESS, Field.POSTAL_CODE, Field.COMMUNE),
)
_CEASED = frozenset({"0", "non", "false", "faux", "n", "f", "c", "cessée", "fermé", "fermée"})
_ASKED_NUMBERS: Mapping[Field, frozenset[str]] = {
    Field.PIVOT: frozenset({"siren", "siret", "rna"}),
    Field.SIREN: frozenset({"siren"}),
    Field.SIRET: frozenset({"siret"}),
    Field.RNA: frozenset({"rna"}),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the report: what was not read and why. `refused`: the row is not in the directory."""

    line: int
    field: str
    value: str
    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """The columns of DirectoryEntry that a row fills, under their names in the table."""

    source_key: str
    kind: str
    name: str
    search_name: str
    siren: str
    siret: str
    rna: str
    address: str
    postal_code: str
    commune_id: str | None
    latitude: float | None
    longitude: float | None
    website: str
    services: list[str]
    audiences: list[str]
    is_active: bool


@dataclass(slots=True)
class Harvest:
    """What a file gives. `read` = entries + refused, always."""

    entries: list[Entry] = field(default_factory=list)
    refused: int = 0
    without_place: int = 0
    remarks: list[Remark] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.entries) + self.refused

    def take(self, remarks: Sequence[Remark]) -> None:
        """The remarks of one row, of which the last says whether it is refused."""
        self.remarks += remarks
        if remarks and remarks[-1].refused:
            self.refused += 1
            self.without_place += remarks[-1].field == PLACE


def read_records(records: Iterable[Record], layout: Layout, index: TownIndex) -> Harvest:
    """Every record, in the order of the file; of those with one identifier, the first is kept."""
    harvest, first_lines = Harvest(), dict[str, int]()
    for record in records:
        row = _Row(record, layout, index)
        entry = row.entry()
        if entry and (first := first_lines.setdefault(entry.source_key, record.line)) != record.line:
            row.refuse(Field.KEY, row.cell(Field.KEY), f"répète la ligne {first}, qui est gardée")
        elif entry:
            harvest.entries.append(entry)
        harvest.take(row.remarks)
    return harvest


@dataclass(slots=True)
class _Row:
    """One record being read. Its remarks grow as its fields are."""

    record: Record
    layout: Layout
    index: TownIndex
    remarks: list[Remark] = field(default_factory=list)

    def cell(self, where: Field) -> str:
        """The field's text as the file has it; several columns are joined."""
        cells = [self._at(position) for position in self.layout.positions.get(where, ())]
        separator = _JOINED_BY.get(where, _LIST_SEPARATOR)
        return separator.join(cell for cell in cells if not is_blank(cell)) if where in GATHERED else "".join(cells)

    def _at(self, position: int) -> str:
        return self.record.cells[position] if position < len(self.record.cells) else ""

    def doubt(self, where: str, value: str, reason: str) -> None:
        if reason:
            self.remarks.append(Remark(self.record.line, where, clean_text(value), reason))

    def refuse(self, where: str, value: str, reason: str) -> None:
        """The row's last remark."""
        self.remarks.append(Remark(self.record.line, where, clean_text(value), reason, refused=True))

    def entry(self) -> Entry | None:
        """The row's entry, or None when it is refused; the last remark then says why."""
        if not self._has_right_width():
            return None
        place = self._place()
        name, why = self._name(place)
        if not name:
            self.refuse(Field.NAME, self.cell(Field.NAME), f"sans nom\u00a0: {why or 'la cellule est vide'}")
            return None
        numbers = self._numbers()
        if not place and not (self.layout.place_optional and numbers):
            shown = self.cell(Field.COMMUNE) or self.cell(Field.POSTAL_CODE)
            self.refuse(PLACE, shown, "sans lieu\u00a0: ni commune, ni code postal, ni point qui soit certain")
            return None
        return self._filled(name, numbers, place)

    def _has_right_width(self) -> bool:
        cells, width = self.record.cells, self.layout.width
        shown = f"{len(cells)} cellules au lieu de {width}"
        if any(cell.strip() for cell in cells[width:]):
            self.refuse(WHOLE_ROW, "", f"{shown}\u00a0: un séparateur se trouve sans guillemets dans une cellule")
            return False
        if len(cells) < width and any(cell.strip() for cell in cells):
            self.doubt(WHOLE_ROW, "", f"{shown}\u00a0: celles qui manquent sont lues comme vides")
        return True

    def _name(self, place: Place) -> tuple[str, str]:
        towns = [place.commune.name] if place.commune else []
        name, why = clean_name(restore(self.cell(Field.NAME), towns))
        if LOST in name:
            self.doubt(Field.NAME, name, "des lettres accentuées sont perdues\u00a0: le nom est gardé tel quel")
        return name, why

    def _place(self) -> Place:
        wanted = (Field.COMMUNE, Field.POSTAL_CODE, Field.INSEE, Field.LATITUDE, Field.LONGITUDE)
        cells = {where: self.cell(where) for where in wanted}
        place = locate(self.index, cells)
        for where, reason in place.remarks:
            value = cells[where] if where != Field.LATITUDE else f"{cells[where]} {cells[Field.LONGITUDE]}"
            self.doubt(where, value, reason)
        return place

    def _numbers(self) -> Numbers:
        """Those of all columns together, when they do not contradict each other."""
        found = [self._number(where) for where in _ASKED_NUMBERS]
        told = {name: {getattr(one, name) for one in found} - {""} for name in ("siren", "siret", "rna")}
        if all(len(values) <= 1 for values in told.values()):
            return Numbers(**{name: next(iter(values), "") for name, values in told.items()})
        shown = " / ".join(sorted(set().union(*(values for values in told.values() if len(values) > 1))))
        self.doubt(Field.SIREN, shown, "les numéros de la ligne se contredisent")
        rna = told["rna"]
        return Numbers(rna=rna.pop() if len(rna) == 1 else "")

    def _number(self, where: Field) -> Numbers:
        cell = self.cell(where)
        numbers, reason = clean_number(cell)
        if numbers and not any(getattr(numbers, name) for name in _ASKED_NUMBERS[where]):
            kept = next(name for name in ("siren", "rna") if getattr(numbers, name))
            reason = f"c’est un {kept.upper()}, gardé comme tel"
        self.doubt(where, cell, reason)
        return numbers

    def _filled(self, name: str, numbers: Numbers, place: Place) -> Entry:
        latitude, longitude = place.point or (None, None)
        return Entry(
            source_key=self._key(),
            kind=self._kind(numbers),
            name=name,
            search_name=fold(name),
            siren=numbers.siren,
            siret=numbers.siret,
            rna=numbers.rna,
            address=self._address(place),
            postal_code=place.postal_code,
            commune_id=place.commune.code if place.commune else None,
            latitude=latitude,
            longitude=longitude,
            website=self._listed(Field.WEBSITE, clean_website),
            services=self._values(Field.SERVICES, vocabulary.SERVICES),
            audiences=self._values(Field.AUDIENCES, vocabulary.AUDIENCES),
            is_active=clean_text(self.cell(Field.ACTIVE)).casefold() not in _CEASED,
        )

    def _listed(self, where: Field, clean: Callable[[str], tuple[str, str]]) -> str:
        value, reason = clean(self.cell(where))
        self.doubt(where, self.cell(where), reason)
        return value

    def _address(self, place: Place) -> str:
        towns = [place.commune.name] if place.commune else []
        cell = restore(self.cell(Field.ADDRESS), towns)
        address, reason = clean_address(cell)
        self.doubt(Field.ADDRESS, cell, reason)
        return address

    def _values(self, where: Field, spellings: Mapping[str, str]) -> list[str]:
        """Values of the standard, each once, in the order of the file."""
        values: dict[str, None] = {}
        for told in split_list(self.cell(where)):
            value = vocabulary.look_up(told, spellings)
            if not value:
                self.doubt(where, told, "n’a pas d’équivalent certain dans le standard 1.0.2")
            else:
                values[value] = None
        return list(values)

    def _kind(self, numbers: Numbers) -> str:
        """The one kind that the file tells; an RNA number tells an association."""
        told = set(self._told_kinds())
        if not told and numbers.rna:
            return DirectoryEntry.Kind.ASSOCIATION
        return told.pop() if len(told) == 1 else DirectoryEntry.Kind.UNKNOWN

    def _told_kinds(self) -> Iterator[str]:
        """Of the first column that tells any: a legal category goes before a type of place."""
        for position in self.layout.positions.get(Field.KIND, ()):
            kinds = [
                kind for told in split_list(self._at(position).replace(",", _LIST_SEPARATOR)) if (kind := _kind(told))
            ]
            if kinds:
                yield from kinds
                return

    def _key(self) -> str:
        """The file's own identifier; failing that, a digest of what identifies the row, however it is spelled."""
        own = clean_text(self.cell(Field.KEY))
        if own and len(own) <= _LONGEST_KEY and not is_blank(own):
            return own
        identity = [own, *(fold(self.cell(where)) for where in _IDENTITY)]
        return hashlib.sha256("\n".join(identity).encode()).hexdigest()


def _kind(told: str) -> str:
    return vocabulary.kind_of_category(told) or vocabulary.look_up(told, vocabulary.KINDS)
