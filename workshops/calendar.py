"""Workshops as iCalendar (RFC 5545): stable UID, rising SEQUENCE, instants in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event, vCalAddress, vText

from accounts.vocabulary import Topic
from companies.models import Slot, SlotVolunteer
from territories.wording import language
from workshops.models import Booking, LostPromise

REQUEST, CANCEL = "REQUEST", "CANCEL"
NOBODY = "MAILTO:nobody"


def workshop_event(booking: Booking, *, now: dt.datetime, method: str = REQUEST) -> str:
    """The calendar file that goes with mails about a booking, as text with CRLF line ends, to nobody yet.

    `method` is REQUEST for a new or changed date and CANCEL when it is off.
    """
    event = booked(booking, now=now)
    event["status"] = vText("CANCELLED" if method == CANCEL else "CONFIRMED")
    return _sent(event, method)


def promise_event(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> str:
    """The same for a volunteer: the event of their promise, which their calendar to subscribe to shows as well."""
    return _sent(promised(promise, booked=booked, now=now), REQUEST)


def promise_off(promise: SlotVolunteer, *, now: dt.datetime) -> str:
    """The last word on it, of a promise that ends."""
    return _sent(_off(promise.slot, promise.pk, after(promise), now), CANCEL)


def promise_to_keep(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> str:
    """The same to take along before any mail: what is sent later, with the same UID, takes its place."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    calendar.add_component(promised(promise, booked=booked, now=now))
    return _text(calendar)


def _sent(event: Event, method: str) -> str:
    event.add("organizer", vCalAddress(f"MAILTO:{settings.CALENDAR_ORGANIZER}"))
    event.add("attendee", vCalAddress(NOBODY))
    calendar = _calendar()
    calendar.add("method", method)
    calendar.add_component(event)
    return _text(calendar)


def booked(booking: Booking, *, now: dt.datetime) -> Event:
    """A booking, cancelled or not."""
    event = _event(booking.slot, f"booking-{booking.event}", now)
    event.add("sequence", booking.sequence)
    topic = {"topic": Topic(booking.topic).label}
    both = {"association": booking.association.name, "company": booking.slot.room.site.company.name}
    event.add("summary", gettext("Atelier numérique\u00a0: %(topic)s") % topic)
    event.add("description", gettext("%(association)s chez %(company)s") % both)
    event.add("status", "CONFIRMED" if booking.state in Booking.AGREED else "CANCELLED")
    return event


def promised(promise: SlotVolunteer, *, booked: bool, now: dt.datetime) -> Event:
    """A volunteer's promise: tentative while nobody has booked the evening, then confirmed, with a later sequence.

    It is booked once: a promise ends with its workshop.
    """
    event = _promise(promise.slot, promise.pk, promise.slot.sequence + booked, now)
    event.add("status", "CONFIRMED" if booked else "TENTATIVE")
    return event


def lost(promise: LostPromise, *, now: dt.datetime) -> Event:
    """A promise that ended."""
    return _off(promise.slot, promise.promise, promise.sequence, now)


def after(promise: SlotVolunteer) -> int:
    """The sequence of the last word on a promise, that it is off: above all that was told of it.

    The database leaves the same word (migration `0018_promises_are_tentative`).
    """
    return promise.slot.sequence + 2


def _off(slot: Slot, number: int, sequence: int, now: dt.datetime) -> Event:
    event = _promise(slot, number, sequence, now)
    event.add("status", "CANCELLED")
    return event


def _promise(slot: Slot, number: int, sequence: int, now: dt.datetime) -> Event:
    event = _event(slot, f"promise-{number}", now)
    event.add("sequence", sequence)
    site = {"site": slot.room.site.name}
    event.add("summary", gettext("Bénévolat\u00a0: atelier numérique, %(site)s") % site)
    return event


def free_slot(slot: Slot, *, now: dt.datetime) -> Event:
    """An evening that is offered, and keeps nobody busy."""
    event = _event(slot, f"slot-{slot.pk}", now)
    event.add("sequence", slot.sequence)
    event.add("summary", gettext("Salle ouverte\u00a0: %(room)s") % {"room": slot.room.name})
    event.add("status", "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def published(events: Iterable[Event], *, name: str, url: str, description: str = "") -> str:
    """A calendar to subscribe to, as text with CRLF line ends; `description` says what it leaves out, if anything."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    if description:
        calendar.add("x-wr-caldesc", description)
        calendar.add("description", description)
    calendar.add("url", url)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for event in events:
        calendar.add_component(event)
    return _text(calendar)


def _event(slot: Slot, uid: str, now: dt.datetime) -> Event:
    site = slot.room.site
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", slot.starts_at.astimezone(dt.UTC))
    event.add("dtend", slot.ends_at.astimezone(dt.UTC))
    event.add("location", vText(f"{slot.room.name}, {site.address}, {site.commune.name}"))
    return event


def _calendar() -> Any:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//{language().upper()}")
    calendar.add("version", "2.0")
    return calendar


def _text(calendar: Any) -> str:
    return str(calendar.to_ical().decode())
