"""Delivering the mail that is due, which an action causes and the clock guarantees; and forgetting what was said."""

import logging

from celery import shared_task

from mail import digests, figures
from mail.delivery import RUN_AT_MOST, deliver_due
from mail.erasing import erase_bodies
from mail.outbox import take_hint
from territories import clock

logger = logging.getLogger(__name__)

MESSAGES_PER_CONNECTION = 100


@shared_task
def deliver() -> None:
    """Drain the outbox: until nothing is due, the mail server wants a pause, or 50 seconds have passed.

    May run twice, late or at once with others. Relays bound the messages of a connection, so do we.
    """
    take_hint()
    stop_at = clock.now() + RUN_AT_MOST
    while (now := clock.now()) < stop_at:
        tally = deliver_due(now=now, limit=MESSAGES_PER_CONNECTION, clock=clock.now, stop_at=stop_at)
        if tally.handled:
            logger.info("Mail delivered: %s", tally)
        if tally.paused or not tally.handled:
            break


@shared_task
def forget() -> int:
    """May run twice, late or in halves."""
    return erase_bodies(now=clock.now())


@shared_task
def tell_digests() -> int:
    """May run twice, late or at once with others."""
    return digests.tell_digests(now=clock.now())


@shared_task
def pulse() -> None:
    """Sent by beat alone: when this stops, beat or every worker has."""
    figures.note_beat(figures.PULSE, now=clock.now())
