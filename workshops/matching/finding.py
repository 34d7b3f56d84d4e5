"""What may serve, read from the database: as few rows as indexes can tell apart, ranked by `judging` afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import LessThan

from accounts.vocabulary import Language
from associations.models import Association, Period, Request, RequestQuerySet
from companies.models import BookingMode, Slot, SlotQuerySet, SlotVolunteer, VolunteerProfile
from workshops.catalogue import bookable
from workshops.matching.known import NO_LESSON, brought, lessons_of, tried_by
from workshops.matching.pairs import A_METRE
from workshops.matching.reading import words_of
from workshops.matching.times import begins_in, period_of
from workshops.models import Dismissal

# A number, or what a query around says.
type One = int | OuterRef

# Of slots that serve a request, so many are ranked, the soonest ones.
LOOKED_AT = 2_000


def slots_for(request: Request, now: dt.datetime) -> list[Slot]:
    """Bookable slots that serve a request, soonest first."""
    return list(serving(bookable(now), request).with_place().order_by("starts_at", "pk")[:LOOKED_AT])


def serving(slots: SlotQuerySet, request: Request) -> SlotQuerySet:
    """Of these slots, those that serve the request, whatever is asked of them besides."""
    found = _near(slots.filter(_asked(request)), request)
    for language in request.languages:
        found = found.filter(Exists(_who_speaks(language)))
    return _without_dismissed(found.exclude(Exists(tried_by(request.association_id, OuterRef("pk")))), request)


def _asked(request: Request) -> Q:
    """By cells and dates, which an index knows, and what else is said of a slot itself."""
    day = dt.timedelta(days=1)
    since = dt.datetime.combine(request.from_date, dt.time(), dt.UTC) - day
    until = dt.datetime.combine(request.until_date, dt.time(), dt.UTC) + 2 * day
    asked = Q(
        cell__in=request.cells,
        starts_at__range=(since, until),
        local_date__range=(request.from_date, request.until_date),
        places__gte=request.participants,
        computers__gte=request.computers,
    )
    if request.weekdays:
        asked &= Q(weekday__in=request.weekdays)
    if request.periods:
        asked &= begins_in(request.periods)
    if request.association.state != Association.State.ADMITTED:
        asked &= Q(booking_mode=BookingMode.ON_APPROVAL)
    return asked & Q(room__site__step_free=True) if request.step_free else asked


def _near(slots: SlotQuerySet, request: Request) -> SlotQuerySet:
    """Around its commune; in the same département where nobody published the commune's point."""
    point = request.commune.point
    if point is None:
        return slots.filter(room__site__commune__departement=request.commune.departement_id)
    return slots.around(latitude=point[0], longitude=point[1], kilometres=request.radius_km)


def _who_speaks(language: str) -> QuerySet[SlotVolunteer]:
    """Promises, to a slot of the query around, of members who say that they speak it."""
    profile = VolunteerProfile.objects.filter(
        membership__user=OuterRef("volunteer"),
        membership__company=OuterRef("slot__room__site__company"),
        languages__contains=[language],
    )
    promises = SlotVolunteer.objects.filter(slot=OuterRef("pk"), stand_in_asked_at=None)
    return promises.filter(Exists(profile))


def _without_dismissed(slots: SlotQuerySet, request: Request) -> SlotQuerySet:
    """Without those that the association has said are not for it, and what that teaches about others."""
    dismissed = Dismissal.objects.filter(request=request)
    sites = dismissed.filter(why=Dismissal.Why.SITE).values("site")
    lessons = lessons_of([request.pk]).get(request.pk, NO_LESSON)
    left = slots.exclude(pk__in=dismissed.values("slot")).exclude(room__site__in=sites)
    left = left.exclude(weekday__in=[day for day in range(1, 8) if lessons.days >> day & 1])
    if lessons.periods:
        left = left.exclude(begins_in(words_of(lessons.periods, Period)))
    if lessons.nearer_than_km < np.inf:
        left = left.filter(LessThan(F("distance_km"), lessons.nearer_than_km - A_METRE))
    return left


def requests_for(slot: Slot, now: dt.datetime) -> RequestQuerySet:
    """Open requests that a slot may serve."""
    [found] = requests_for_each([slot], now)
    return found


def requests_for_each(slots: Sequence[Slot], now: dt.datetime) -> list[RequestQuerySet]:
    """The same for each of some slots."""
    known = brought([slot.pk for slot in slots])
    return [_requests_for(slot, words_of(known.get(slot.pk, (0, 0))[1], Language), now) for slot in slots]


def _requests_for(slot: Slot, spoken: Sequence[str], now: dt.datetime) -> RequestQuerySet:
    open_now: RequestQuerySet = Request.objects.open(now).filter(
        Q(weekdays__len=0) | Q(weekdays__contains=[slot.weekday]),
        Q(periods__len=0) | Q(periods__contains=[period_of(slot.local_time)]),
        cells__contains=[slot.cell],
        participants__lte=slot.places,
        computers__lte=slot.computers,
        from_date__lte=slot.local_date,
        until_date__gte=slot.local_date,
        languages__contained_by=spoken,
    )
    if not slot.room.site.step_free:
        open_now = open_now.filter(step_free=False)
    if slot.booking_mode == BookingMode.INSTANT:
        open_now = open_now.filter(association__state=Association.State.ADMITTED)
    refused = not_for(OuterRef("pk"), OuterRef("association"), slot=slot.pk, site=slot.room.site_id)
    wanted: RequestQuerySet = open_now.exclude(refused)
    return wanted


def not_for(request: One, association: One, *, slot: One, site: One) -> Q:
    """Whether an association has refused a slot or its site for its request, or has asked for it already or in vain."""
    return Q(Exists(refusals_of(request, slot=slot, site=site))) | Q(Exists(tried_by(association, slot)))


def refusals_of(request: One, *, slot: One, site: One) -> QuerySet[Dismissal]:
    """What an association has said against a slot itself, or its site, for its request."""
    return Dismissal.objects.filter(Q(slot=slot) | Q(why=Dismissal.Why.SITE, site=site), request=request)
