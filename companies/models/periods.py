"""Periods and wall clocks, as PostgreSQL computes them."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func


class TsTzRange(Func):
    """The half-open period [start, end) as PostgreSQL compares it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class WallClock(Func):
    """An instant as the clock on the wall shows it in a zone: a timestamp without zone."""

    function = "timezone"
    arity = 2
