"""What becomes of volunteers' promises that another one takes over, or whose workshop does not take place."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from companies import actions as companies
from companies.models import Slot, SlotVolunteer
from territories.instants import tell_database
from workshops import emails
from workshops.feeds import KEPT
from workshops.models import Attendance, LostPromise


def take_a_seat(slot: Slot, *, by: User, now: dt.datetime) -> SlotVolunteer:
    """A free one, else that of who seeks a stand-in, and has not come after all.

    Raises:
        what `companies.join_slot` and `companies.take_over` raise: nothing is written.
    """
    try:
        return companies.join_slot(slot=slot, by=by, now=now)
    except companies.SlotFull:
        there = Attendance.objects.filter(workshop__booking__slot=slot).values("volunteer")
        seeking = SlotVolunteer.objects.filter(slot=slot, stand_in_asked_at__isnull=False).exclude(volunteer__in=there)
        promise = seeking.with_place().first()
        if promise is None:
            raise
    return companies.take_over(promise=promise, by=by, now=now)


def tell_moved(*, slot: Slot, was: dt.datetime, now: dt.datetime) -> None:
    """Tell who had promised that the date is another one, in the transaction of who moves it.

    Their promises have followed it.
    """
    for promise in SlotVolunteer.objects.filter(slot=slot).with_place().order_by("pk"):
        emails.promise_moved(promise=promise, was=was, now=now)


def end_promises(slot_id: int, *, now: dt.datetime) -> None:
    """End the promises of a slot that has lost its workshop, in the transaction of who calls.

    The seats are free for another workshop, which may be of another topic and association; volunteers are told, and
    their calendars show for a while that it is off.
    """
    LostPromise.objects.filter(slot__ends_at__lt=now - KEPT).delete()
    tell_database(now)
    SlotVolunteer.objects.filter(slot=slot_id).delete()
