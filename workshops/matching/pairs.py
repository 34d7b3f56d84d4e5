"""How well slots serve requests, one pair or a million at once: arithmetic alone, no query and no clock.

Facts are columns: NumPy arrays with a value for each request, or each slot, or one value that holds for all. Pairs are
made by broadcasting, so the same lines judge one request among a million slots and one slot among all requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
NOT_REFUSED: Column = np.zeros((), np.bool_)
ALL_BOOKABLE: Column = np.ones((), np.bool_)
# Python, NumPy and PostgreSQL measure the same way to within less.
A_METRE = 0.001
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
    ADMISSION = 512
    BOOKABLE = 1024


class Wants(NamedTuple):
    """What requests ask for.

    Days are ordinals of the calendar; sets of days of the week, periods, topics and languages are the bits of a
    number; a point is in degrees, NaN where nobody published one. What was refused is what an association said of
    slots that were proposed for this request. Who is not admitted yet asks, and does not book at once.
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
    admitted: Column
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
    """What slots offer, on the clock of their site. Of volunteers, the topics and languages of those who promised.

    `bookable` says whether a slot can be had: of those that a query has found so, one value holds for all.
    """

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
    instant: Column
    step_free: Column
    posted_day: Column
    kept: Column
    bookable: Column


class Pairs:
    """Requests and slots, pair by pair, on a day (an ordinal); with the distance of each, where it is known already.

    `refused` are those that the association will have no more, whatever else they are.
    """

    def __init__(
        self, wants: Wants, offers: Offers, *, today: int, km: Column | None = None, refused: Column = NOT_REFUSED
    ) -> None:
        self.wants, self.offers, self.today, self.refused = wants, offers, today, refused
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
        return sum((np.where(self.met(condition), 0, int(condition)) for condition in Condition), start=NOTHING)

    def met(self, condition: Condition) -> Column:
        """Whether each pair meets one condition."""
        return _MET[condition](self)

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


def _near(pairs: Pairs) -> Column:
    """In the same département, where nobody published a point."""
    beside = np.isnan(pairs.km) & (pairs.wants.departement == pairs.offers.departement)
    near: Column = (pairs.km <= pairs.wants.radius_km) | beside
    return near


def _not_dismissed(pairs: Pairs) -> Column:
    wants, offers = pairs.wants, pairs.offers
    days, periods = wants.refused_days & offers.weekday == 0, wants.refused_periods & offers.period == 0
    wanted: Column = days & periods & ~(pairs.km > wants.nearer_than_km - A_METRE) & ~pairs.refused
    return wanted


_MET: Mapping[Condition, Callable[[Pairs], Column]] = {
    Condition.DATES: lambda pairs: (
        (pairs.wants.from_day <= pairs.offers.day) & (pairs.offers.day <= pairs.wants.until_day)
    ),
    Condition.DAYS: lambda pairs: _suits(pairs.wants.weekdays, pairs.offers.weekday),
    Condition.PERIODS: lambda pairs: _suits(pairs.wants.periods, pairs.offers.period),
    Condition.PLACES: lambda pairs: pairs.offers.places >= pairs.wants.participants,
    Condition.COMPUTERS: lambda pairs: pairs.offers.computers >= pairs.wants.computers,
    Condition.DISTANCE: _near,
    Condition.ACCESS: lambda pairs: pairs.offers.step_free | ~pairs.wants.step_free,
    Condition.LANGUAGES: lambda pairs: pairs.wants.languages & ~pairs.offers.languages == 0,
    Condition.DISMISSED: _not_dismissed,
    Condition.ADMISSION: lambda pairs: pairs.wants.admitted | (pairs.offers.instant == 0),
    Condition.BOOKABLE: lambda pairs: pairs.offers.bookable,
}


def _suits(wished: Column, given: Column) -> Column:
    """Who names none takes any."""
    suits: Column = (wished == 0) | (wished & given != 0)
    return suits


def _count(words: Column) -> Column:
    """How many words a set holds."""
    return np.bitwise_count(words).astype(np.int64)


def _thousandths(some: Column | float, whole: Column | float) -> Column:
    """How much of a whole, from nothing to all of it."""
    return np.clip(np.floor_divide(WHOLE * some, whole), 0, WHOLE).astype(np.int64)


def _of_what_is_wished(given: Column, wished: Column) -> Column:
    """Who wishes nothing has all of it."""
    return np.where(wished == 0, WHOLE, _thousandths(given, np.maximum(wished, 1)))
