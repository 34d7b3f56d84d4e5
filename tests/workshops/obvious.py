"""What a slot must have to serve a request, said one word after the other and one pair at a time: slow, and obvious."""

from __future__ import annotations

import datetime as dt

from associations.models import Association, Period, Request
from companies.models import BookingMode, Slot, SlotVolunteer, VolunteerProfile
from territories.distance import kilometres_between
from workshops.models import Booking, Dismissal


def serves(wanted: Request, slot: Slot) -> bool:
    """Whatever is said of the pair alone; that the slot can be booked is another question."""
    site, day = slot.room.site, slot.starts_on
    return (
        wanted.from_date <= day <= wanted.until_date
        and (not wanted.weekdays or day.isoweekday() in wanted.weekdays)
        and (not wanted.periods or period(slot) in wanted.periods)
        and slot.places >= wanted.participants
        and slot.computers >= wanted.computers
        and (site.step_free is True or not wanted.step_free)
        and set(wanted.languages) <= spoken(slot)
        and is_near(wanted, slot)
        and not is_dismissed(wanted, slot)
        and not is_asked(wanted, slot)
        and may_ask_for(wanted, slot)
    )


def may_ask_for(wanted: Request, slot: Slot) -> bool:
    """Who is not admitted yet asks its company first."""
    return wanted.association.state == Association.State.ADMITTED or slot.booking_mode == BookingMode.ON_APPROVAL


def period(slot: Slot | Dismissal) -> Period:
    hour = slot.local_time
    assert hour is not None
    return Period.MORNING if hour < dt.time(12) else Period.AFTERNOON if hour < dt.time(17) else Period.EVENING


def spoken(slot: Slot) -> set[str]:
    """By those who have promised to come and seek nobody in their place."""
    found: set[str] = set()
    for promise in SlotVolunteer.objects.filter(slot=slot, stand_in_asked_at=None):
        company = slot.room.site.company_id
        profiles = VolunteerProfile.objects.filter(membership__user=promise.volunteer, membership__company=company)
        found.update(word for profile in profiles for word in profile.languages)
    return found


def away(wanted: Request, slot: Slot) -> float | None:
    """In kilometres; None where nobody published the point of the commune."""
    here = wanted.commune.point
    return None if here is None else kilometres_between(here, (slot.room.site.latitude, slot.room.site.longitude))


def is_near(wanted: Request, slot: Slot) -> bool:
    distance = away(wanted, slot)
    if distance is None:
        return slot.room.site.commune.departement_id == wanted.commune.departement_id
    return distance <= wanted.radius_km


def is_asked(wanted: Request, slot: Slot) -> bool:
    """By its association, which waits for the answer or has it: whichever of its requests that was for, if for any."""
    ends = ("declined", "cancelled_by_association")
    return any(
        booking.state == "pending"
        or (booking.state in ends and booking.reason_code not in ("", "rescheduled", "withdrawn", "moved"))
        for booking in Booking.objects.filter(slot=slot, association=wanted.association_id)
    )


def is_dismissed(wanted: Request, slot: Slot) -> bool:
    """It was itself, or is as one that was."""
    return any(
        one.slot_id == slot.pk or is_alike(one, wanted, slot) for one in Dismissal.objects.filter(request=wanted)
    )


def is_alike(dismissal: Dismissal, wanted: Request, slot: Slot) -> bool:
    distance = away(wanted, slot)
    return {
        Dismissal.Why.DAY: dismissal.weekday == slot.starts_on.isoweekday(),
        Dismissal.Why.HOUR: period(dismissal) == period(slot),
        Dismissal.Why.SITE: dismissal.site_id == slot.room.site_id,
        Dismissal.Why.FAR: None not in (distance, dismissal.distance_km) and distance > dismissal.distance_km - 0.001,  # type: ignore[operator]  # neither is None
        Dismissal.Why.OTHER: False,
    }[Dismissal.Why(dismissal.why)]
