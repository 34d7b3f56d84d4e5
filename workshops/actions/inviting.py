"""Asking colleagues to come: a manager invites, and three days ahead the portal calls where somebody is missing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from accounts.scans import one_by_one
from companies import actions as companies
from companies.models import Slot, SlotVolunteer
from territories.instants import tell_database
from workshops import emails
from workshops.actions.promising import take_a_seat
from workshops.models import LostPromise, Workshop
from workshops.volunteers import could_come, missing, uncalled

CALLED_AHEAD = 3  # days


class NobodyMissing(Refused):
    """The workshop has its volunteers, or is not to come any more."""


@transaction.atomic
def invite_volunteers(*, workshop: Workshop, by: User, now: dt.datetime) -> int:
    """Invite every colleague whom the date suits and who is free then. Each hears it once. Returns how many suit.

    Raises:
        NobodyMissing: nobody is told.
    """
    slot = workshop.booking.slot
    if workshop.state != Workshop.State.PLANNED or slot.starts_at <= now or not missing(slot):
        raise NobodyMissing("Cet atelier a tous ses bénévoles, ou n’est plus à venir.")
    colleagues = could_come(slot)
    for colleague in colleagues:
        emails.volunteer_invited(workshop=workshop, colleague=colleague, by=by, now=now)
    return len(colleagues)


def call_volunteers(*, now: dt.datetime) -> int:
    """Three days ahead, call for who is missing, or seeks a stand-in. Returns of how many workshops.

    Once more after a promise has ended since, whatever ended it: nobody else looks any more.
    """
    ahead = uncalled(Workshop.objects.starting_within(now=now, days=CALLED_AHEAD))
    short = [one for one in ahead.with_everything().order_by("pk") if _is_short(one, now)]
    return one_by_one(short, lambda workshop: _call(workshop, now))


@transaction.atomic
def leave(*, slot: Slot, by: User, now: dt.datetime) -> bool:
    """Take one's promise back, which one's calendar shows as off; False when there was none.

    When it is time to call colleagues, they are called at once.
    """
    tell_database(now)
    if not companies.leave_slot(slot=slot, by=by):
        return False
    workshop = Workshop.objects.planned().filter(booking__slot=slot).with_everything().first()
    if workshop is not None and _is_short(workshop, now):
        _call(workshop, now)
    return True


def _is_short(workshop: Workshop, now: dt.datetime) -> bool:
    """Whether it is time to call, and somebody is missing."""
    slot = workshop.booking.slot
    return workshop.is_within(CALLED_AHEAD, now=now) and slot.starts_at > now and missing(slot) > 0


def _call(workshop: Workshop, now: dt.datetime) -> None:
    """Call those whom the date suits, without who had promised this workshop and does not come any more."""
    booking = workshop.booking
    lost = list(LostPromise.objects.filter(slot=booking.slot, lost_at__gte=booking.settled_at))
    gone = {one.volunteer_id for one in lost}
    last = lost[-1] if lost else None
    for colleague in could_come(booking.slot):
        if colleague.pk not in gone:
            emails.volunteers_missing(workshop=workshop, colleague=colleague, lost=last, now=now)


@transaction.atomic
def come(*, workshop: Workshop, by: User, now: dt.datetime) -> SlotVolunteer:
    """Take a free seat, else that of who seeks a stand-in. Said twice, it is once.

    Raises:
        NobodyMissing, companies.AlreadyElsewhere, companies.NoConsent, companies.NotAMember: nothing is written.
    """
    slot = workshop.booking.slot
    own = SlotVolunteer.objects.filter(slot=slot, volunteer=by, stand_in_asked_at=None).first()
    if own is not None:
        return own
    if workshop.state != Workshop.State.PLANNED or slot.starts_at <= now:
        raise NobodyMissing("Cet atelier n’est plus à venir.")
    try:
        return take_a_seat(slot, by=by, now=now)
    except companies.SlotFull as full:
        raise NobodyMissing(str(full)) from full
