"""The calendar files (RFC 5545) that go with messages: what they ask (RFC 5546), and whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from icalendar import Calendar, Event, Parameters, vCalAddress
from icalendar.parser import Contentline

from territories.wording import language

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
NOBODY = "MAILTO:nobody"
# A line, and those that it is folded into.
ATTENDEE = re.compile(r"\r\nATTENDEE[:;][^\r\n]*(\r\n[ \t][^\r\n]*)*\r\n")


def new_calendar(method: str) -> Any:
    """Without any event yet."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//{language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def as_text(calendar: Any, events: Iterable[Event]) -> str:
    """With these events, and CRLF line ends."""
    for event in events:
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def sent(event: Event, method: str) -> str:
    """The file of one event, to nobody yet."""
    event.add("attendee", vCalAddress(NOBODY))
    return as_text(new_calendar(method), [_organized(event)])


def sent_together(events: Iterable[Event]) -> str:
    """The file of several events, which asks nobody for anything: REQUEST and CANCEL are of one event each."""
    return as_text(new_calendar(PUBLISH), map(_organized, events))


def _organized(event: Event) -> Event:
    event.add("organizer", vCalAddress(f"MAILTO:{settings.CALENDAR_ORGANIZER}"))
    return event


def addressed(calendar: str, recipient: str) -> str:
    """The same file for another of its readers: their address is all that differs."""
    line = Contentline.from_parts("ATTENDEE", Parameters(), vCalAddress(f"MAILTO:{recipient}"))
    return ATTENDEE.sub(lambda _: f"\r\n{line.to_ical().decode()}\r\n", calendar, count=1)
