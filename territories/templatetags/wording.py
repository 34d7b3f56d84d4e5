"""Template filters for dates, times and numbers in the language spoken; built into every template.

Filters show nothing for None. An instant in UTC, as the database gives it, is shown in the portal's own time
zone; what happens at a place is first put on the clocks of that place, by
`{{ slot.start_at|zoned:slot.zone|wall_time }}` or in one go by `{% slot_day slot.start_at slot.zone %}`.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from territories import wording

register = template.Library()

_zone = cache(ZoneInfo)


@register.filter
def zoned(value: dt.datetime | None, zone: str) -> dt.datetime | None:
    """The same instant on the clocks of an IANA zone, `"Pacific/Noumea"`."""
    return value.astimezone(_zone(zone)) if value else None


@register.filter
def long_date(value: dt.date | None) -> str:
    return _written(wording.long_date, value)


@register.filter
def day_date(value: dt.date | None) -> str:
    return _written(wording.day_date, value)


@register.filter
def month_year(value: dt.date | None) -> str:
    return _written(wording.month_year, value)


@register.filter
def short_date(value: dt.date | None) -> str:
    return _written(wording.short_date, value)


@register.filter
def wall_time(value: dt.time | dt.datetime | None) -> str:
    return "" if value is None else wording.wall_time(_local(value))


@register.filter
def time_range(start: dt.time | dt.datetime | None, end: dt.time | dt.datetime | None) -> str:
    return "" if start is None or end is None else wording.time_range(_local(start), _local(end))


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    return "" if value is None else wording.number(value, decimals)


@register.filter
def hours(value: float | None) -> str:
    return "" if value is None else wording.hours(value)


@register.filter
def de(name: str) -> str:
    """A name after « de »: `Membres {{ company.name|de }}`."""
    return wording.of(name)


@register.filter
def counted(n: int | None, nouns: str) -> str:
    """`{{ n|counted:"créneau,créneaux" }}`; without a comma the plural takes an s."""
    if n is None:
        return ""
    singular, _, given = nouns.partition(",")
    plural = given or f"{singular}s"
    return wording.counted(n, singular, plural)


@register.filter
def plural_noun(n: int | None, nouns: str) -> str:
    """The noun alone, as `counted` would write it after the number: `{{ n|plural_noun:"salle,salles" }}`."""
    return counted(n, nouns).partition(wording.NO_BREAK)[2] if n is not None else ""


@register.filter
def kilometres(value: float | None) -> str:
    return "" if value is None else wording.kilometres(value)


@register.filter
def away(value: float | None) -> str:
    """« à 4 km »."""
    return "" if value is None else wording.away(value)


@register.simple_tag
def slot_day(start_at: dt.datetime, zone: str) -> str:
    """« mardi 1er décembre », on the clocks of the place."""
    return wording.day_date(start_at.astimezone(_zone(zone)))


@register.simple_tag
def slot_hours(start_at: dt.datetime, end_at: dt.datetime, zone: str) -> str:
    """« 18 h 30 – 20 h 30 », on the clocks of the place."""
    there = _zone(zone)
    return wording.time_range(start_at.astimezone(there), end_at.astimezone(there))


def _written(write: Callable[[dt.date], str], value: dt.date | None) -> str:
    return "" if value is None else write(_local(value))


def _local[T: dt.date | dt.time](value: T) -> T:
    """An instant in UTC on the portal's clocks; anything else has a zone of its own, or needs none."""
    if isinstance(value, dt.datetime) and value.tzinfo is dt.UTC:
        return value.astimezone(timezone.get_current_timezone())
    return value
