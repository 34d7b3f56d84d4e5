"""A line of « Ce qui vous attend », for either side."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from territories.wording import day_date, time_range
from workshops.models import Booking

# So many of a kind are shown at once.
MOST = 10


class Task(NamedTuple):
    """A line of « Ce qui vous attend »; the props of `components/todo.html`."""

    title: str
    detail: str
    url: str
    label: str
    hidden: str


def local_start(booking: Booking) -> dt.datetime:
    """When it begins, on the clock of its site."""
    return booking.slot.starts_at.astimezone(ZoneInfo(booking.slot.time_zone))


def when(booking: Booking) -> str:
    """Day and hours, in words."""
    starts = local_start(booking)
    ends = booking.slot.ends_at.astimezone(ZoneInfo(booking.slot.time_zone))
    return f"{day_date(starts.date())}, {time_range(starts.time(), ends.time())}"
