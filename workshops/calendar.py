"""A workshop as an iCalendar event (RFC 5545): stable UID, rising SEQUENCE, instants in UTC."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from workshops.models import Booking

REQUEST, CANCEL = "REQUEST", "CANCEL"


def workshop_event(booking: Booking, *, recipient: str, now: dt.datetime, method: str = REQUEST) -> str:
    """The calendar file that goes with a mail to `recipient`, as text with CRLF line ends.

    `method` is REQUEST for a new or changed date and CANCEL when it is off.
    """
    slot, site = booking.slot, booking.slot.room.site
    event = Event()
    event.add("uid", f"booking-{booking.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", slot.starts_at.astimezone(dt.UTC))
    event.add("dtend", slot.ends_at.astimezone(dt.UTC))
    event.add("summary", f"Atelier numérique\u00a0: {booking.get_topic_display()}")
    event.add("location", vText(f"{slot.room.name}, {site.address}, {site.commune.name}"))
    event.add("description", f"{booking.association.name} chez {site.company.name}")
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", vCalAddress(f"MAILTO:{settings.CALENDAR_ORGANIZER}"))
    event.add("attendee", vCalAddress(f"MAILTO:{recipient}"))
    return _calendar(event, method)


def _calendar(event: Event, method: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
