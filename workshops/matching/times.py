"""When associations can come: what a request says of days and hours, on the clock of a site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Case, Field, Q, Value, When

from associations.models import Period, Request

NOON = dt.time(12)


def suits(request: Request, local: dt.datetime) -> bool:
    """Whether an evening that begins then is at a time that was wished."""
    day = local.date()
    return in_season(request, day) and weekday_suits(request, day) and hour_suits(request, local.time())


def in_season(request: Request, day: dt.date) -> bool:
    """Whether the association looks for a room at that time of the year."""
    return request.from_date <= day <= request.until_date


def weekday_suits(request: Request, day: dt.date) -> bool:
    """Whether it can come on that day of the week."""
    return not request.weekdays or day.isoweekday() in request.weekdays


def hour_suits(request: Request, time: dt.time) -> bool:
    """Whether it can come to what begins then."""
    return not request.periods or period_of(time) in request.periods


def begins_in(periods: Iterable[str]) -> Q:
    """Slots that begin at one of these times of the day, as `period_of` calls them."""
    evening = settings.EVENING_STARTS_AT
    hours = {
        Period.MORNING: Q(local_time__lt=NOON),
        Period.AFTERNOON: Q(local_time__gte=NOON, local_time__lt=evening),
        Period.EVENING: Q(local_time__gte=evening),
    }
    return reduce(or_, (hours[Period(period)] for period in periods))


def period_case(path: str, said: Callable[[Period], Any], field: Field[Any, Any]) -> Case:
    """In a query, what `period_of` says of a time, put as one likes."""
    return Case(
        When(**{f"{path}__gte": settings.EVENING_STARTS_AT}, then=Value(said(Period.EVENING))),
        When(**{f"{path}__gte": NOON}, then=Value(said(Period.AFTERNOON))),
        default=Value(said(Period.MORNING)),
        output_field=field,
    )


def period_of(time: dt.time) -> Period:
    """What people call this hour of the day."""
    if time >= settings.EVENING_STARTS_AT:
        return Period.EVENING
    return Period.AFTERNOON if time >= NOON else Period.MORNING
