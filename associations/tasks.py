"""Periodic edges: each reads the clock and calls one action. Each may run twice, late or in halves."""

from celery import shared_task

from accounts.actions import members as accounts
from associations import actions
from associations.models import Association
from territories import clock


@shared_task
def ask_to_confirm_members() -> int:
    now = clock.now()
    unconfirmed = Association.objects.unconfirmed(now).select_related("commune").order_by("pk")
    return accounts.ask_to_confirm_members(organisations=unconfirmed, now=now)


@shared_task
def remind_expiring() -> int:
    return actions.remind_expiring(now=clock.now())
