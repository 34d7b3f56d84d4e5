"""Public and school holidays, territory by territory. They warn, and never forbid."""

import datetime as dt
from functools import cache

_SUBDIVISIONS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""The subdivision of the `holidays` package for the départements that have holidays of their own."""


def public_holiday(day: dt.date, departement_code: str) -> str | None:
    """The French name of the holiday kept on this day in this département, or None.

    Good Friday is told for the whole of Moselle, Bas-Rhin and Haut-Rhin, though the law keeps it only in
    communes with a Protestant church or a mixed one. Unknown codes have the national holidays.
    """
    return _names(day.year, _SUBDIVISIONS.get(departement_code)).get(dt.date(day.year, day.month, day.day))


@cache
def _names(year: int, subdivision: str | None) -> dict[dt.date, str]:
    import holidays  # noqa: PLC0415  # half a second that most processes never need

    kept = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return {day: name.replace("'", "’") for day, name in kept.items()}


_ZONE_A = "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90"
_ZONE_C = "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95"
_OF_THEIR_OWN = {"2A", "2B"}
"""School zones of metropolitan France (national education, decree of 2015); what is in neither is in zone B.

Corsica and overseas territories keep calendars of their own, of which nothing is told here.
"""


def school_holiday(day: dt.date, departement_code: str) -> str | None:
    """The French name of the school holiday of this day in this département, or None; none where it is not known."""
    zone = _school_zone(departement_code)
    return _school_names(day.year, zone).get(dt.date(day.year, day.month, day.day)) if zone else None


def school_calendar_known_until(departement_code: str) -> dt.date | None:
    """The last day of which school holidays of this département are told; None: of none."""
    zone = _school_zone(departement_code)
    return _school_known_until(zone) if zone else None


@cache
def _school_known_until(zone: str) -> dt.date | None:
    from vacances_scolaires_france import SchoolHolidayDates  # noqa: PLC0415  # idem

    return max(_school_names(SchoolHolidayDates().max_year, zone), default=None)


def _school_zone(departement_code: str) -> str | None:
    if departement_code in _OF_THEIR_OWN or len(departement_code) > 2:  # noqa: PLR2004  # 971 and beyond
        return None
    if departement_code in _ZONE_A.split():
        return "A"
    return "C" if departement_code in _ZONE_C.split() else "B"


@cache
def _school_names(year: int, zone: str) -> dict[dt.date, str]:
    from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException  # noqa: PLC0415  # idem

    try:
        days = SchoolHolidayDates().holidays_for_year_and_zone(year, zone)
    except UnsupportedYearException:
        return {}
    return {day: str(kept["nom_vacances"]).replace("'", "’") for day, kept in days.items()}
