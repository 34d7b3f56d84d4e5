"""What companies do: join, describe their sites and rooms, open slots and take them back."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least

from accounts.actions import members as accounts
from accounts.models import Role, User
from accounts.refusals import Refused, refusing
from companies.models import Availability, Company, Membership, Room, Site, Slot, SlotVolunteer
from companies.recurrence import Occurrence, is_evening_or_weekend, weekly_occurrences
from territories.french import long_date, wall_time
from territories.holidays import public_holiday

LONGEST_SEASON = dt.timedelta(days=366)
FARTHEST_AHEAD = dt.timedelta(days=2 * 366)


class DaytimeOpening(Refused):
    """The opening starts in office hours."""

    field = "start_time"


class SeasonTooLong(Refused):
    """More than a year of dates at once."""

    field = "until_date"


class NothingToOpen(Refused):
    """No date of the season can become a slot."""


class TooFarAhead(Refused):
    """The season ends later than anybody plans."""

    field = "until_date"


class SlotNotOpen(Refused):
    """The slot was withdrawn before."""


class AlreadyElsewhere(Refused):
    """The volunteer is in another workshop at that time, or in this one already."""


class SeasonRefused(NamedTuple):
    """A date that did not become a slot, and why."""

    starts_at: dt.datetime
    reason: str


class Season(NamedTuple):
    """What became of a publication: the slots made, those of them on a public holiday, and the dates refused."""

    slots: list[Slot]
    refused: list[SeasonRefused]
    holidays: list[tuple[dt.date, str]]


@transaction.atomic
def register_company(*, company: Company, by: User, now: dt.datetime) -> Company:
    """Save a new company, whose first owner is the person who registers it."""
    company.slug = Company.objects.free_slug(company.name)
    company.created_at = company.members_confirmed_at = now
    company.save()
    Membership.objects.create(company=company, user=by, role=Role.OWNER, joined_at=now)
    return company


@transaction.atomic
def describe_company(*, company: Company) -> Company:
    """Save what an owner corrected in the company's identity; its page keeps its address."""
    company.save()
    return company


@transaction.atomic
def remove_member(*, organisation: Company, member: Membership, by: User, now: dt.datetime) -> None:
    """Take a member out, or leave. What they promised for coming slots is taken back with it.

    Raises:
        accounts.actions.LastOwner: nobody would answer for the company any more.
    """
    accounts.remove_member(organisation=organisation, member=member, by=by, now=now)
    coming = SlotVolunteer.objects.filter(volunteer=member.user, starts_at__gt=now)
    coming.filter(slot__room__site__company=organisation).delete()


@transaction.atomic
def set_charter_standing(*, company: Company, since: dt.datetime | None, until: dt.datetime | None = None) -> None:
    """Record from when to when the company is a signatory; `since` None takes its slots out of the catalogue."""
    company.charter_approved_at, company.charter_until_at = since, until
    company.save(update_fields=["charter_approved_at", "charter_until_at"])


@transaction.atomic
def limit_charter_standings(*, until: dt.datetime) -> int:
    """A new version of the charter is out: signatories have until then to sign it. Returns how many there are."""
    signatories = Company.objects.filter(charter_approved_at__isnull=False)
    return signatories.update(charter_until_at=Least("charter_until_at", Value(until)))


@transaction.atomic
def add_site(*, company: Company, site: Site, now: dt.datetime) -> Site:
    """Give a company a site. Zone and, unless it was placed by hand, point come from the commune."""
    site.company = company
    site.created_at = now
    site.time_zone = site.commune.time_zone
    site.save()
    return site


@transaction.atomic
def add_room(*, site: Site, room: Room, now: dt.datetime) -> Room:
    """Give a site a room."""
    room.site = site
    room.site_max_visitors = site.max_visitors
    room.created_at = now
    room.save()
    return room


@transaction.atomic
def publish_availability(*, room: Room, availability: Availability, by: User, now: dt.datetime) -> Season:
    """Turn a weekly opening into dated slots.

    Dates that are past, or on which the room already has a slot, are refused one by one and the others kept.

    Raises:
        DaytimeOpening, SeasonTooLong, TooFarAhead, NothingToOpen: nothing is written.
    """
    zone = ZoneInfo(room.site.time_zone)
    if availability.until_date - availability.from_date > LONGEST_SEASON:
        raise SeasonTooLong("Publiez au plus un an à la fois\u00a0: rapprochez la date de fin.")
    if availability.until_date > (now + FARTHEST_AHEAD).date():
        raise TooFarAhead("Publiez au plus deux ans à l’avance\u00a0: rapprochez la date de fin.")
    dates = list(_occurrences(availability, zone))
    _refuse_daytime(dates)
    availability.room = room
    availability.created_at = now
    availability.created_by = by
    availability.save()
    candidates = [_slot(availability, room, date, now) for date in dates]
    season = _keep_possible(availability, candidates, now)
    if not season.slots:
        raise NothingToOpen(_nothing(season.refused))
    return season


