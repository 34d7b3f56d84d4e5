"""French."""

import datetime as dt

from territories.wording.tables import NARROW_NO_BREAK, NO_BREAK, Language

_HOURS = tuple(f"{hour}{NO_BREAK}h" for hour in range(24))
_MINUTES = ("", *(f"{NO_BREAK}{minute:02}" for minute in range(1, 60)))


def _wall_time(time: dt.time | dt.datetime) -> str:
    """« 18 h 30 », « 18 h »."""
    return _HOURS[time.hour] + _MINUTES[time.minute]


def _is_one(n: float) -> bool:
    """The plural begins at two."""
    return abs(n) < 2  # noqa: PLR2004  # the rule above


def _of(name: str) -> str:
    """« de Lille », « d’Anduze », « du Péage-de-Roussillon », « des Abymes », « de La Rochelle »."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    vowel = name[:1].upper() in tuple("AÀÂÄEÉÈÊËIÎÏOÔÖŒUÙÛÜYH")
    return f"d’{name}" if vowel else f"de {name}"


FRENCH = Language(
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    short_weekdays=("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    each_weekday=("le lundi", "le mardi", "le mercredi", "le jeudi", "le vendredi", "le samedi", "le dimanche"),
    all_from="du {} au {}",
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    short_months=(
        "janv.", "févr.", "mars", "avr.", "mai", "juin",
        "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ),
    first_day="1er",
    ordinals={1: "1er", 2: "2e", 3: "3e", 4: "4e", -1: "dernier"},
    thousands=NARROW_NO_BREAK,
    decimals=",",
    last="et",
    wall_time=_wall_time,
    is_one=_is_one,
    of=_of,
)  # fmt: skip
