"""The calendar files (RFC 5545) that go with messages: who is asked."""

from __future__ import annotations

import re

from icalendar import Parameters, vCalAddress
from icalendar.parser import Contentline

# A line, and those that it is folded into.
ATTENDEE = re.compile(r"\r\nATTENDEE[:;][^\r\n]*(\r\n[ \t][^\r\n]*)*\r\n")


def addressed(calendar: str, recipient: str) -> str:
    """The same file for another of its readers: their address is all that differs."""
    line = Contentline.from_parts("ATTENDEE", Parameters(), vCalAddress(f"MAILTO:{recipient}"))
    return ATTENDEE.sub(lambda _: f"\r\n{line.to_ical().decode()}\r\n", calendar, count=1)
