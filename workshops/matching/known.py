"""What is read beside requests and slots before they are ranked: weights, what volunteers bring, words kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.vocabulary import Language, Topic
from associations.models import Request
from companies.models import Slot, SlotVolunteer, VolunteerProfile
from workshops.matching.pairs import WHOLE, Column
from workshops.matching.reading import bits, period_bit
from workshops.models import Booking, Dismissal, Reason, Standing, Weighting

# Numbers, or a query that finds them.
type Some = Collection[int] | QuerySet[Any, Any]


class Lessons(NamedTuple):
    """What an association has refused for one request: days and periods (bits), and from how far on it is too far."""

    days: int
    periods: int
    nearer_than_km: float


NO_LESSON = Lessons(0, 0, np.inf)


class Refused(NamedTuple):
    """What is proposed no more, as pairs of numbers.

    A request and a slot, a request and a site, and an association and a slot that it has tried to book.
    """

    slots: Collection[tuple[int, int]] = ()
    sites: Collection[tuple[int, int]] = ()
    tried: Collection[tuple[int, int]] = ()


class Known(NamedTuple):
    """Who has no row here brings nothing, keeps its word, and was never served."""

    weights: Mapping[str, int]
    brought: Mapping[int, tuple[int, int]]
    companies: Mapping[int, int]
    associations: Mapping[int, tuple[int, int]]
    lessons: Mapping[int, Lessons]
    refused: Refused = Refused()

    @classmethod
    def nothing(cls) -> Known:
        """Where nothing is ranked."""
        return cls({}, {}, {}, {}, {})

    @classmethod
    def refusals(cls, requests: Collection[Request], slots: Some = ()) -> Known:
        """The same, but for what was refused."""
        lessons, refused = _refused({one.pk for one in requests}, {one.association_id for one in requests}, slots)
        return cls.nothing()._replace(lessons=lessons, refused=refused)

    @classmethod
    def of(cls, requests: Sequence[Request], slots: Sequence[Slot]) -> Known:
        """About these requests and slots."""
        return cls.numbered(
            companies={slot.room.site.company_id for slot in slots},
            associations={request.association_id for request in requests},
            slots=[slot.pk for slot in slots],
            requests=[request.pk for request in requests],
        )

    @classmethod
    def numbered(cls, *, companies: Some, associations: Some, slots: Some, requests: Some) -> Known:
        """The same by numbers."""
        standings = Standing.objects.filter(Q(company__in=companies) | Q(association__in=associations))
        return cls._said(standings, slots, *_refused(requests, associations, slots))

    @classmethod
    def of_all(cls, requests: QuerySet[Request], slots: QuerySet[Slot]) -> Known:
        """About all that these queries find, and everybody's standing; without what was refused, slot by slot."""
        lessons = lessons_of(requests.order_by().values("pk"))
        return cls._said(Standing.objects.all(), slots.order_by().values("pk"), lessons, Refused())

    @classmethod
    def _said(
        cls, standings: QuerySet[Standing], slots: Some, lessons: Mapping[int, Lessons], refused: Refused
    ) -> Known:
        kept = list(standings)
        return cls(
            Weighting.current().weights,
            brought(slots),
            {one.company_id: one.share for one in kept if one.company_id},
            {one.association_id: (one.share, one.served) for one in kept if one.association_id},
            lessons,
            refused,
        )

    def brought_to(self, slots: Collection[int]) -> Column:
        """A line for each slot: topics and languages."""
        return np.array([self.brought.get(slot, (0, 0)) for slot in slots], np.int64).reshape(-1, 2)

    def brought_to_all(self, slots: Column) -> Column:
        """The same of very many slots, to few of which anybody comes."""
        found = np.zeros((len(slots), 2), np.int64)
        numbers = np.array(sorted(self.brought), np.int64)
        if len(numbers):
            at = np.minimum(np.searchsorted(numbers, slots), len(numbers) - 1)
            taught = numbers[at] == slots
            found[taught] = self.brought_to(numbers.tolist())[at[taught]]
        return found

    def kept_by_companies(self, companies: Collection[int]) -> Column:
        return np.array([self.companies.get(company, WHOLE) for company in companies], np.int64)

    def of_requests(self, requests: Collection[tuple[int, int]]) -> dict[str, Column]:
        """By number and association: how far each keeps its word, how often it was served, what it has refused."""
        told = [self.associations.get(association, (WHOLE, 0)) for _, association in requests]
        kept, served = np.array(told, np.int64).reshape(-1, 2).T
        learnt = [self.lessons.get(request, NO_LESSON) for request, _ in requests]
        return {
            "kept": kept,
            "served": served,
            "refused_days": np.array([one.days for one in learnt], np.int64),
            "refused_periods": np.array([one.periods for one in learnt], np.int64),
            "nearer_than_km": np.array([one.nearer_than_km for one in learnt], np.float64),
        }

    def are_refused(self, requests: Sequence[tuple[int, int]], slots: Sequence[tuple[int, int]]) -> Column:
        """Of each request (a line; its number and association) and slot (a column; its number and site)."""
        found = np.zeros((len(requests), len(slots)), np.bool_)
        line, own = _places(requests)
        column, there = _places(slots)
        for request, slot in self.refused.slots:
            found[np.ix_(line[request], column[slot])] = True
        for request, site in self.refused.sites:
            found[np.ix_(line[request], there[site])] = True
        for association, slot in self.refused.tried:
            found[np.ix_(own[association], column[slot])] = True
        return found


