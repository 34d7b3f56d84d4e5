"""Dates, times and numbers as French prints them, without locale or strftime: plain tables.

Spaces that hold together are no-break: U+202F between thousands, U+00A0 elsewhere. A line may break after the
weekday, before the year and after the dash of a range.
"""

import datetime as dt

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
MINUS = "\u2212"

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SHORT_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip

_DAYS = ("", f"1er{NO_BREAK}", *(f"{day}{NO_BREAK}" for day in range(2, 32)))
_HOURS = tuple(f"{hour}{NO_BREAK}h" for hour in range(24))
_MINUTES = ("", *(f"{NO_BREAK}{minute:02}" for minute in range(1, 60)))


def long_date(day: dt.date) -> str:
    """« mardi 1er décembre 2026 »."""
    return f"{day_date(day)} {day.year}"


def day_date(day: dt.date) -> str:
    """« mardi 1er décembre »: for dates of the year to come, where the year is plain."""
    return f"{WEEKDAYS[day.weekday()]} {_DAYS[day.day]}{MONTHS[day.month - 1]}"


def month_year(day: dt.date) -> str:
    """« décembre 2026 »."""
    return f"{MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def short_date(day: dt.date) -> str:
    """« mar. 1er déc. »."""
    return f"{SHORT_WEEKDAYS[day.weekday()]} {_DAYS[day.day]}{SHORT_MONTHS[day.month - 1]}"


def wall_time(time: dt.time | dt.datetime) -> str:
    """« 18 h 30 », « 18 h »: as the clock on the wall shows it; seconds are left out."""
    return _HOURS[time.hour] + _MINUTES[time.minute]


def time_range(start: dt.time | dt.datetime, end: dt.time | dt.datetime) -> str:
    """« 18 h 30 – 20 h 30 »."""
    return f"{wall_time(start)}{NO_BREAK}– {wall_time(end)}"


def number(value: float, decimals: int = 0) -> str:
    """« 1 284 », « 4,5 », « −3 »: rounded to so many decimals."""
    exact = isinstance(value, int) and not decimals
    text = (f"{value:,}" if exact else f"{value:,.{decimals}f}").replace(",", NARROW_NO_BREAK).replace(".", ",")
    return text.replace("-", MINUS)


def hours(value: float) -> str:
    """« 1 heure », « 4,5 heures »: to the tenth."""
    rounded = round(value, 1)
    whole = rounded == int(rounded)
    return f"{number(rounded, 0 if whole else 1)}{NO_BREAK}{'heure' if rounded < 2 else 'heures'}"  # noqa: PLR2004  # French


def counted(n: int, singular: str, plural: str) -> str:
    """« 0 créneau », « 1 créneau », « 2 créneaux »: in French the plural begins at two."""
    return f"{number(n)}{NO_BREAK}{singular if abs(n) < 2 else plural}"  # noqa: PLR2004  # the rule above


def enumerated(parts: list[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    return " et ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def of(name: str) -> str:
    """« de Lille », « d’Anduze », « du Péage-de-Roussillon », « des Abymes », « de La Rochelle »."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    vowel = name[:1].upper() in tuple("AÀÂÄEÉÈÊËIÎÏOÔÖŒUÙÛÜYH")
    return f"d’{name}" if vowel else f"de {name}"


def kilometres(distance: float) -> str:
    """« 4 km », or « 850 m » under a kilometre, to the nearest ten metres."""
    metres = round(distance * 100) * 10
    if metres < 1000:  # noqa: PLR2004  # metres in a kilometre
        return f"{metres}{NO_BREAK}m"
    return f"{number(distance)}{NO_BREAK}km"
