"""Periodic edges: each reads the clock and calls one action. Each may run twice, late or in halves."""

from celery import shared_task

from accounts.actions import members as accounts
from companies import actions
from companies.models import Company
from territories import clock


@shared_task
def ask_to_confirm_members() -> int:
    now = clock.now()
    unconfirmed = Company.objects.unconfirmed(now).order_by("pk")
    return accounts.ask_to_confirm_members(organisations=unconfirmed, now=now)


@shared_task
def extend_series() -> int:
    """Make the slots that came within the horizon."""
    return actions.extend_series(now=clock.now())


@shared_task
def ask_to_confirm_series() -> int:
    return actions.ask_to_confirm_series(now=clock.now())
