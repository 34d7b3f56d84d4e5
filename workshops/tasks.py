"""Periodic edges: each reads the clock and calls one action. Each may run twice, late or in halves."""

from celery import shared_task

from territories import clock
from workshops import actions, alerts


@shared_task
def tell_matches() -> int:
    return actions.tell_matches(now=clock.now())


@shared_task
def sweep_matches() -> int:
    """Once a night: what an increment has missed, or what has become one of the best since others are gone."""
    actions.count_standings(now=clock.now())
    return actions.sweep_matches(now=clock.now())


@shared_task
def tell_alerts() -> int:
    return alerts.tell_alerts(now=clock.now())


@shared_task
def remind_workshops() -> int:
    return actions.remind_workshops(now=clock.now())


@shared_task
def call_volunteers() -> int:
    return actions.call_volunteers(now=clock.now())


@shared_task
def ask_for_reports() -> int:
    return actions.ask_for_reports(now=clock.now())


@shared_task
def remind_unanswered() -> int:
    return actions.remind_unanswered(now=clock.now())


@shared_task
def expire_bookings() -> int:
    return actions.expire_bookings(now=clock.now())


@shared_task
def tell_ending_insurance() -> int:
    return actions.tell_ending_insurance(now=clock.now())


@shared_task
def count_needs() -> int | None:
    return actions.count_needs(now=clock.now())


@shared_task
def make_plans() -> int:
    """What operators have asked for; what comes after what was not taken; offers that are to be made."""
    actions.follow_plans(now=clock.now())
    actions.offer_planned(now=clock.now())
    return actions.compute_plans(now=clock.now())
