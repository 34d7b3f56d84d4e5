"""A room's own calendar: what it says is kept, and stands in the way of slots."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from companies.busy import Busy, UnreadableCalendar
from companies.busy_apart import read_busy_apart
from companies.models import BusyTime, Room, RoomCalendar

# As far ahead as a season is published.
READ_AHEAD = dt.timedelta(days=730)


class CalendarRefused(Refused):
    """The file is no calendar that can be read. The text says why."""

    field = "file"


def import_calendar(*, room: Room, file: bytes, name: str, url: str = "", by: User, now: dt.datetime) -> int:
    """Keep what a calendar says of a room, in the place of what another said. Returns how many periods it takes.

    Raises:
        CalendarRefused: nothing is written.
    """
    # Before the transaction: reading may take ten seconds.
    busy = _read(room, file, now)
    source = {"url": url, "file_name": "" if url else name[:200]}
    stamps = {"created_at": now, "created_by": by, "tried_at": now, "read_at": now, "failure": ""}
    with transaction.atomic():
        RoomCalendar.objects.update_or_create(room=room, defaults={**source, **stamps})
        return _keep(room, busy)


def reread_calendar(*, calendar: RoomCalendar, file: bytes, now: dt.datetime) -> None:
    """Keep what the address says now; a file that cannot be read leaves what was read before, and is noted."""
    try:
        busy = _read(calendar.room, file, now)
    except CalendarRefused as refusal:
        note_failure(calendar=calendar, why=str(refusal), now=now)
        return
    here = RoomCalendar.objects.filter(pk=calendar.pk, url=calendar.url)
    with transaction.atomic():
        if here.update(tried_at=now, read_at=now, failure=""):
            _keep(calendar.room, busy)


@transaction.atomic
def note_failure(*, calendar: RoomCalendar, why: str, now: dt.datetime) -> None:
    """The address gave nothing; the company sees why."""
    RoomCalendar.objects.filter(pk=calendar.pk, url=calendar.url).update(tried_at=now, failure=why[:300])


@transaction.atomic
def forget_calendar(*, room: Room) -> None:
    """The room is free but for what the portal knows."""
    RoomCalendar.objects.filter(room=room).delete()
    BusyTime.objects.filter(room=room).delete()


def _read(room: Room, file: bytes, now: dt.datetime) -> list[Busy]:
    try:
        return read_busy_apart(file, zone=ZoneInfo(room.time_zone), since=now, until=now + READ_AHEAD)
    except UnreadableCalendar as error:
        raise CalendarRefused(str(error)) from error


def _keep(room: Room, busy: list[Busy]) -> int:
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    BusyTime.objects.filter(room=room).delete()
    BusyTime.objects.bulk_create(BusyTime(room=room, starts_at=one.starts_at, ends_at=one.ends_at) for one in busy)
    return len(busy)
