"""What the portal keeps of a person, as that person may take it along (RGPD, articles 15 and 20)."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from associations.models import Membership as AssociationMembership
from companies.models import Membership as CompanyMembership
from companies.models import SlotVolunteer, VolunteerProfile
from mail.models import Preferences
from workshops.models import Attendance, CalendarFeed, Certificate, LostPromise, SavedSearch, WorkshopNote


def own_data(user: User) -> dict[str, Any]:
    """Plain values, ready for JSON.

    Account and memberships; what is said as a volunteer, and of mail; promises, hours and certificates; agendas that
    are followed and searches that are kept; words to the other side of a workshop. Instants are ISO 8601 in UTC.
    Organisations' own records (bookings, requests) belong to the organisations.
    """
    companies = (
        CompanyMembership.objects.filter(user=user)
        .select_related("company", "volunteer_profile")
        .prefetch_related("volunteer_profile__sites")
    )
    associations = AssociationMembership.objects.filter(user=user).select_related("association")
    promises = SlotVolunteer.objects.filter(volunteer=user).with_place().order_by("starts_at", "pk")
    lost = LostPromise.objects.filter(volunteer=user).order_by("lost_at", "pk")
    presences = Attendance.objects.filter(volunteer=user).with_place()
    certificates = Certificate.objects.filter(volunteer=user)
    feeds = CalendarFeed.objects.filter(user=user).order_by("created_at", "pk")
    searches = SavedSearch.objects.filter(user=user).order_by("created_at", "pk")
    words = WorkshopNote.objects.filter(created_by=user)
    return {
        "account": {
            "name": user.name,
            "email": user.email,
            "language": user.language,
            "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
            "date_joined": user.date_joined,
            "last_login": user.last_login,
        },
        "memberships": [
            {"organisation": one.company.name, "role": one.role, "joined_at": one.joined_at} for one in companies
        ]
        + [
            {"organisation": one.association.name, "role": one.role, "joined_at": one.joined_at} for one in associations
        ],
        "volunteer_profiles": [
            _profile(one.company.name, one.volunteer_profile) for one in companies if hasattr(one, "volunteer_profile")
        ],
        "mail": list(Preferences.objects.filter(address=user.email).values()),
        "promises": [_promise(one) for one in promises],
        "lost_promises": list(
            lost.values("slot__room__site__company__name", "slot__room__site__name", "slot__starts_at", "lost_at")
        ),
        "presences": [_presence(one) for one in presences.order_by("told_at", "pk")],
        "certificates": list(certificates.order_by("issued_at", "pk").values("code", "company__name", "year")),
        "calendar_feeds": list(
            feeds.values("site__name", "company__name", "association__name", "created_at", "closed_at")
        ),
        "saved_searches": list(searches.values("name", "query", "frequency", "created_at")),
        "words": list(words.order_by("created_at", "pk").values("kind", "text", "created_at")),
    }


def _profile(company: str, profile: VolunteerProfile) -> dict[str, Any]:
    kept = ("topics", "levels", "languages", "moments", "pledged_hours", "engagement_type")
    stamps = ("consented_at", "guidance_read_at", "created_at")
    sites = [site.name for site in profile.sites.all()]
    return {"company": company, "sites": sites, **{name: getattr(profile, name) for name in kept + stamps}}


def _presence(presence: Attendance) -> dict[str, Any]:
    slot = presence.workshop.booking.slot
    return {
        "company": slot.room.site.company.name,
        "starts_at": slot.starts_at,
        "minutes": presence.minutes,
        "own_minutes": presence.own_minutes,
        "engagement_type": presence.engagement_type,
        "is_reported": presence.is_reported,
    }


def _promise(promise: SlotVolunteer) -> dict[str, Any]:
    site = promise.slot.room.site
    return {
        "company": site.company.name,
        "site": site.name,
        "room": promise.slot.room.name,
        "starts_at": promise.starts_at,
        "ends_at": promise.ends_at,
        "engagement_type": promise.engagement_type,
        "joined_at": promise.joined_at,
        "stand_in_asked_at": promise.stand_in_asked_at,
    }
