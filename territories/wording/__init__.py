"""Dates, times, numbers and counts in the language that is spoken now, from plain tables, without locale or strftime.

Which one that is, `django.utils.translation` says. Spaces that hold together are no-break: U+202F between French
thousands, U+00A0 elsewhere. A line may break after the weekday, before the year and after the dash of a range.
"""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from territories.wording.english import ENGLISH
from territories.wording.french import FRENCH
from territories.wording.tables import MINUS, NARROW_NO_BREAK, NO_BREAK, Language

__all__ = (
    "NARROW_NO_BREAK",
    "NO_BREAK",
    "counted",
    "day_date",
    "each_weekday",
    "enumerated",
    "hours",
    "kilometres",
    "language",
    "long_date",
    "month_year",
    "noun",
    "number",
    "of",
    "ordinal",
    "short_date",
    "time_range",
    "wall_time",
    "weekday",
    "weekdays_said",
)


_LANGUAGES = {"fr": FRENCH, "en": ENGLISH}
# So many weekdays in a row are said by the first and the last.
SAID_AS_ONE = 3


def language() -> str:
    """The code of the language that is spoken, one of `settings.LANGUAGES`: `en` for `en-gb`, ours for any other."""
    code = (get_language() or "").partition("-")[0]
    return code if code in _LANGUAGES else settings.LANGUAGE_CODE


def _spoken() -> Language:
    return _LANGUAGES[language()]


def long_date(day: dt.date) -> str:
    """« mardi 1er décembre 2026 », « Tuesday 1 December 2026 »."""
    return f"{day_date(day)} {day.year}"


def day_date(day: dt.date) -> str:
    """« mardi 1er décembre »: for dates of the year to come, where the year is plain."""
    words = _spoken()
    return f"{words.weekdays[day.weekday()]} {_day(day)}{NO_BREAK}{words.months[day.month - 1]}"


def _day(day: dt.date) -> str:
    return str(day.day) if day.day > 1 else _spoken().first_day


def month_year(day: dt.date) -> str:
    """« décembre 2026 »."""
    return f"{_spoken().months[day.month - 1]}{NO_BREAK}{day.year}"


def short_month(day: dt.date) -> str:
    """« déc. 2026 »."""
    return f"{_spoken().short_months[day.month - 1]}{NO_BREAK}{day.year}"


def short_date(day: dt.date) -> str:
    """« mar. 1er déc. », « Tue 1 Dec »."""
    words = _spoken()
    return f"{words.short_weekdays[day.weekday()]} {_day(day)}{NO_BREAK}{words.short_months[day.month - 1]}"


def weekday(day: int) -> str:
    """« mardi », of an ISO number (1 = Monday)."""
    return _spoken().weekdays[day - 1]


def each_weekday(day: int) -> str:
    """« le mardi », « Tuesdays »: what comes again every week."""
    return _spoken().each_weekday[day - 1]


def ordinal(number: int) -> str:
    """« 1er », « first », up to four; « dernier », « last » for -1: which week of a month."""
    return _spoken().ordinals[number]


def wall_time(time: dt.time | dt.datetime) -> str:
    """« 18 h 30 », « 6:30 pm »: as the clock on the wall shows it; seconds are left out."""
    return _spoken().wall_time(time)


def time_range(start: dt.time | dt.datetime, end: dt.time | dt.datetime) -> str:
    """« 18 h 30 – 20 h 30 », « 6:30 pm – 8:30 pm »."""
    return f"{wall_time(start)}{NO_BREAK}– {wall_time(end)}"


def number(value: float, decimals: int = 0) -> str:
    """« 1 284 », « 4,5 », « −3 »; « 1,284 », « 4.5 »: rounded to so many decimals."""
    exact = isinstance(value, int) and not decimals
    text = f"{value:,}" if exact else f"{value:,.{decimals}f}"
    words = _spoken()
    return text.translate({ord(","): words.thousands, ord("."): words.decimals, ord("-"): MINUS})


def noun(n: float, singular: str, plural: str) -> str:
    """The noun that so many take, in the language spoken; the two given are French, and msgids of the catalogue.

    Which one is decided here: for a noun that no catalogue holds, gettext would judge French 0 as English does.
    """
    return ngettext(singular, plural, 1 if _spoken().is_one(n) else 2)


def counted(n: int, singular: str, plural: str) -> str:
    """« 0 créneau », « 1 créneau », « 2 créneaux »; « 0 slots », « 1 slot »."""
    return f"{number(n)}{NO_BREAK}{noun(n, singular, plural)}"


def hours(value: float) -> str:
    """« 1 heure », « 4,5 heures », « 4.5 hours »: to the tenth."""
    rounded = round(value, 1)
    whole = rounded == int(rounded)
    return f"{number(rounded, 0 if whole else 1)}{NO_BREAK}{noun(rounded, 'heure', 'heures')}"


def enumerated(parts: list[str]) -> str:
    """« a », « a et b », « a, b et c »; « a, b and c »."""
    return f" {_spoken().last} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def weekdays_said(days: Collection[int]) -> str:
    """« le mardi et le jeudi »; three and more that follow each other are « du lundi au vendredi »."""
    first, last = min(days, default=0), max(days, default=0)
    if last - first + 1 == len(set(days)) >= SAID_AS_ONE:
        return _spoken().all_from.format(weekday(first), weekday(last))
    return enumerated([each_weekday(day) for day in sorted(days)])


def of(name: str) -> str:
    """« de Lille », « d’Anduze », « of Lille »."""
    return _spoken().of(name)


def kilometres(distance: float) -> str:
    """« 4 km », or « 850 m » under a kilometre, to the nearest ten metres; « sur place » within five."""
    metres = round(distance * 100) * 10
    if not metres:
        return gettext("sur place")
    if metres < 1000:  # noqa: PLR2004  # metres in a kilometre
        return f"{metres}{NO_BREAK}m"
    return f"{number(distance)}{NO_BREAK}km"


def away(distance: float) -> str:
    """« à 4 km », or « sur place »."""
    told = kilometres(distance)
    return gettext("à %(distance)s") % {"distance": told} if round(distance * 100) else told
