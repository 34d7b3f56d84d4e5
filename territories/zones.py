"""The time zones of France, by the place that people know: IANA names, as the table of communes has them."""

import datetime as dt
from zoneinfo import ZoneInfo

FRENCH_ZONES = (
    ("Europe/Paris", "Hexagone et Corse"),
    ("America/Guadeloupe", "Guadeloupe"),
    ("America/Martinique", "Martinique"),
    ("America/Cayenne", "Guyane"),
    ("Indian/Reunion", "La Réunion"),
    ("Indian/Mayotte", "Mayotte"),
    ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
    ("America/St_Barthelemy", "Saint-Barthélemy"),
    ("America/Marigot", "Saint-Martin"),
    ("Pacific/Noumea", "Nouvelle-Calédonie"),
    ("Pacific/Tahiti", "Polynésie, Tahiti"),
    ("Pacific/Marquesas", "Polynésie, Marquises"),
    ("Pacific/Gambier", "Polynésie, Gambier"),
    ("Pacific/Wallis", "Wallis-et-Futuna"),
)

# No clock of the world shows another day than one of these around that of Greenwich.
AHEAD, BEHIND = dt.timedelta(hours=14), dt.timedelta(hours=12)
# No clock of these zones is ever changed by more.
CLOCK_CHANGE = dt.timedelta(hours=1)


def days_later(instant: dt.datetime, days: int, *, zone: str) -> dt.datetime:
    """When the clock of this zone shows the same hour so many days later, or earlier: an instant, in UTC.

    Where the clocks change, an hour that does not exist is the next one, an hour that comes twice is the first.
    """
    place = ZoneInfo(zone)
    local = instant.astimezone(place)
    day, hour = local.date() + dt.timedelta(days=days), local.time().replace(fold=0)
    return dt.datetime.combine(day, hour, tzinfo=place).astimezone(dt.UTC)
