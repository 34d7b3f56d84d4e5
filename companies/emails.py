"""What the people of a company are told about its openings: one function per mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.letters import Reader, in_organisation, managers_of, writing_to
from accounts.models import User
from companies.calendar import promises_off
from companies.confirmations import confirmation_path
from companies.models import Availability, Slot, SlotVolunteer, VolunteerProfile
from mail.kinds import Kind, by_day, on_a_clock, told_as
from territories.wording import long_date, time_range

# Who did not hear of a series that sleeps in so long is not told any more.
TOLD_WITHIN = dt.timedelta(days=30)


@by_day
@on_a_clock
def series_to_confirm(*, availability: Availability, now: dt.datetime) -> None:
    """To owners and managers: does the series still stand? Once when it is asked, once when its slots sleep."""
    due = availability.confirm_by_at
    assert due is not None
    asleep = due <= now
    fact = f"{availability.pk}:{due:%Y%m%dT%H%M%S}:{'asleep' if asleep else 'asked'}"
    company, zone = availability.room.site.company, availability.room.site.time_zone
    for manager in managers_of(company):
        with writing_to(manager) as post:
            post(
                "series_to_confirm",
                key=f"series_to_confirm:{fact}:{manager.pk}",
                context={
                    "company": company.name,
                    "room": availability.room.name,
                    "series": str(availability),
                    "asleep": asleep,
                    "due": long_date(due.astimezone(ZoneInfo(zone)).date()),
                    "url": settings.SITE_URL + confirmation_path(availability, manager.person),
                },
                about=f"series:{availability.pk}",
                on_behalf_of=f"companies:{company.pk}",
                not_after=due + TOLD_WITHIN if asleep else due,
                time_zone=zone,
                now=now,
            )


@told_as(Kind.VOLUNTEERING)
def stand_in_asked(*, promise: SlotVolunteer, colleague: User, now: dt.datetime) -> None:
    """To the other members: somebody cannot come, and seeks a stand-in."""
    asked, company = promise.stand_in_asked_at, promise.slot.room.site.company
    assert asked is not None
    with writing_to(in_organisation("member", company, colleague)) as post:
        post(
            "stand_in_asked",
            key=f"stand_in_asked:{promise.pk}:{asked:%Y%m%dT%H%M%S%f}:{colleague.pk}",
            context=_workshop(promise) | {"who": promise.volunteer.name, "url": _volunteering()},
            about=f"promise:{promise.pk}",
            on_behalf_of=f"companies:{company.pk}",
            not_after=promise.starts_at,
            time_zone=promise.slot.time_zone,
            now=now,
        )


def stand_in_found(*, promise: SlotVolunteer, by: User, now: dt.datetime) -> None:
    """To who asked: somebody comes in their place, and the evening leaves their calendar."""
    with writing_to(Reader(promise.volunteer)) as post:
        off, method = promises_off([promise], now=now)
        post(
            "stand_in_found",
            key=f"stand_in_found:{promise.pk}:{promise.volunteer.pk}:{by.pk}:{now:%Y%m%dT%H%M%S%f}",
            context=_workshop(promise) | {"who": by.name, "url": _volunteering()},
            calendar=off,
            calendar_method=method,
            not_after=promise.ends_at,
            now=now,
        )


def promises_ended(*, promises: list[SlotVolunteer], reason: str, now: dt.datetime, left_company: bool = False) -> None:
    """To one volunteer, in one mail: the evenings that they had promised are not offered any more, or not to them.

    And leave their calendar.
    """
    first = promises[0]
    with writing_to(Reader(first.volunteer)) as post:
        workshops = [_workshop(promise) for promise in promises]
        off, method = promises_off(promises, now=now)
        post(
            "promises_ended",
            key=f"promises_ended:{first.pk}:{first.volunteer.pk}",
            context={
                "company": workshops[0]["company"],
                "workshops": workshops,
                "reason": reason,
                "left_company": left_company,
                "url": _volunteering(),
            },
            calendar=off,
            calendar_method=method,
            not_after=max(promise.starts_at for promise in promises),
            priority=1,
            now=now,
        )


@told_as(Kind.ORGANISATION)
def volunteer_consent_asked(*, profile: VolunteerProfile, now: dt.datetime) -> None:
    """To the managers: a member wants to come on working time."""
    member = profile.membership
    url = settings.SITE_URL + reverse("workshops:volunteers", args=[member.company.slug])
    for manager in managers_of(member.company):
        with writing_to(manager) as post:
            post(
                "volunteer_consent_asked",
                key=f"volunteer_consent_asked:{profile.pk}:{now:%Y%m%dT%H%M%S%f}:{manager.pk}",
                context={
                    "company": member.company.name,
                    "who": member.user.name,
                    "hours": profile.pledged_hours,
                    "url": url,
                },
                about=f"volunteer:{profile.pk}",
                on_behalf_of=f"companies:{member.company_id}",
                time_zone=member.company.time_zone,
                now=now,
            )


def volunteer_consent_given(*, profile: VolunteerProfile, by: User, now: dt.datetime) -> None:
    """To the member: they may come on working time."""
    _tell_volunteer("volunteer_consent_given", profile, by, now)


def volunteer_consent_withdrawn(
    *, profile: VolunteerProfile, by: User, ended: list[SlotVolunteer], now: dt.datetime
) -> None:
    """To the member: not on working time any more; what was promised so has ended, and leaves their calendar."""
    _tell_volunteer("volunteer_consent_withdrawn", profile, by, now, ended)


def _tell_volunteer(
    template: str, profile: VolunteerProfile, by: User, now: dt.datetime, ended: Sequence[SlotVolunteer] = ()
) -> None:
    member = profile.membership
    with writing_to(Reader(member.user)) as post:
        off, method = promises_off(ended, now=now)
        post(
            template,
            key=f"{template}:{profile.pk}:{now:%Y%m%dT%H%M%S%f}",
            context={"company": member.company.name, "by": by.name, "url": _volunteering(), "ended": len(ended)},
            calendar=off,
            calendar_method=method,
            now=now,
        )


def as_volunteer(slot: Slot, person: User) -> Reader:
    """As somebody who has promised to come to this slot."""
    return Reader(person, f"volunteer:{slot.pk}:{person.pk}")


def _workshop(promise: SlotVolunteer) -> dict[str, object]:
    """When and where."""
    slot = promise.slot
    zone = ZoneInfo(slot.time_zone)
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return {
        "company": slot.room.site.company.name,
        "day": long_date(starts.date()),
        "hours": time_range(starts.time(), ends.time()),
        "place": f"{slot.room.name}, {slot.room.site.name}",
    }


def _volunteering() -> str:
    return settings.SITE_URL + reverse("workshops:volunteering")
