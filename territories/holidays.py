"""Public holidays, territory by territory. They warn, and never forbid."""

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
