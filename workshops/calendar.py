"""Workshops as iCalendar (RFC 5545): stable UID, rising SEQUENCE, instants in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext
from icalendar import Event, vText

from accounts.vocabulary import Topic
from companies.calendar import event_at, off
from mail.calendars import CANCEL, PUBLISH, REQUEST, as_text, new_calendar, sent
from workshops.models import Booking, LostPromise


def workshop_event(booking: Booking, *, now: dt.datetime, method: str = REQUEST) -> str:
    """The calendar file that goes with mails about a booking, as text with CRLF line ends, to nobody yet.

    `method` is REQUEST for a new or changed date and CANCEL when it is off.
    """
    event = booked(booking, now=now)
    event["status"] = vText("CANCELLED" if method == CANCEL else "CONFIRMED")
    return sent(event, method)


def booked(booking: Booking, *, now: dt.datetime) -> Event:
    """A booking, cancelled or not."""
    event = event_at(booking.slot, f"booking-{booking.event}", now)
    event.add("sequence", booking.sequence)
    topic = {"topic": Topic(booking.topic).label}
    both = {"association": booking.association.name, "company": booking.slot.room.site.company.name}
    event.add("summary", gettext("Atelier numérique\u00a0: %(topic)s") % topic)
    event.add("description", gettext("%(association)s chez %(company)s") % both)
    event.add("status", "CONFIRMED" if booking.state in Booking.AGREED else "CANCELLED")
    return event


def lost(promise: LostPromise, *, now: dt.datetime) -> Event:
    """A promise that ended."""
    return off(promise.slot, promise.promise, promise.sequence, now)


def published(events: Iterable[Event], *, name: str, url: str, description: str = "") -> str:
    """A calendar to subscribe to, as text with CRLF line ends; `description` says what it leaves out, if anything."""
    calendar = new_calendar(PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    if description:
        calendar.add("x-wr-caldesc", description)
        calendar.add("description", description)
    calendar.add("url", url)
    calendar.add("refresh-interval;value=duration", "PT1H")
    return as_text(calendar, events)
