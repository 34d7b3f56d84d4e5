"""Requests and slots as columns: what `pairs` counts with, from rows or from models, whatever their number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Choices

from accounts.vocabulary import Language, Topic
from associations.models import Association, Period, Request
from companies.models import BookingMode, Room, Slot
from workshops.matching.pairs import ALL_BOOKABLE, WHOLE, Column, Offers, Wants
from workshops.matching.times import period_of

type Row = Sequence[Any]


class _Fact(NamedTuple):
    """Where a column comes from (a path of Django's), and how its values become numbers."""

    path: str
    number: Callable[[Any], Any] | None = None
    dtype: type = np.int64

    def column(self, values: Sequence[Any]) -> Column:
        """What was read, as numbers."""
        return np.array([self.number(value) for value in values] if self.number else values, dtype=self.dtype)


def period_bit(time: dt.time) -> int:
    """What people call this hour of the day, as a bit."""
    return bit_of(period_of(time))


def bit_of(period: Period) -> int:
    return 1 << Period.values.index(period)


def bits(words: Iterable[str], choices: type[Choices]) -> int:
    """A set of words of a closed list as the bits of a number."""
    known = _places(choices)
    return sum(1 << known[word] for word in words)


@cache
def _places(choices: type[Choices]) -> dict[str, int]:
    return {word: at for at, word in enumerate(choices.values)}


def words_of(found: int, choices: type[Choices]) -> list[str]:
    """The words of a closed list that a set of bits holds."""
    return [word for at, word in enumerate(choices.values) if found >> at & 1]


def _bits_of(choices: type[Choices]) -> Callable[[Iterable[str]], int]:
    return lambda words: bits(words, choices)


def _days(days: Iterable[int]) -> int:
    return sum(1 << day for day in days)


def _day(day: dt.date) -> int:
    return day.toordinal()


def _degrees(degrees: float | None) -> float:
    return np.nan if degrees is None else degrees


def _departement(code: str) -> int:
    """« 2A » is a number of base 36, as every other code."""
    return int(code, 36)


WANTED = {
    "participants": _Fact("participants"),
    "computers": _Fact("computers"),
    "volunteers": _Fact("volunteers"),
    "radius_km": _Fact("radius_km"),
    "latitude": _Fact("commune__latitude", _degrees, np.float64),
    "longitude": _Fact("commune__longitude", _degrees, np.float64),
    "departement": _Fact("commune__departement_id", _departement),
    "from_day": _Fact("from_date", _day),
    "until_day": _Fact("until_date", _day),
    "weekdays": _Fact("weekdays", _days),
    "periods": _Fact("periods", _bits_of(Period)),
    "wished": _Fact("best_weekdays", _days),
    "topics": _Fact("topics", _bits_of(Topic)),
    "languages": _Fact("languages", _bits_of(Language)),
    "step_free": _Fact("step_free", None, np.bool_),
    "admitted": _Fact("association__state", lambda state: state == Association.State.ADMITTED, np.bool_),
    "posted_day": _Fact("created_at", _day),
}
# What a site says of all its slots.
SITE = "room__site__"
OFFERED = {
    "places": _Fact("places"),
    "computers": _Fact("computers"),
    "volunteers": _Fact("volunteers_offered"),
    "latitude": _Fact(f"{SITE}latitude", None, np.float64),
    "longitude": _Fact(f"{SITE}longitude", None, np.float64),
    "departement": _Fact(f"{SITE}commune__departement_id", _departement),
    "day": _Fact("local_date", _day),
    "weekday": _Fact("weekday", lambda day: 1 << day),
    "period": _Fact("local_time", period_bit),
    "instant": _Fact("booking_mode", lambda mode: mode == BookingMode.INSTANT, np.bool_),
    "step_free": _Fact(f"{SITE}step_free", bool, np.bool_),
    "posted_day": _Fact("created_at", _day),
}


def wants_of(rows: Iterable[Row], **known: Column) -> Wants:
    """From rows of the paths of `WANTED`, and what is known besides (`Known.of_requests`)."""
    return Wants(**_columns(WANTED, rows), **known)


def offers_of(rows: Iterable[Row], brought: Column, kept: Column, bookable: Column = ALL_BOOKABLE) -> Offers:
    """From rows of the paths of `OFFERED`; what the volunteers of each bring (topics, languages); the word kept.

    And whether each can be had, where the query has not asked for that.
    """
    topics, languages = brought.T if len(brought) else np.zeros((2, 0), np.int64)
    return Offers(**_columns(OFFERED, rows), topics=topics, languages=languages, kept=kept, bookable=bookable)


def paths(facts: Mapping[str, _Fact]) -> list[str]:
    """What a query reads for these columns."""
    return [fact.path for fact in facts.values()]


def row_of(model: Request | Slot) -> Row:
    """What `values_list` would give of a row that is loaded already."""
    facts = WANTED if isinstance(model, Request) else OFFERED
    row: Row = attrgetter(*(path.replace("__", ".") for path in paths(facts)))(model)
    return row


def _columns(facts: Mapping[str, _Fact], rows: Iterable[Row]) -> dict[str, Any]:
    values = list(zip(*rows, strict=True)) or [()] * len(facts)
    return {name: fact.column(given) for (name, fact), given in zip(facts.items(), values, strict=True)}


def offers_of_rooms(rooms: Sequence[Room]) -> Offers:
    """What rooms would offer whole, on a day that nobody has chosen yet."""
    undated, count = np.zeros(len(rooms), np.int64), len(rooms)
    known = [
        (room.capacity, room.computers, room.site.latitude, room.site.longitude, room.site.commune.departement_id)
        for room in rooms
    ]
    places, computers, latitude, longitude, departement = zip(*known, strict=True) if known else [()] * 5
    return Offers(
        places=np.array(places, np.int64),
        computers=np.array(computers, np.int64),
        latitude=np.array(latitude, np.float64),
        longitude=np.array(longitude, np.float64),
        departement=np.array([_departement(code) for code in departement], np.int64),
        step_free=np.array([bool(room.site.step_free) for room in rooms], np.bool_),
        instant=np.zeros(count, np.bool_),
        kept=np.full(count, WHOLE, np.int64),
        bookable=np.ones(count, np.bool_),
        **dict.fromkeys(("volunteers", "day", "weekday", "period", "topics", "languages", "posted_day"), undated),
    )
