"""How well slots serve requests, one pair or a million at once: arithmetic alone, no query and no clock.

Facts are columns: NumPy arrays with a value for each request, or each slot, or one value that holds for all. Pairs are
made by broadcasting, so the same lines judge one request among a million slots and one slot among all requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntFlag
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from territories.great_circles import kilometres_between_all
from workshops.models import OF_REQUEST, Part

type Column = NDArray[Any]
# Each part of a merit is counted in thousandths, in whole numbers: the same on every machine.
WHOLE = 1000
NOTHING: Column = np.zeros((), np.int64)
# So many days ahead, nobody needs more to gather a group.
AT_EASE_DAYS = 21
# A request that ends within so many days is the more urgent the sooner it ends.
URGENT_DAYS = 56


class Condition(IntFlag):
    """What a slot must have, or it does not serve. Several may fail at once."""

    DATES = 1
    DAYS = 2
    PERIODS = 4
    PLACES = 8
    COMPUTERS = 16
    DISTANCE = 32
    ACCESS = 64
    LANGUAGES = 128
    DISMISSED = 256


class Wants(NamedTuple):
    """What requests ask for.

    Days are ordinals of the calendar; sets of days of the week, periods, topics and languages are the bits of a
    number; a point is in degrees, NaN where nobody published one. What was refused is what an association said of
    slots that were proposed for this request.
    """

    participants: Column
    computers: Column
    volunteers: Column
    radius_km: Column
    latitude: Column
    longitude: Column
    departement: Column
    from_day: Column
    until_day: Column
    weekdays: Column
    periods: Column
    wished: Column
    topics: Column
    languages: Column
    step_free: Column
    posted_day: Column
    kept: Column
    served: Column
    refused_days: Column
    refused_periods: Column
    nearer_than_km: Column

    def crossed(self) -> Wants:
        """Each held against every offer: a line a request, a column an offer."""
        return Wants(*(column[:, np.newaxis] for column in self))


class Offers(NamedTuple):
    """What slots offer, on the clock of their site. Of volunteers, the topics and languages of those who promised."""

    places: Column
    computers: Column
    volunteers: Column
    latitude: Column
    longitude: Column
    departement: Column
    day: Column
    weekday: Column
    period: Column
    topics: Column
    languages: Column
    step_free: Column
    posted_day: Column
    kept: Column


class Pairs:
    """Requests and slots, pair by pair, on a day (an ordinal); with the distance of each, where it is known already."""

    def __init__(self, wants: Wants, offers: Offers, *, today: int, km: Column | None = None) -> None:
        self.wants, self.offers, self.today = wants, offers, today
        if km is not None:
            self.km = km

    @cached_property
    def km(self) -> Column:
        """From where a request looks to the site of a slot; NaN where nobody published the point."""
        wants, offers = self.wants, self.offers
        return kilometres_between_all((wants.latitude, wants.longitude), (offers.latitude, offers.longitude))

    @cached_property
    def unmet(self) -> Column:
        """The conditions that fail, as bits of `Condition`; 0 where the slot serves the request."""
        wants, offers = self.wants, self.offers
        beside = np.isnan(self.km) & (wants.departement == offers.departement)
        met = {
            Condition.DATES: (wants.from_day <= offers.day) & (offers.day <= wants.until_day),
            Condition.DAYS: (wants.weekdays == 0) | (wants.weekdays & offers.weekday != 0),
            Condition.PERIODS: (wants.periods == 0) | (wants.periods & offers.period != 0),
            Condition.PLACES: offers.places >= wants.participants,
            Condition.COMPUTERS: offers.computers >= wants.computers,
            Condition.DISTANCE: (self.km <= wants.radius_km) | beside,
            Condition.ACCESS: offers.step_free | ~wants.step_free,
            Condition.LANGUAGES: wants.languages & ~offers.languages == 0,
            Condition.DISMISSED: (wants.refused_days & offers.weekday == 0)
            & (wants.refused_periods & offers.period == 0)
            & ~(self.km >= wants.nearer_than_km),
        }
        return sum((np.where(holds, 0, int(condition)) for condition, holds in met.items()), start=NOTHING)

    @cached_property
    def parts(self) -> Mapping[Part, Column]:
        """Of what one would rather have, how much each pair has: thousandths, more is better."""
        wants, offers = self.wants, self.offers
        near = np.where(np.isnan(self.km), 0.0, 1 - self.km / wants.radius_km)
        days_ahead = offers.day - np.maximum(wants.posted_day, offers.posted_day)
        return {
            Part.DISTANCE: _thousandths(near, 1),
            Part.SIZE: _thousandths(wants.participants, offers.places),
            Part.VOLUNTEERS: _of_what_is_wished(offers.volunteers, wants.volunteers),
            Part.TOPICS: _of_what_is_wished(_count(wants.topics & offers.topics), _count(wants.topics)),
            Part.WISH: np.where((wants.wished == 0) | (wants.wished & offers.weekday != 0), WHOLE, 0),
            Part.NOTICE: _of_what_is_wished(days_ahead, np.array(AT_EASE_DAYS)),
            Part.RELIABILITY: (wants.kept + offers.kept) // 2,
            Part.URGENCY: _thousandths(URGENT_DAYS - (wants.until_day - self.today), URGENT_DAYS),
            Part.FAIRNESS: WHOLE // (1 + wants.served),
        }

    def merit(self, weights: Mapping[str, int]) -> Column:
        """How good each pair is: its parts, each times its weight, in thousandths of a point."""
        return self._sum(weights, Part)

    def merit_of_slot(self, weights: Mapping[str, int]) -> Column:
        """The same without what is of the request alone: comparable from one day to another."""
        return self._sum(weights, [part for part in Part if part not in OF_REQUEST])

    def _sum(self, weights: Mapping[str, int], of: Iterable[Part]) -> Column:
        return sum((weights[part] * self.parts[part] for part in of), start=NOTHING)


def _count(words: Column) -> Column:
    """How many words a set holds."""
    return np.bitwise_count(words).astype(np.int64)


def _thousandths(some: Column | float, whole: Column | float) -> Column:
    """How much of a whole, from nothing to all of it."""
    return np.clip(np.floor_divide(WHOLE * some, whole), 0, WHOLE).astype(np.int64)


def _of_what_is_wished(given: Column, wished: Column) -> Column:
    """Who wishes nothing has all of it."""
    return np.where(wished == 0, WHOLE, _thousandths(given, np.maximum(wished, 1)))
