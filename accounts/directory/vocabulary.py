"""Closed lists of the field, in today's spelling and in those of older files.

Services and audiences: `standard-mediation-num` 1.0.2 (LaMednum, April 2024). Older services: the names used
until 2023, with the equivalents of the ANCT's library lieux-de-mediation-numerique 2.3.0. Legal categories:
INSEE, level II (first two digits) and level III (four digits).
"""

from __future__ import annotations

from collections.abc import Mapping

from accounts.directory.accents import may_be
from accounts.directory.reading import LOST
from accounts.models import DirectoryEntry
from territories.folding import fold

_Kind = DirectoryEntry.Kind

_PROCEDURES = "Aide aux démarches administratives"
_EVERYDAY = "Maîtrise des outils numériques du quotidien"
_EMPLOYMENT = "Insertion professionnelle via le numérique"
_SECURITY = "Utilisation sécurisée du numérique"
_PARENTING = "Parentalité et éducation avec le numérique"
_LEISURE = "Loisirs et créations numériques"
_CULTURE = "Compréhension du monde numérique"
_ACCESS = "Accès internet et matériel informatique"
_EQUIPMENT = "Acquisition de matériel informatique à prix solidaire"


def _spellings(*standard: str, older: Mapping[str, str]) -> dict[str, str]:
    """Folded spelling → value of the standard."""
    return {fold(spelling): value for spelling, value in ({one: one for one in standard} | dict(older)).items()}


SERVICES = _spellings(
    _PROCEDURES,
    _EVERYDAY,
    _EMPLOYMENT,
    _SECURITY,
    _PARENTING,
    _LEISURE,
    _CULTURE,
    _ACCESS,
    _EQUIPMENT,
    older={
        "Accéder à une connexion internet": _ACCESS,
        "Accéder à du matériel": _ACCESS,
        "Accès à Internet en autonomie": _ACCESS,
        "Prendre en main un ordinateur": _EVERYDAY,
        "Prendre en main un smartphone ou une tablette": _EVERYDAY,
        "Utiliser le numérique au quotidien": _EVERYDAY,
        "Être initié aux outils numériques": _EVERYDAY,
        "Approfondir ma culture numérique": _CULTURE,
        "Promouvoir la citoyenneté numérique": _CULTURE,
        "Accompagner les démarches de santé": _PROCEDURES,
        "Devenir autonome dans les démarches administratives": _PROCEDURES,
        "Réaliser des démarches administratives avec un accompagnement": _PROCEDURES,
        "Être accompagné dans ses démarches administratives": _PROCEDURES,
        "Favoriser mon insertion professionnelle": _EMPLOYMENT,
        "Créer et développer mon entreprise": _EMPLOYMENT,
        "Créer avec le numérique": _LEISURE,
        "Pratiquer des activités récréatives numériques": _LEISURE,
        "Soutenir la parentalité et l’éducation avec le numérique": _PARENTING,
        "S’équiper en matériel informatique": _EQUIPMENT,
    },
)

AUDIENCES = _spellings(
    "Jeunes",
    "Étudiants",
    "Familles et/ou enfants",
    "Seniors",
    "Femmes",
    "Surdité",
    "Handicaps moteurs",
    "Handicaps mentaux",
    "Illettrisme",
    "Langues étrangères (anglais)",
    "Langues étrangères (autres)",
    "Déficience visuelle",
    older={
        "Jeunes (16-26 ans)": "Jeunes",
        "Seniors (+ 65 ans)": "Seniors",
        "Familles/enfants": "Familles et/ou enfants",
        "Uniquement femmes": "Femmes",
        "Personnes en situation d’illettrisme": "Illettrisme",
        "Handicaps mentaux : déficiences limitant les activités d’une personne": "Handicaps mentaux",
    },
)
"""Both lists of the standard: audiences specifically addressed, and people given special care."""

KINDS: Mapping[str, str] = {
    fold(spelling): kind
    for kind, spellings in {
        _Kind.ASSOCIATION: ("ASSO", "association", "associations", "ASSO_CHOMEUR", "UDAF"),
        _Kind.FOUNDATION: ("fondation", "foundation"),
        _Kind.COMPANY: ("LA_POSTE", "La Poste", "entreprise", "société", "SAS", "SASU", "SARL", "EURL", "SA", "SCOP"),
        _Kind.PUBLIC_BODY: (
            *("MUNI", "CC", "EPCI", "CCAS", "CIAS", "CD", "CDAS", "DEPT", "REG", "PREF", "CCONS", "FT", "MDPH"),
            *("commune", "mairie", "collectivité", "collectivité locale ou territoriale", "État", "département"),
            "établissement public de coopération intercommunale (EPCI)",
            "groupement d’intérêt public (GIP)",
        ),
    }.items()
    for spelling in spellings
} | {
    fold("société par actions simplifiée (SAS)"): _Kind.COMPANY,
    fold("société par actions simplifiée unipersonnelle (SASU)"): _Kind.COMPANY,
    fold("société à responsabilité limitée (SARL)"): _Kind.COMPANY,
    fold("société coopérative et participative (SCOP)"): _Kind.COMPANY,
}
"""Folded type of structure → kind. A type that tells what is done there (library, fablab) tells no kind."""

_CATEGORIES = {
    "92": _Kind.ASSOCIATION,
    "93": _Kind.FOUNDATION,
    "1": _Kind.COMPANY,
    "31": _Kind.COMPANY,
    "41": _Kind.PUBLIC_BODY,
    "5": _Kind.COMPANY,
    "6": _Kind.COMPANY,
    "7": _Kind.PUBLIC_BODY,
}
_CATEGORY_DIGITS = 4


def look_up(told: str, spellings: Mapping[str, str]) -> str:
    """The value that a spelling stands for, '' when there is none or, letters being lost, more than one."""
    if LOST not in told:
        return spellings.get(fold(told), "")
    values = {value for spelling, value in spellings.items() if may_be(told, spelling)}
    return values.pop() if len(values) == 1 else ""


def kind_of_category(category: str) -> str:
    """The kind of an INSEE legal category of four digits, or '' when the text is none."""
    if len(category) != _CATEGORY_DIGITS or not (category.isascii() and category.isdigit()):
        return ""
    return _CATEGORIES.get(category[:2]) or _CATEGORIES.get(category[:1]) or _Kind.OTHER
