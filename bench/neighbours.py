"""Our events read back from one calendar with those of other programs: none of them may change."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from rich.progress import track

from associations.models import Association
from companies.calendar import free_slot
from companies.models import Company, Room, Site, Slot
from territories.models import Commune
from territories.zones import FRENCH_ZONES
from workshops import calendar
from workshops.models import Booking

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
Measure = dict[str, Any]


def neighbours(files: list[Path], folder: Path) -> Measure:
    """Our events read back from one calendar with those of each file: they must be what they were."""
    ours = _events_of(Calendar.from_ical(_published()))
    changed, read = [], 0
    for file in track(files, description="neighbours", disable=not sys.stderr.isatty()):
        try:
            neighbours: Any = Calendar.from_ical(file.read_bytes(), multiple=True)
            both: Any = Calendar.from_ical(_published())
            for one in neighbours:
                both.subcomponents += one.subcomponents if one.name == "VCALENDAR" else [one]
            found = _events_of(Calendar.from_ical(both.to_ical()))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            continue  # a neighbour that its own reader cannot read, or write again
        read += 1
        if {uid: found.get(uid) for uid in ours} != ours:
            changed.append(str(file.relative_to(folder)))
    notes = "; ".join(changed) or "instants, sequence, state, words and place of each event"
    return {
        "name": "calendars.changed_by_neighbours",
        "value": len(changed),
        "unit": "files",
        "n": read,
        "notes": notes,
    }


def _published() -> str:
    """What a feed of ours says: evenings of every zone, both nights of the clocks, signs that calendars must escape."""
    return calendar.published(
        [
            event
            for number, zone in enumerate(zone for zone, _ in FRENCH_ZONES)
            for night, day in enumerate((dt.date(2027, 3, 28), dt.date(2027, 10, 31), dt.date(2027, 6, 1)))
            for event in _told(100 * number + night, zone, day)
        ],
        name="Médiathèque, «\u00a0L’Étoile\u00a0»; salle\\1",
        url="https://portail.example/agenda/",
    )


def _told(number: int, zone: str, day: dt.date) -> list[Any]:
    starts_at = dt.datetime.combine(day, dt.time(18), ZoneInfo(zone)).astimezone(dt.UTC)
    site = Site(
        pk=1, name="Siège; rez-de-chaussée", address="1, rue «\u00a0du Port\u00a0»", commune=Commune(name="L’Haÿ")
    )
    site.company = Company(pk=1, name='"Exemple", SA\nÉtoile')
    slot = Slot(pk=number, room=Room(pk=1, site=site, name="Salle\\A,B"), time_zone=zone, starts_at=starts_at)
    slot.ends_at = starts_at + dt.timedelta(hours=2)
    booking = Booking(pk=number, slot=slot, topic="email", sequence=2, state=Booking.State.CANCELLED_BY_COMPANY)
    booking.association = Association(pk=1, name="Amis, du Net; 🌟")
    return [calendar.booked(booking, now=NOW), free_slot(slot, now=NOW)]


def _events_of(read: Any) -> dict[str, tuple[Any, ...]]:
    told = ("SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE")
    return {
        str(one["UID"]): (one["DTSTART"].dt, one["DTEND"].dt, *(str(one.get(name)) for name in told))
        for one in read.walk("VEVENT")
        if "UID" in one and "DTSTART" in one and "DTEND" in one
    }
