"""What becomes of volunteers' promises that another one takes over, or whose workshop does not take place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from accounts.models import User
from companies import actions as companies
from companies.models import Slot, SlotVolunteer
from workshops.calendar import CANCEL, addressed, after, promise_event
from workshops.feeds import KEPT
from workshops.models import LostPromise


def take_over(*, promise: SlotVolunteer, by: User, now: dt.datetime) -> None:
    """Take a colleague's seat, who is told, and whose calendar shows the evening no more.

    Raises:
        what `companies.take_over` raises: nothing is written.
    """

    def off() -> str:
        return addressed(promise_event(promise, now=now, method=CANCEL), promise.volunteer.email)

    companies.take_over(promise=promise, by=by, now=now, off=off)


def end_promises(slot_id: int, *, now: dt.datetime) -> None:
    """End the promises of a slot that has lost its workshop, in the transaction of who calls.

    The seats are free for another workshop, which may be of another topic and association; volunteers are told, and
    their calendars show for a while that it is off.
    """
    LostPromise.objects.filter(slot__ends_at__lt=now - KEPT).delete()
    keep_lost(SlotVolunteer.objects.filter(slot=slot_id).select_related("slot").order_by("pk"), now=now)
    SlotVolunteer.objects.filter(slot=slot_id).delete()


@contextmanager
def keeping_lost(slots: Collection[Slot], *, now: dt.datetime) -> Iterator[None]:
    """The same for those promises to come that end inside the block; what goes over to other slots goes on."""
    coming = SlotVolunteer.objects.filter(slot__in=slots).coming(now)
    before = list(coming.select_related("slot").order_by("pk"))
    yield
    kept = set(SlotVolunteer.objects.filter(pk__in=[one.pk for one in before]).values_list("pk", flat=True))
    keep_lost([one for one in before if one.pk not in kept], now=now)


def keep_lost(promises: Iterable[SlotVolunteer], *, now: dt.datetime) -> None:
    """What calendars go on to show of promises that are about to end, in the transaction of who calls."""
    LostPromise.objects.bulk_create(
        [
            LostPromise(promise=one.pk, slot=one.slot, volunteer_id=one.volunteer_id, sequence=after(one), lost_at=now)
            for one in promises
        ],
        ignore_conflicts=True,
    )
