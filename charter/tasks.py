"""Periodic edges: each reads the clock and calls one action. Each may run twice, late or in halves."""

from celery import shared_task

from charter import actions
from territories import clock


@shared_task
def lapse_signatures() -> int:
    return actions.lapse_signatures(now=clock.now())


@shared_task
def remind_renewals() -> int:
    return actions.remind_renewals(now=clock.now())
