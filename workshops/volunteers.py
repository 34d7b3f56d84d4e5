"""Which dates ask for volunteers, and the hours that they gave. Hours are counted from workshops that were booked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from companies.models import Company, Engagement, Slot, SlotQuerySet, SlotVolunteer, VolunteerProfile
from workshops.models import Booking

MOMENTS = {"evening": Q(weekday__lte=5), "saturday": Q(weekday=6), "sunday": Q(weekday=7)}


class Hours(NamedTuple):
    """Hours given in a year, on either time."""

    benevolat: float
    mecenat: float

    @property
    def both(self) -> float:
        return self.benevolat + self.mecenat


class Date(NamedTuple):
    """A date that volunteers may join."""

    slot: Slot
    booked: bool
    own: SlotVolunteer | None
    joined: int
    stand_ins: list[SlotVolunteer]

    @property
    def free(self) -> int:
        return self.slot.volunteers_offered - self.joined


def joinable(user: User, now: dt.datetime) -> SlotQuerySet:
    """Coming slots that offer volunteers, of the companies of which the person is a member; `booked` tells which are.

    Each has its promises, in the same two queries.
    """
    taken = Booking.objects.agreed().filter(slot=OuterRef("pk"))
    return (
        Slot.objects.filter(room__site__company__in=Company.objects.of_member(user))
        .filter(starts_at__gt=now, state=Slot.State.OPEN, volunteers_offered__gt=0)
        .annotate(booked=Exists(taken))
        .with_place()
        .prefetch_related(Prefetch("volunteers", SlotVolunteer.objects.select_related("volunteer")))
        .order_by("starts_at", "pk")
    )


def fitting(slots: SlotQuerySet, profiles: Iterable[VolunteerProfile]) -> SlotQuerySet:
    """Those that fit what the person said of each company; all of a company of which they said nothing."""
    unwanted = Q()
    for profile in profiles:
        of_company = Q(room__site__company=profile.membership.company_id)
        if profile.moments:
            wanted = Q()
            for moment in profile.moments:
                wanted |= MOMENTS[moment]
            unwanted |= of_company & ~wanted
        if sites := [site.pk for site in profile.sites.all()]:
            unwanted |= of_company & ~Q(room__site__in=sites)
    return slots.exclude(unwanted) if unwanted else slots


def wanting(slots: SlotQuerySet, user: User, now: dt.datetime) -> SlotQuerySet:
    """Those with a free seat that the person has not promised to join, booked ones first.

    Without what cannot take place as things are: nobody booked it, and nobody can.
    """
    asked_for = (Booking.objects.live(now) | Booking.objects.awaiting_answer(now)).filter(slot=OuterRef("pk"))
    slots = slots.filter(Q(Exists(asked_for)) | Q(pk__in=Slot.objects.open(now).values("pk")))
    promises = SlotVolunteer.objects.filter(slot=OuterRef("pk")).order_by().values("slot")
    joined = Coalesce(Subquery(promises.annotate(count=Count("pk")).values("count")), 0)
    free = slots.exclude(volunteers__volunteer=user).annotate(joined=joined).filter(volunteers_offered__gt=F("joined"))
    return free.order_by(F("booked").desc(), "starts_at", "pk")


def dates(slots: Iterable[Slot], user: User) -> list[Date]:
    """What a person may do with each slot."""
    found = []
    for slot in slots:
        promises = list(slot.volunteers.all())
        own = next((one for one in promises if one.volunteer_id == user.pk), None)
        wanted = [one for one in promises if one.stand_in_asked_at is not None and one.volunteer_id != user.pk]
        found.append(Date(slot, getattr(slot, "booked", False), own, len(promises), wanted if own is None else []))
    return found


def hours_given(promises_of: Q, *, now: dt.datetime, year: int | None = None) -> dict[int, Hours]:
    """Hours by the number of the volunteer, of such promises whose workshop took place, in a year or ever."""
    held = Booking.objects.agreed().filter(slot=OuterRef("slot"))
    done = SlotVolunteer.objects.filter(promises_of, Exists(held), ends_at__lte=now)
    if year is not None:
        done = done.filter(slot__local_date__year=year)
    rows = done.values("volunteer", "engagement_type").annotate(time=Sum(F("ends_at") - F("starts_at"))).order_by()
    given: dict[int, dict[str, float]] = defaultdict(dict)
    for row in rows:
        given[row["volunteer"]][row["engagement_type"]] = row["time"].total_seconds() / 3600
    return {
        user: Hours(by_time.get(Engagement.BENEVOLAT, 0.0), by_time.get(Engagement.MECENAT, 0.0))
        for user, by_time in given.items()
    }
