"""What a volunteer is waited for: presences to say, colleagues who seek a stand-in, workshops that lack somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from companies.models import Membership, SlotQuerySet, SlotVolunteer
from workshops.actions.attending import OPENS_BEFORE, SAID_WITHIN
from workshops.models import Workshop, WorkshopQuerySet
from workshops.volunteers import Date, dates, fitting, joinable, wanting


def memberships_of(user: User) -> list[Membership]:
    """Companies of which the person is a member, each with the volunteer's profile if there is one, by name."""
    own = Membership.objects.filter(user=user).select_related("company", "volunteer_profile__membership")
    return list(own.prefetch_related("volunteer_profile__sites").order_by("company__name", "pk"))


def to_note(user: User, now: dt.datetime) -> WorkshopQuerySet:
    """Workshops that the person had promised, under way or over, of which nobody has said yet whether they came."""
    around = (
        Workshop.objects.presences_open()
        .exclude(state=Workshop.State.CANCELLED)
        .filter(booking__slot__starts_at__lte=now + OPENS_BEFORE, booking__slot__ends_at__gt=now - SAID_WITHIN)
    )
    own = around.filter(booking__slot__volunteers__volunteer=user).exclude(attendances__volunteer=user)
    return own.with_everything().order_by("booking__slot__starts_at", "pk")


def seeking(user: User, now: dt.datetime) -> SlotQuerySet:
    """Dates of which a volunteer seeks a stand-in."""
    return joinable(user, now).filter(volunteers__stand_in_asked_at__isnull=False).distinct()


def called_to(user: User, memberships: Collection[Membership], now: dt.datetime, *, within: dt.timedelta) -> list[Date]:
    """Dates that wait for the person's word, at which they have promised nothing.

    Of which a colleague seeks a stand-in, or booked, so soon, suiting the person, and with a free seat.
    """
    meanwhile = SlotVolunteer.objects.filter(
        volunteer=user, starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    companies = [one.company_id for one in memberships]
    free = joinable(user, now).filter(~Exists(meanwhile), room__site__company__in=companies)
    profiles = [one.volunteer_profile for one in memberships if hasattr(one, "volunteer_profile")]
    lacking = wanting(fitting(free, profiles), user, now).filter(Q(booked=True, starts_at__lte=now + within))
    asked = Q(pk__in=seeking(user, now).order_by().values("pk")) | Q(pk__in=lacking.order_by().values("pk"))
    return dates(free.filter(asked), user)