def _places(pairs: Sequence[tuple[int, int]]) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    """Where each number stands, of the first ones and of the second ones."""
    first, second = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for place, (one, other) in enumerate(pairs):
        first[one].append(place)
        second[other].append(place)
    return first, second


def asked() -> QuerySet[Booking]:
    """What associations wait for an answer about."""
    return Booking.objects.filter(state=Booking.State.PENDING)


def tried() -> QuerySet[Booking]:
    """These, and what ended with a reason that its company or its association gave: it is not proposed to it again.

    A slot that went to another date or was taken back is another matter, and so is one that was kept and left: that is
    a dismissal, of one request.
    """
    no_answer = Q(reason_code__in=["", Reason.RESCHEDULED, Reason.WITHDRAWN, Reason.MOVED])
    ended = Q(state__in=[Booking.State.DECLINED, Booking.State.CANCELLED_BY_ASSOCIATION]) & ~no_answer
    return Booking.objects.filter(ended | Q(state=Booking.State.PENDING))


def tried_by(association: int | OuterRef, slot: int | OuterRef) -> QuerySet[Booking]:
    """The same of one association and one slot."""
    return tried().filter(association=association, slot=slot)


def brought(slots: Some) -> dict[int, tuple[int, int]]:
    """Topics and languages (bits) of those who have promised to come to each of these slots, and still do."""
    profile = VolunteerProfile.objects.filter(
        membership__user=OuterRef("volunteer"), membership__company=OuterRef("slot__room__site__company")
    )
    rows = SlotVolunteer.objects.filter(slot__in=slots, stand_in_asked_at=None).values_list(
        "slot", Subquery(profile.values("topics")), Subquery(profile.values("languages"))
    )
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for slot, topics, languages in rows:
        before = found[slot]
        found[slot] = (before[0] | bits(topics or (), Topic), before[1] | bits(languages or (), Language))
    return dict(found)


def spoken_in(companies: Some) -> dict[int, int]:
    """Languages (bits) of all who volunteer for each of these companies."""
    profiles = VolunteerProfile.objects.filter(membership__company__in=companies)
    found = defaultdict[int, int](int)
    for company, languages in profiles.values_list("membership__company", "languages"):
        found[company] |= bits(languages, Language)
    return dict(found)


def lessons_of(requests: Some) -> dict[int, Lessons]:
    """What is learnt from slots that these requests have dismissed; slots and sites themselves are `Refused`."""
    return _lessons(_dismissals(requests))


def _dismissals(requests: Some) -> list[tuple[Any, ...]]:
    said = ("weekday", "local_time", "distance_km", "slot", "site")
    return list(Dismissal.objects.filter(request__in=requests).values_list("request", "why", *said))


def _lessons(dismissals: Iterable[tuple[Any, ...]]) -> dict[int, Lessons]:
    found: dict[int, Lessons] = {}
    for request, why, weekday, time, km, *_ in dismissals:
        before = found.get(request, NO_LESSON)
        found[request] = Lessons(
            before.days | (1 << weekday if why == Dismissal.Why.DAY else 0),
            before.periods | (period_bit(time) if why == Dismissal.Why.HOUR else 0),
            min(before.nearer_than_km, km if why == Dismissal.Why.FAR and km is not None else np.inf),
        )
    return found


def _refused(requests: Some, associations: Some, slots: Some) -> tuple[Mapping[int, Lessons], Refused]:
    rows = _dismissals(requests)
    had = tried().filter(association__in=associations, slot__in=slots).values_list("association", "slot")
    of_slots = {(request, slot) for request, *_, slot, _ in rows}
    of_sites = {(request, site) for request, why, *_, site in rows if why == Dismissal.Why.SITE}
    return _lessons(rows), Refused(of_slots, of_sites, set(had))
