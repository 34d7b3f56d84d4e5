"""What the text of a « commune » field may mean: « Lille », « 59000 », « Lille (59) », « insee-59350 » of links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from territories.folding import fold

LONGEST_TEXT = 120
"""In characters. No name with its postal code and département comes near; beyond it, nothing is read."""

ARRONDISSEMENTS = {"paris": 20, "lyon": 9, "marseille": 16}
"""The three cities cut into municipal arrondissements, folded, and how many they have (COG 2026)."""

_ROUND_CODES = {"75000": "paris", "69000": "lyon", "13000": "marseille"}
_INSEE = re.compile(r"insee (\d{5}|2[ab]\d{3})")
_CODE = re.compile(r"\d{5}|2[ab]\d{3}")
_CEDEX = re.compile(r" cedex( \d{1,2})?$")
_CODE_FIRST = re.compile(r"(?P<code>\d\d ?\d{3}) (?P<name>.+)")
_CODE_LAST = re.compile(r"(?P<name>.+) (?P<code>\d\d ?\d{3})")
_DEPARTEMENT_LAST = re.compile(r"(?P<name>.+) (?P<departement>\d{1,3}|2[ab])")
_ARRONDISSEMENT = re.compile(
    rf"(?P<name>{'|'.join(ARRONDISSEMENTS)}) 0?(?P<rank>\d{{1,2}}) ?(?:er|e|eme)?(?: arr(?:ondissement)?)?"
)
_ASIDE = re.compile(r"(?P<name>[^,]+?)\s*[(,]\s*(?P<departement>[^(),]+)\)?\s*")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a text. What is empty was not said.

    `name` is folded; `code` is a postal or INSEE code in capitals, `insee` an INSEE code beyond doubt;
    `departement` is a code in capitals (`20` stands for the whole of Corsica) or a folded name.
    """

    name: str = ""
    code: str = ""
    departement: str = ""
    insee: str = ""


def read(text: str) -> tuple[Reading, ...]:
    """The possible meanings, best first; none when the text is empty, too long or has no letter or digit."""
    folded = _CEDEX.sub("", fold(text)) if len(text) <= LONGEST_TEXT else ""
    if not folded:
        return ()
    if certain := _INSEE.fullmatch(folded):
        return (Reading(insee=certain[1].upper()),)
    code = folded.replace(" ", "")
    if _CODE.fullmatch(code):
        return (Reading(name=_ROUND_CODES[code]) if code in _ROUND_CODES else Reading(code=code.upper()),)
    readings = (
        *_read_postal_code(folded),
        Reading(name=folded),
        *_read_departement(text, folded),
        *_read_arrondissement(folded),
    )
    return tuple(dict.fromkeys(readings))


def _read_postal_code(folded: str) -> Iterator[Reading]:
    """« 59000 Lille », « Lille (59000) ». A code that is not its own still tells the département."""
    found = _CODE_FIRST.fullmatch(folded) or _CODE_LAST.fullmatch(folded)
    if found is None:
        return
    name, code = found["name"], found["code"].replace(" ", "")
    if name in ARRONDISSEMENTS and 1 <= int(code[-2:]) <= ARRONDISSEMENTS[name]:
        yield Reading(name=arrondissement_name(name, int(code[-2:])), code=code)
    yield Reading(name=name, code=code)
    yield Reading(name=name, departement=code[:3] if code.startswith(("97", "98")) else code[:2])


def _read_departement(text: str, folded: str) -> Iterator[Reading]:
    """« Lille 59 », « Lille (59) », « Lille (Nord) », « Lille, Nord »."""
    if found := _DEPARTEMENT_LAST.fullmatch(folded):
        yield Reading(name=found["name"], departement=found["departement"].upper().zfill(2))
    elif found := _ASIDE.fullmatch(text):
        name, departement = fold(found["name"]), fold(found["departement"])
        if name and departement:
            yield Reading(name=name, departement=departement)


def _read_arrondissement(folded: str) -> Iterator[Reading]:
    """« Paris 11 », « Lyon 3e », « Marseille 1er arr. »."""
    found = _ARRONDISSEMENT.fullmatch(folded)
    if found and 1 <= int(found["rank"]) <= ARRONDISSEMENTS[found["name"]]:
        yield Reading(name=arrondissement_name(found["name"], int(found["rank"])))


def arrondissement_name(city: str, rank: int) -> str:
    """The folded official name: « paris 1er arrondissement », « lyon 3e arrondissement »."""
    return f"{city} {rank}{'er' if rank == 1 else 'e'} arrondissement"
