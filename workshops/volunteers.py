"""Which dates ask for volunteers, and the hours that they gave: those that somebody said they were there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import User
from companies.models import (
    Company,
    Engagement,
    Membership,
    Slot,
    SlotQuerySet,
    SlotVolunteer,
    SlotVolunteerQuerySet,
    VolunteerProfile,
)
from mail.models import Message
from workshops.models import AttendanceQuerySet, Booking, BookingQuerySet, LostPromise, WorkshopQuerySet

CALL = "volunteers_missing"
SATURDAY, SUNDAY = 6, 7
MOMENTS = {"evening": Q(weekday__lt=SATURDAY), "saturday": Q(weekday=SATURDAY), "sunday": Q(weekday=SUNDAY)}


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


def with_booked(promises: SlotVolunteerQuerySet) -> SlotVolunteerQuerySet:
    """Each with `booked`: whether a workshop takes place on its evening."""
    return promises.annotate(booked=Exists(Booking.objects.agreed().filter(slot=OuterRef("slot"))))


def is_booked(promise: SlotVolunteer) -> bool:
    """The same of one."""
    return bool(booked_among([promise]))


def booked_among(promises: Collection[SlotVolunteer]) -> set[int]:
    """The numbers of the slots of these promises at which a workshop takes place."""
    slots = [one.slot_id for one in promises]
    return set(Booking.objects.agreed().filter(slot__in=slots).values_list("slot", flat=True))


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
    """Those with a free seat, at an hour at which the person has promised nothing, booked ones first.

    Without what cannot take place as things are: nobody booked it, and nobody can.
    """
    asked_for = (Booking.objects.live(now) | Booking.objects.awaiting_answer(now)).filter(slot=OuterRef("pk"))
    slots = slots.filter(Q(Exists(asked_for)) | Q(pk__in=Slot.objects.open(now).values("pk")))
    promises = SlotVolunteer.objects.filter(slot=OuterRef("pk")).order_by().values("slot")
    joined = Coalesce(Subquery(promises.annotate(count=Count("pk")).values("count")), 0)
    own = SlotVolunteer.objects.filter(volunteer=user)
    busy = own.filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    free = slots.exclude(Exists(busy)).annotate(joined=joined).filter(volunteers_offered__gt=F("joined"))
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


def short_of_volunteers(bookings: BookingQuerySet) -> BookingQuerySet:
    """Those of whose slots volunteers are `missing`, each with how many, as `missing` counts."""
    sure = Count("slot__volunteers", filter=Q(slot__volunteers__stand_in_asked_at=None))
    return bookings.annotate(missing=F("slot__volunteers_offered") - sure).filter(missing__gt=0)


def missing(slot: Slot) -> int:
    """How many volunteers a slot still needs: free seats, and those whose holder seeks a stand-in."""
    sure = SlotVolunteer.objects.filter(slot=slot, stand_in_asked_at=None).count()
    return max(slot.volunteers_offered - sure, 0)


def uncalled(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """Those for which nobody was called, or a promise was lost since whose seat nobody took over at that instant."""
    about = Concat(Value("booking:"), Cast(OuterRef("booking_id"), TextField()))
    calls = Message.objects.filter(about=about, template=CALL).order_by("-created_at")
    called = workshops.annotate(called_at=Subquery(calls.values("created_at")[:1]))
    taken_over = SlotVolunteer.objects.filter(slot=OuterRef("slot"), joined_at=OuterRef("lost_at"))
    lost = LostPromise.objects.filter(slot=OuterRef("booking__slot"), lost_at__gt=OuterRef("called_at"))
    return called.untold(CALL) | called.filter(Exists(lost.exclude(Exists(taken_over))))


def could_come(slot: Slot) -> list[User]:
    """Members of the company whom this date suits, as they said, and who have promised nothing at that time."""
    busy = SlotVolunteer.objects.filter(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    members = Membership.objects.filter(company=slot.room.site.company_id, user__is_active=True)
    free = members.exclude(user__in=busy.values("volunteer")).select_related("user", "volunteer_profile")
    suited = free.prefetch_related("volunteer_profile__sites").order_by("user")
    return [one.user for one in suited if _suits(slot, getattr(one, "volunteer_profile", None))]


def _suits(slot: Slot, profile: VolunteerProfile | None) -> bool:
    if profile is None:
        return True
    weekday = slot.starts_on.isoweekday()
    moment = {SATURDAY: "saturday", SUNDAY: "sunday"}.get(weekday, "evening")
    sites = {site.pk for site in profile.sites.all()}
    return (not profile.moments or moment in profile.moments) and (not sites or slot.room.site_id in sites)


def hours_given(presences: AttendanceQuerySet, now: dt.datetime) -> dict[int, Hours]:
    """Hours of such presences, by the number of the volunteer; of those who closed their account nobody's."""
    own = presences.there(now).filter(volunteer__isnull=False).order_by().values("volunteer")
    at_work = Sum(F("minutes") - F("own_minutes"), filter=Q(engagement_type=Engagement.MECENAT), default=0)
    rows = own.annotate(every=Sum("minutes"), at_work=at_work)
    return {row["volunteer"]: Hours((row["every"] - row["at_work"]) / 60, row["at_work"] / 60) for row in rows}
