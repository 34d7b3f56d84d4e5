"""What is found by looking at facts: bookings that nobody answered, workshops to come, reports to write."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from workshops import emails
from workshops.catalogue import alternatives
from workshops.models import Booking, Side, Workshop

ANSWER_WITHIN = dt.timedelta(hours=96)
REMIND_AHEAD = dt.timedelta(hours=48)
REPORT_WITHIN = dt.timedelta(days=14)


def expire_bookings(*, now: dt.datetime) -> int:
    """Release associations that waited too long for an answer, or whose slot has begun. Returns how many."""
    waiting = Booking.objects.awaiting_answer().with_everything().order_by("pk")
    late = waiting.filter(created_at__lte=now - ANSWER_WITHIN) | waiting.filter(slot__starts_at__lte=now)
    return sum(_expire(booking, now) for booking in late)


@transaction.atomic
def _expire(booking: Booking, now: dt.datetime) -> bool:
    moved = Booking.objects.filter(pk=booking.pk).awaiting_answer().update(state=Booking.State.EXPIRED, settled_at=now)
    if moved:
        others = alternatives(booking.slot, now=now, places=booking.participants)
        emails.booking_expired(booking=booking, now=now, others=others)
    return bool(moved)


def remind_workshops(*, now: dt.datetime) -> int:
    """Tell everybody concerned what starts within 48 hours. Running it again tells nobody twice."""
    due = Workshop.objects.starting_within(now=now, ahead=REMIND_AHEAD).with_everything()
    for workshop in due:
        with transaction.atomic():
            emails.workshop_reminder(workshop=workshop, now=now)
    return len(due)


def ask_for_reports(*, now: dt.datetime) -> int:
    """Ask each side that has not reported on a workshop of the last fortnight."""
    over = Workshop.objects.over(now).filter(booking__slot__ends_at__gt=now - REPORT_WITHIN).with_everything()
    asked = 0
    for side in Side:
        for workshop in over.unreported(side):
            with transaction.atomic():
                emails.report_due(workshop=workshop, side=side, now=now)
            asked += 1
    return asked
