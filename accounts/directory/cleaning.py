"""One cell at a time: what it certainly says, or why it is left empty.

Each function gives the value and a reason in French, '' when there is nothing to list. A blank cell is
empty without a reason: nothing was there to be read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from stdnum.fr import siren, siret

from accounts.directory.reading import LOST
from accounts.identifiers import RNA_PATTERN

LONGEST_NAME = 200
LONGEST_ADDRESS = 200
LONGEST_WEBSITE = 200

_FILLERS = frozenset(
    {
        *("", "-", "--", "—", "–", ".", "?", "/", "n/a", "na", "nc", "n.c.", "nd", "null", "none", "nan", "nil"),
        *("néant", "neant", "aucun", "inconnu", "sans objet", "non renseigné", "non renseigne", "non communiqué"),
    }
)
_SPREADSHEET_ERRORS = frozenset(
    {"#n/a", "#ref!", "#nom?", "#name?", "#valeur!", "#value!", "#div/0!", "#null!", "#num!"}
)
_MASKED = frozenset({"[nd]", "[non-diffusible]"})
_SPACES = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[\s.\-'’\u200b\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d*)?E\+?\d{1,2}", re.IGNORECASE | re.ASCII)
_FLOAT_TAIL = re.compile(r"[.,]0+$")
_DIGITS = re.compile(r"[0-9]+")
_POSTAL_CODE = re.compile(
    r"(?P<code>\d{2}[ \u00a0\u202f]?\d{3})(?:[ \u00a0\u202f]*cedex(?: *\d{1,2})?)?", re.IGNORECASE | re.ASCII
)
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_VALID_URL = URLValidator(schemes=["http", "https"])
_SIREN_DIGITS, _SIRET_DIGITS, _POSTAL_DIGITS = 9, 14, 5

# Rectangles (south, north, west, east, in degrees) that hold the territories, with a margin at sea.
_FRANCE = (
    (41.2, 51.2, -5.3, 9.7),  # metropolitan France
    (15.7, 18.2, -63.3, -60.9),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    (14.3, 15.0, -61.4, -60.7),  # Martinique
    (2.0, 5.9, -54.8, -51.4),  # Guyane
    (-21.5, -20.8, 55.1, 55.9),  # La Réunion
    (-13.1, -12.5, 44.9, 45.4),  # Mayotte
    (46.7, 47.2, -56.6, -56.0),  # Saint-Pierre-et-Miquelon
    (-14.5, -13.1, -178.3, -176.0),  # Wallis-et-Futuna
    (-28.0, -7.5, -155.5, -134.0),  # Polynésie française
    (-23.0, -17.5, 158.0, 172.2),  # Nouvelle-Calédonie
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Official numbers, each '' when not told. With a SIRET, the SIREN is its first nine digits."""

    siren: str = ""
    siret: str = ""
    rna: str = ""

    def __bool__(self) -> bool:
        return bool(self.siren or self.siret or self.rna)