def _nothing(refused: list[SeasonRefused]) -> str:
    """Why no date remains, and what to change."""
    if not refused:
        return "Aucune date ne tombe ces jours-là entre ces deux dates\u00a0: changez les jours ou les dates."
    first = refused[0]
    date = f"{long_date(first.starts_at.date())}, {first.reason}"
    return f"Aucune date ne peut être ouverte ({date})\u00a0: changez l’heure, les dates ou le délai de prévenance."


def _occurrences(availability: Availability, zone: ZoneInfo) -> list[Occurrence]:
    return list(
        weekly_occurrences(
            weekdays=availability.weekdays,
            start_time=availability.start_time,
            end_time=availability.end_time,
            from_date=availability.from_date,
            until_date=availability.until_date,
            zone=zone,
        )
    )


def _refuse_daytime(dates: list[Occurrence]) -> None:
    evening = settings.EVENING_STARTS_AT
    if settings.DAYTIME_SLOTS_ALLOWED or all(
        is_evening_or_weekend(date.starts_at, evening_starts_at=evening) for date in dates
    ):
        return
    raise DaytimeOpening(
        f"Du lundi au vendredi, un créneau commence à {wall_time(evening)} ou plus tard\u00a0: "
        "choisissez une heure du soir, ou le week-end."
    )


def _slot(availability: Availability, room: Room, date: Occurrence, now: dt.datetime) -> Slot:
    return Slot(
        room=room,
        room_capacity=room.capacity,
        room_computers=room.computers,
        availability=availability,
        time_zone=room.site.time_zone,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        closes_at=date.starts_at - dt.timedelta(hours=availability.notice_hours),
        places=availability.places,
        computers=availability.computers,
        volunteers_offered=availability.volunteers_offered,
        booking_mode=availability.booking_mode,
        created_at=now,
    )


def _keep_possible(availability: Availability, candidates: list[Slot], now: dt.datetime) -> Season:
    future = [slot for slot in candidates if slot.closes_at > now]
    Slot.objects.bulk_create(future, ignore_conflicts=True)
    kept = list(Slot.objects.filter(availability=availability).with_place())
    starts = {slot.starts_at for slot in kept}
    refused = [
        SeasonRefused(slot.starts_at, "date passée ou trop proche" if slot.closes_at <= now else "salle déjà prise")
        for slot in candidates
        if slot.starts_at not in starts
    ]
    return Season(slots=kept, refused=refused, holidays=_holidays(kept))


def _holidays(slots: list[Slot]) -> list[tuple[dt.date, str]]:
    """The public holidays, where the slots are, among their days."""
    places = {
        (slot.starts_at.astimezone(ZoneInfo(slot.time_zone)).date(), slot.room.site.commune.departement_id)
        for slot in slots
    }
    named = ((day, public_holiday(day, departement)) for day, departement in sorted(places))
    return [(day, name) for day, name in named if name is not None]


@transaction.atomic
def withdraw_slot(*, slot: Slot, by: User, now: dt.datetime) -> None:
    """Take an open slot back and free its volunteers. The floor above settles its bookings first.

    Raises:
        SlotNotOpen: it was withdrawn before.
    """
    changed = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN).update(
        state=Slot.State.WITHDRAWN, withdrawn_at=now, withdrawn_by=by
    )
    if not changed:
        raise SlotNotOpen("Ce créneau est déjà retiré.")
    SlotVolunteer.objects.filter(slot=slot).delete()


@transaction.atomic
def join_slot(*, slot: Slot, by: User, now: dt.datetime) -> SlotVolunteer:
    """Promise to be there as a volunteer.

    Raises:
        AlreadyElsewhere: in this slot or in another at the same time.
    """
    busy = AlreadyElsewhere("Vous participez déjà à un atelier à ce moment-là.")
    with refusing({"volunteer_in_one_place": busy}):
        return SlotVolunteer.objects.create(
            slot=slot, volunteer=by, starts_at=slot.starts_at, ends_at=slot.ends_at, joined_at=now
        )


@transaction.atomic
def leave_slot(*, slot: Slot, by: User) -> bool:
    """Take the promise back. False when there was none."""
    deleted, _ = SlotVolunteer.objects.filter(slot=slot, volunteer=by).delete()
    return bool(deleted)
