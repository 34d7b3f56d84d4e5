import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar

from mail.calendars import CANCEL, REQUEST, addressed
from tests import factories
from tests.factories import World
from workshops.calendar import workshop_event
from workshops.models import Booking


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    factories.make_booking(now, world.slot, world.association)
    return Booking.objects.with_everything().get()


def test_event_is_read_back_as_meant(booking: Booking, now: dt.datetime) -> None:
    text = addressed(workshop_event(booking, now=now), "karim@example.org")
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"]) == (REQUEST, "CONFIRMED", 0)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (booking.slot.starts_at, booking.slot.ends_at)
    assert str(event["ATTENDEE"]) == "MAILTO:karim@example.org"
    assert text.endswith("END:VCALENDAR\r\n")


def test_cancelled_event_says_so(booking: Booking, now: dt.datetime) -> None:
    calendar = Calendar.from_ical(addressed(workshop_event(booking, now=now, method=CANCEL), "a@example.org"))
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == (CANCEL, "CANCELLED")


def test_hostile_names_stay_in_their_place(booking: Booking, now: dt.datetime) -> None:
    booking.association.name = "A\r\nATTENDEE:MAILTO:nobody\r\nATTENDEE:MAILTO:x@example.org\n;,\\"
    calendar = Calendar.from_ical(addressed(workshop_event(booking, now=now), "a@example.org"))
    (event,) = calendar.walk("VEVENT")
    assert str(event["ATTENDEE"]) == "MAILTO:a@example.org"


@pytest.mark.parametrize(
    "address", ["a@example.org", f"{'prénom.' * 12}nom@exemple.example.org", "o'neil+x@example.org"]
)
def test_address_of_its_reader_is_read_back(booking: Booking, now: dt.datetime, address: str) -> None:
    read: Any = Calendar.from_ical(addressed(workshop_event(booking, now=now), address))
    (event,) = read.walk("VEVENT")
    assert str(event["ATTENDEE"]) == f"MAILTO:{address}"
    assert all(len(line.encode()) <= 75 for line in addressed(workshop_event(booking, now=now), address).split("\r\n"))
