"""What a new version does to signatures of earlier ones, found by looking at facts."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from charter import emails
from charter.actions.moves import lock_company, move
from charter.actions.standing import counts_until
from charter.models import CharterVersion, Signature
from companies import actions as companies

State = Signature.State


def lapse_signatures(*, now: dt.datetime) -> int:
    """Note which signatures ended with their grace period, and tell. The catalogue did not wait for this."""
    standing = Signature.objects.filter(state__in=(State.APPROVED, State.SUSPENDED))
    earlier = standing.exclude(version=CharterVersion.objects.newest()).with_file().order_by("pk")
    return sum(_lapse(signature, now) for signature in earlier)


@transaction.atomic
def _lapse(signature: Signature, now: dt.datetime) -> bool:
    company = lock_company(signature)
    # A suspension empties the company's own dates: its signature ends with the grace period all the same.
    until = company.charter_until_at or counts_until(signature.version)
    if until is None or until > now:
        return False
    moved = move(signature, State.LAPSED, ended_at=now)
    if moved:
        companies.set_charter_standing(company=company, since=None)
        emails.signature_lapsed(signature=signature, now=now)
    return moved


def remind_renewals(*, now: dt.datetime) -> int:
    """Remind signatories whose grace period ends within 30 days, and again within 7; who has signed is left alone.

    Returns how many are concerned.
    """
    reminded = 0
    newest = CharterVersion.objects.newest()
    for days in settings.CHARTER_REMINDER_DAYS:
        signed = Signature.objects.awaiting_decision().filter(version=newest)
        ending = Signature.objects.public().filter(
            company__charter_until_at__gt=now, company__charter_until_at__lte=now + dt.timedelta(days=days)
        )
        ending = ending.exclude(company__in=signed.values("company"))
        for signature in ending.with_file().order_by("pk"):
            assert newest is not None
            with transaction.atomic():
                emails.charter_renewal_reminder(signature=signature, version=newest, days=days, now=now)
            reminded += 1
    return reminded
