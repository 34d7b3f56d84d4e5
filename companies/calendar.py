"""Evenings and promises as iCalendar (RFC 5545): stable UID, rising SEQUENCE, instants in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from icalendar import Event, vText

from companies.models import Slot, SlotVolunteer
from mail.calendars import CANCEL, PUBLISH, REQUEST, addressed, as_text, new_calendar, sent, sent_together
from territories.wording import counted


def promise_event(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> str:
    """The file that goes with a mail to who promised: the event that their calendar to subscribe to shows as well."""
    return addressed(sent(promised(promise, booked=booked, now=now), REQUEST), promise.volunteer.email)


def promise_events(promises: Sequence[SlotVolunteer], *, booked: Collection[int], now: dt.datetime) -> tuple[str, str]:
    """The same of several promises of one volunteer, and the method of the file; `booked` has the numbers of slots."""
    if len(promises) == 1:
        return promise_event(promises[0], booked=promises[0].slot_id in booked, now=now), REQUEST
    return sent_together(promised(one, booked=one.slot_id in booked, now=now) for one in promises), PUBLISH


def promise_to_keep(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> str:
    """The same to take along before any mail: what is sent later, with the same UID, takes its place."""
    return as_text(new_calendar(PUBLISH), [promised(promise, booked=booked, now=now)])


def promises_off(promises: Sequence[SlotVolunteer], *, now: dt.datetime) -> tuple[str, str]:
    """The last word on promises of one volunteer that end, and the method of its file; both empty where none does."""
    events = [off(one.slot, one.pk, after(one), now) for one in promises]
    match events:
        case []:
            return "", ""
        case [event]:
            return addressed(sent(event, CANCEL), promises[0].volunteer.email), CANCEL
    return sent_together(events), PUBLISH


def promised(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> Event:
    """A volunteer's promise: tentative while nobody has booked the evening, then confirmed, with a later sequence.

    It is booked once: a promise ends with its workshop.
    """
    event = _promise(promise.slot, promise.pk, promise.slot.sequence + booked, now)
    event.add("status", "CONFIRMED" if booked else "TENTATIVE")
    return event


def after(promise: SlotVolunteer) -> int:
    """The sequence of the last word on a promise, that it is off: above all that was told of it.

    The database leaves the same word (migration `0018_promises_are_tentative` of workshops).
    """
    return promise.slot.sequence + 2


def off(slot: Slot, number: int, sequence: int, now: dt.datetime) -> Event:
    """A promise of this number that ended."""
    event = _promise(slot, number, sequence, now)
    event.add("status", "CANCELLED")
    return event


def _promise(slot: Slot, number: int, sequence: int, now: dt.datetime) -> Event:
    event = event_at(slot, f"promise-{number}", now)
    event.add("sequence", sequence)
    site = {"site": slot.room.site.name}
    event.add("summary", gettext("Bénévolat\u00a0: atelier numérique, %(site)s") % site)
    return event


def free_slot(slot: Slot, *, now: dt.datetime) -> Event:
    """An evening that is offered, and keeps nobody busy."""
    event = event_at(slot, f"slot-{slot.pk}", now)
    event.add("sequence", slot.sequence)
    event.add("summary", gettext("Salle ouverte\u00a0: %(room)s") % {"room": slot.room.name})
    event.add("description", f"{slot.room.site.company.name}\n{_offered(slot)}")
    event.add("url", settings.SITE_URL + reverse("workshops:slot", args=[slot.pk]))
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def _offered(slot: Slot) -> str:
    """« 8 ordinateurs, 12 places »."""
    offered = [counted(slot.computers, "ordinateur", "ordinateurs"), counted(slot.places, "place", "places")]
    if slot.volunteers_offered:
        offered.append(counted(slot.volunteers_offered, "bénévole", "bénévoles"))
    return ", ".join(offered)


def event_at(slot: Slot, uid: str, now: dt.datetime) -> Event:
    """When and where a slot is, for an event of this UID."""
    site = slot.room.site
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", slot.starts_at.astimezone(dt.UTC))
    event.add("dtend", slot.ends_at.astimezone(dt.UTC))
    event.add("location", vText(f"{slot.room.name}, {site.address}, {site.commune.name}"))
    return event
