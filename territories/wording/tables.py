"""What a language has to tell, and the signs that all share."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
MINUS = "\u2212"


@dataclass(frozen=True)
class Language:
    """The words of a language, and the rules that no table holds."""

    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    each_weekday: tuple[str, ...]
    """What comes again every week."""
    all_from: str
    """From one weekday to another, every week."""
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    first_day: str
    """The first of a month; other days are figures."""
    ordinals: Mapping[int, str]
    thousands: str
    decimals: str
    last: str
    """What stands before the last of several."""
    wall_time: Callable[[dt.time | dt.datetime], str]
    is_one: Callable[[float], bool]
    """Whether a number takes the singular."""
    of: Callable[[str], str]
    """A name after « de »."""