def clean_text(cell: str) -> str:
    """On one line, without control or invisible characters, spaces single."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", cell))
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")).strip()


def is_blank(cell: str) -> bool:
    """Whether the cell holds nothing, or one of the words by which people say so."""
    return clean_text(cell).casefold() in _FILLERS


def clean_name(cell: str) -> tuple[str, str]:
    """A name has at least one letter or digit. Too long for a name, it is none."""
    text = clean_text(cell)
    if is_blank(cell):
        return "", ""
    if "\x00" in cell.strip(" \t\r\n\0"):
        return "", "contient un caractère nul, la suite est incertaine"
    if text.casefold() in _MASKED | _SPREADSHEET_ERRORS:
        return "", "masqué ou perdu à la source"
    if not any(letter.isalnum() for letter in text):
        return "", "ne contient ni lettre ni chiffre"
    if len(text) > LONGEST_NAME:
        return "", f"dépasse {LONGEST_NAME} caractères"
    return text, ""


def clean_address(cell: str) -> tuple[str, str]:
    """An address is left out when it is too long, or when letters of it are lost."""
    text = clean_text(cell)
    if is_blank(cell):
        return "", ""
    if "\x00" in cell.strip(" \t\r\n\0"):
        return "", "contient un caractère nul, la suite est incertaine"
    if text.casefold() in _MASKED | _SPREADSHEET_ERRORS:
        return "", "masquée ou perdue à la source"
    if LOST in text:
        return "", "des lettres accentuées sont perdues"
    if len(text) > LONGEST_ADDRESS:
        return "", f"dépasse {LONGEST_ADDRESS} caractères"
    return text, ""


def clean_number(cell: str) -> tuple[Numbers, str]:
    """The SIREN, SIRET or RNA that the cell holds, whichever of them it is."""
    if is_blank(cell):
        return Numbers(), ""
    compact = _SEPARATORS.sub("", _expand(cell.strip())).upper()
    numbers = _recognised(compact)
    return numbers, "" if numbers else _why_no_number(cell.strip(), compact)


def _recognised(compact: str) -> Numbers:
    if RNA_PATTERN.match(compact):
        return Numbers(rna=compact)
    if not (_DIGITS.fullmatch(compact) and compact.strip("0")):
        return Numbers()
    if len(compact) == _SIRET_DIGITS and siret.is_valid(compact):
        return Numbers(siren=compact[:_SIREN_DIGITS], siret=compact)
    if len(compact) == _SIREN_DIGITS and siren.is_valid(compact):
        return Numbers(siren=compact)
    return Numbers()


def _expand(cell: str) -> str:
    """`77567227294175.0` and `7,7567227294175E+13` as the number they still are; else as written."""
    if _SCIENTIFIC.fullmatch(cell):
        digits, exponent = cell.replace(",", ".").upper().split("E")
        if len(digits.replace(".", "")) == int(exponent) + 1:
            return f"{Decimal(digits).scaleb(int(exponent)):.0f}"
        return cell
    whole = _FLOAT_TAIL.sub("", cell)
    return whole if _DIGITS.fullmatch(whole) else cell


def _why_no_number(cell: str, compact: str) -> str:
    if _SCIENTIFIC.fullmatch(cell):
        return "écrit en notation scientifique par un tableur, ses derniers chiffres sont perdus"
    if cell.casefold() in _MASKED:
        return "masqué à la source"
    if not _DIGITS.fullmatch(compact):
        return "n’est ni un SIREN, ni un SIRET, ni un numéro RNA"
    if not compact.strip("0"):
        return "rempli de zéros"
    if len(compact) in (_SIREN_DIGITS, _SIRET_DIGITS):
        return "la clé de contrôle est fausse"
    return f"{len(compact)} chiffres au lieu de 9 (SIREN) ou 14 (SIRET)"


def clean_postal_code(cell: str) -> tuple[str, str]:
    """Five digits; or four, for the caller to confirm that a zero is missing before them."""
    text = _FLOAT_TAIL.sub("", cell.strip())
    if is_blank(cell):
        return "", ""
    if found := _POSTAL_CODE.fullmatch(text):
        return _SPACES.sub("", found["code"]), ""
    if _DIGITS.fullmatch(text) and len(text) == _POSTAL_DIGITS - 1:
        return text, ""
    return "", "n’est pas un code postal à 5 chiffres"


def clean_point(latitude: str, longitude: str) -> tuple[tuple[float, float] | None, str]:
    """A point (latitude, longitude) in degrees WGS 84, in France."""
    if is_blank(latitude) and is_blank(longitude):
        return None, ""
    if is_blank(latitude) or is_blank(longitude):
        return None, "l’une des deux coordonnées manque"
    degrees = [_clean_degrees(cell) for cell in (latitude, longitude)]
    if degrees[0] is None or degrees[1] is None:
        return None, "les coordonnées ne sont pas des degrés décimaux"
    point = (degrees[0], degrees[1])
    if _in_france(*point):
        return point, ""
    if _in_france(point[1], point[0]):
        return None, "la latitude et la longitude semblent inversées"
    return None, "le point est hors de France"


def _clean_degrees(cell: str) -> float | None:
    text = _SPACES.sub("", cell)
    try:
        return float(Decimal(text.replace(",", "."))) if _DECIMAL.fullmatch(text) else None
    except InvalidOperation:
        return None


def _in_france(latitude: float, longitude: float) -> bool:
    return any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in _FRANCE)


def clean_website(cell: str) -> tuple[str, str]:
    """The first address of the cell. Without a scheme, it is taken for https."""
    first = clean_text(cell.split("|", maxsplit=1)[0])
    if is_blank(first):
        return "", ""
    address = first if _SCHEME.match(first) else f"https://{first}"
    if len(address) > LONGEST_WEBSITE:
        return "", f"dépasse {LONGEST_WEBSITE} caractères"
    try:
        _VALID_URL(address)
    except ValidationError:
        return "", "n’est pas une adresse de site"
    return address, ""


def split_list(cell: str) -> list[str]:
    """Values of a list: `|` in the standard, `;` in older files."""
    return [value for part in re.split(r"[|;]", cell) if (value := clean_text(part)) and not is_blank(value)]
