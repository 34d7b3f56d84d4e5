"""Periodic edges: each reads the clock and calls one action. Each may run twice, late or in halves."""

import datetime as dt
import logging

from celery import shared_task

from accounts.actions import members as accounts
from companies import actions
from companies.models import Company, RoomCalendar
from territories import clock
from territories.outward.fetching import NotFetched, fetch

logger = logging.getLogger(__name__)

UNREAD = "Le portail n’a pas su lire ce calendrier\u00a0: exportez-le à nouveau, ou prévenez-nous."
REREAD_AFTER = dt.timedelta(hours=1)
# Each may take ten seconds, and a task five minutes.
CALENDARS_A_RUN = 20


@shared_task
def ask_to_confirm_members() -> int:
    now = clock.now()
    unconfirmed = Company.objects.unconfirmed(now).select_related("commune").order_by("pk")
    return accounts.ask_to_confirm_members(organisations=unconfirmed, now=now)


@shared_task
def extend_series() -> int:
    """Make the slots that came within the horizon."""
    return actions.extend_series(now=clock.now())


@shared_task
def ask_to_confirm_series() -> int:
    return actions.ask_to_confirm_series(now=clock.now())


@shared_task
def reread_calendars() -> int:
    """Read the rooms' calendars again that are at an address. Returns how many were asked for."""
    due = list(RoomCalendar.objects.to_read(clock.now() - REREAD_AFTER).select_related("room__site")[:CALENDARS_A_RUN])
    for calendar in due:
        try:
            _reread(calendar)
        except Exception:
            # A fault of ours: this calendar waits for its next turn, and the others do not wait for this one.
            logger.exception("Calendar %s could not be read again", calendar.pk)
            actions.note_failure(calendar=calendar, why=UNREAD, now=clock.now())
    return len(due)


def _reread(calendar: RoomCalendar) -> None:
    try:
        file = fetch(calendar.url)
    except NotFetched as error:
        actions.note_failure(calendar=calendar, why=str(error), now=clock.now())
    else:
        actions.reread_calendar(calendar=calendar, file=file, now=clock.now())
