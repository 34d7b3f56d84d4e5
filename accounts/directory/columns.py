"""Which column of a file holds what: the mappings that ship with the project, and those that people write."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.directory.reading import UnreadableFile
from territories.folding import fold


class Field(StrEnum):
    """What a row may tell, under the names of the national standard: people read and write these."""

    KEY = "identifiant"
    NAME = "nom"
    KIND = "nature"
    PIVOT = "pivot"
    SIREN = "siren"
    SIRET = "siret"
    RNA = "rna"
    ADDRESS = "adresse"
    POSTAL_CODE = "code_postal"
    COMMUNE = "commune"
    INSEE = "code_insee"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    WEBSITE = "site_web"
    SERVICES = "services"
    AUDIENCES = "publics"
    ACTIVE = "active"


GATHERED = frozenset({Field.KIND, Field.ADDRESS, Field.SERVICES, Field.AUDIENCES})
"""Fields whose columns are all read; of the others, the first that the file has."""

_PLACE_OPTIONAL = "lieu_facultatif"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The columns of one kind of file. Case, accents, `_` and spaces in their names make no difference.

    `signature` are the columns by which a file of this kind is recognised. Where `place_optional`, a row
    without a place is kept when a valid number identifies it.
    """

    name: str
    columns: Mapping[Field, tuple[str, ...]]
    signature: tuple[str, ...] = ()
    place_optional: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a given file has each field: positions of its columns, from 0."""

    mapping: ColumnMapping
    positions: Mapping[Field, tuple[int, ...]]
    width: int
    unread: tuple[str, ...]

    @property
    def place_optional(self) -> bool:
        return self.mapping.place_optional


_ORGANISATIONS: dict[Field, tuple[str, ...]] = {
    Field.KEY: ("siren",),
    Field.NAME: ("denomination",),
    Field.KIND: ("categorie_juridique", "type"),
    Field.SIREN: ("siren",),
    Field.SIRET: ("siret_siege",),
    Field.RNA: ("rna",),
    Field.ADDRESS: ("adresse",),
    Field.POSTAL_CODE: ("code_postal",),
    Field.COMMUNE: ("commune",),
    Field.INSEE: ("code_insee",),
    Field.WEBSITE: ("site_web",),
    Field.ACTIVE: ("active",),
}

SHIPPED = (
    ColumnMapping(
        name="standard-mediation-num",
        signature=("id", "pivot", "nom", "commune", "code_postal", "adresse"),
        columns={
            Field.KEY: ("id",),
            Field.NAME: ("nom",),
            Field.KIND: ("typologie",),
            Field.PIVOT: ("pivot",),
            Field.ADDRESS: ("adresse", "complement_adresse"),
            Field.POSTAL_CODE: ("code_postal",),
            Field.COMMUNE: ("commune",),
            Field.INSEE: ("code_insee",),
            Field.LATITUDE: ("latitude",),
            Field.LONGITUDE: ("longitude",),
            Field.WEBSITE: ("site_web",),
            Field.SERVICES: ("services",),
            Field.AUDIENCES: ("publics_specifiquement_adresses", "prise_en_charge_specifique"),
        },
    ),
    # The table of places as older exports and local maps have it: SIRET instead of pivot, older lists.
    ColumnMapping(
        name="lieux",
        signature=("id", "nom", "adresse", "code_postal", "commune"),
        columns={
            Field.KEY: ("id",),
            Field.NAME: ("nom",),
            Field.KIND: ("typologie",),
            Field.SIRET: ("siret",),
            Field.RNA: ("rna",),
            Field.ADDRESS: ("adresse", "complement", "complement_adresse"),
            Field.POSTAL_CODE: ("code_postal",),
            Field.COMMUNE: ("commune",),
            Field.INSEE: ("code_insee",),
            Field.LATITUDE: ("latitude",),
            Field.LONGITUDE: ("longitude",),
            Field.WEBSITE: ("site_web",),
            Field.SERVICES: ("services",),
            Field.AUDIENCES: ("publics", "publics_accueillis"),
        },
    ),
    # Région Sud, 2022. Its services are free text, which is not read.
    ColumnMapping(
        name="region-sud-2022",
        signature=("nom", "adresse_rue", "adresse_code_postal", "adresse_commune"),
        columns={
            Field.NAME: ("nom",),
            Field.KIND: ("nature_juridique", "type_lieu"),
            Field.SIRET: ("siret",),
            Field.ADDRESS: ("adresse_numero", "adresse_rue"),
            Field.POSTAL_CODE: ("adresse_code_postal",),
            Field.COMMUNE: ("adresse_commune",),
            Field.INSEE: ("adresse_code_insee",),
            Field.LATITUDE: ("latitude",),
            Field.LONGITUDE: ("longitude",),
        },
    ),
    ColumnMapping(name="organisations", signature=("siren", "denomination"), columns=_ORGANISATIONS),
    # Never recognised by itself: whoever wants rows that no place locates says so.
    ColumnMapping(name="organisations-sans-lieu", columns=_ORGANISATIONS, place_optional=True),
    # Whatever somebody keeps in a spreadsheet.
    ColumnMapping(
        name="tableur",
        columns={
            Field.KEY: ("identifiant", "id"),
            Field.NAME: ("nom", "nom de la structure", "dénomination", "raison sociale", "structure", "titre"),
            Field.KIND: ("nature", "forme juridique", "statut juridique"),
            Field.SIREN: ("siren", "numéro siren", "n° siren"),
            Field.SIRET: ("siret", "numéro siret", "n° siret"),
            Field.RNA: ("rna", "numéro rna", "n° rna"),
            Field.ADDRESS: ("adresse", "complément d’adresse"),
            Field.POSTAL_CODE: ("code postal", "cp"),
            Field.COMMUNE: ("commune", "ville"),
            Field.INSEE: ("code insee", "code commune", "insee"),
            Field.LATITUDE: ("latitude", "lat"),
            Field.LONGITUDE: ("longitude", "lon", "long", "lng"),
            Field.WEBSITE: ("site web", "site internet", "site"),
            Field.SERVICES: ("services",),
            Field.AUDIENCES: ("publics",),
        },
    ),
)


def recognise(header: Sequence[str]) -> Layout:
    """The shipped mapping that reads most of these columns, the first named when several read as many.

    Raises:
        UnreadableFile: no mapping finds a name and a place in this header.
    """
    known = {fold(column) for column in header}
    fitting = [
        mapping
        for mapping in SHIPPED
        if not mapping.place_optional and {fold(column) for column in mapping.signature} <= known
    ]
    layouts = [lay_out(mapping, header) for mapping in fitting]
    usable = [layout for layout in layouts if not _missing(layout)]
    if not usable:
        raise UnreadableFile(
            f"Les colonnes de ce fichier ne sont pas reconnues\u00a0: il manque {_missing(layouts[-1])}. "
            f"Indiquez par --columns où les lire\u00a0: {_HOW_TO}"
        )
    return max(usable, key=lambda layout: len(layout.positions))


def lay_out(mapping: ColumnMapping, header: Sequence[str]) -> Layout:
    """Positions of the mapping's columns in this header. Nothing is checked but that none is there twice.

    Raises:
        UnreadableFile: a column to be read bears the same name as another.
    """
    folded = [fold(column) for column in header]
    positions: dict[Field, tuple[int, ...]] = {}
    for field, columns in mapping.columns.items():
        present = list(dict.fromkeys(fold(column) for column in columns if fold(column) in folded))
        if present:
            wanted = present if field in GATHERED else present[:1]
            positions[field] = tuple(folded.index(column) for column in wanted)
    used = {position for group in positions.values() for position in group}
    times = Counter(folded)
    twice = [header[position] for position in sorted(used) if times[folded[position]] > 1]
    if twice:
        raise UnreadableFile(
            f"La colonne «\u00a0{twice[0]}\u00a0» est en double\u00a0: renommez celle qui est de trop."
        )
    unread = tuple(column for position, column in enumerate(header) if position not in used and column)
    return Layout(mapping, positions, len(header), unread)


def apply(mapping: ColumnMapping, header: Sequence[str]) -> Layout:
    """The layout that somebody asked for by name or by file.

    Raises:
        UnreadableFile: the header lacks the columns that it needs.
    """
    layout = lay_out(mapping, header)
    if missing := _missing(layout):
        raise UnreadableFile(
            f"La correspondance «\u00a0{mapping.name}\u00a0» ne convient pas à ce fichier\u00a0: il manque {missing}. "
            f"Ses colonnes sont\u00a0: {', '.join(header)[:300]}."
        )
    return layout


def shipped(name: str) -> ColumnMapping | None:
    """The mapping of that name, if one ships."""
    return next((mapping for mapping in SHIPPED if mapping.name == name), None)


def parse_mapping(text: str, *, name: str) -> ColumnMapping:
    """A mapping written by somebody: JSON when the text begins with `{`, else TOML.

    One key for each field, whose value is the column's name or a list of them: `nom = "Raison sociale"`.
    `lieu_facultatif = true` keeps rows without a place when a number identifies them.

    Raises:
        UnreadableFile: the text or one of its keys or values is not understood.
    """
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            f"La correspondance «\u00a0{name}\u00a0» n’est ni du JSON ni du TOML lisible ({error}). "
            f"Corrigez-la\u00a0: {_HOW_TO}"
        ) from error
    optional = told.pop(_PLACE_OPTIONAL, False)
    columns = {_field(key, name): _columns(value, key, name) for key, value in told.items()}
    return ColumnMapping(name=name, columns=columns, place_optional=optional is True)


def _field(key: str, name: str) -> Field:
    try:
        return Field(key)
    except ValueError as error:
        raise UnreadableFile(
            f"La correspondance «\u00a0{name}\u00a0» nomme un champ inconnu, «\u00a0{key}\u00a0». "
            f"Choisissez parmi\u00a0: {', '.join(Field)}."
        ) from error


def _columns(value: object, key: str, name: str) -> tuple[str, ...]:
    columns = [value] if isinstance(value, str) else value
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise UnreadableFile(
            f"Dans la correspondance «\u00a0{name}\u00a0», indiquez pour «\u00a0{key}\u00a0» le nom d’une colonne "
            "ou une liste de noms."
        )
    return tuple(columns)


def _missing(layout: Layout) -> str:
    """What an import cannot do without and this file lacks, in French; '' when it has all."""
    has = layout.positions
    whole_point = Field.LATITUDE in has and Field.LONGITUDE in has
    placed = whole_point or any(field in has for field in (Field.COMMUNE, Field.POSTAL_CODE, Field.INSEE))
    missing = [] if Field.NAME in has else ["le nom (colonne «\u00a0nom\u00a0»)"]
    if not placed and not layout.place_optional:
        missing.append("un lieu (colonne «\u00a0commune\u00a0», «\u00a0code_postal\u00a0» ou «\u00a0code_insee\u00a0»)")
    return " et ".join(missing)


_HOW_TO = (
    'un fichier TOML avec une ligne par champ, par exemple nom = "Raison sociale" et commune = "Ville", '
    f"ou l’un des noms {', '.join(mapping.name for mapping in SHIPPED)}."
)
