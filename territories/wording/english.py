"""English, as it is written in Britain."""

import datetime as dt

from territories.wording.tables import NO_BREAK, Language

# On the hour, « 12 am » and « 12 pm » are often mistaken for each other.
_PLAIN = {0: "midnight", 12: "midday"}


def _wall_time(time: dt.time | dt.datetime) -> str:
    """« 6:30 pm », « 6 pm », « midday »."""
    if not time.minute and time.hour in _PLAIN:
        return _PLAIN[time.hour]
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{NO_BREAK}{'pm' if time.hour >= 12 else 'am'}"  # noqa: PLR2004  # midday


def _is_one(n: float) -> bool:
    """Nothing, like many, takes the plural."""
    return abs(n) == 1


def _of(name: str) -> str:
    """« of Lille »."""
    return f"of {name}"


ENGLISH = Language(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    short_weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    each_weekday=("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
    all_from="{} to {}",
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
    first_day="1",
    ordinals={1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"},
    thousands=",",
    decimals=".",
    last="and",
    wall_time=_wall_time,
    is_one=_is_one,
    of=_of,
)  # fmt: skip
