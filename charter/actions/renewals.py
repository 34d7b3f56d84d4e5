"""What a new version does to signatures of earlier ones, found by looking at facts."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import pairwise

from django.conf import settings

from accounts.scans import one_by_one
from charter import emails
from charter.actions.moves import lock_company, move
from charter.actions.standing import counts_until
from charter.models import CharterVersion, Signature
from companies import actions as companies

State = Signature.State


def lapse_signatures(*, now: dt.datetime) -> int:
    """Note which signatures ended with their grace period, and tell. The catalogue did not wait for this."""
    earlier = Signature.objects.standing().exclude(version=CharterVersion.objects.newest()).with_file().order_by("pk")
    return one_by_one(earlier, lambda signature: _lapse(signature, now))


def _lapse(signature: Signature, now: dt.datetime) -> bool:
    company = lock_company(signature)
    # A suspension empties the company's own dates: its signature ends with the grace period all the same.
    until = company.charter_until_at or counts_until(signature.version)
    if until is None or until > now:
        return False
    moved = move(signature, State.LAPSED, ended_at=now)
    if moved:
        companies.set_charter_standing(company=company, since=None)
        waits = Signature.objects.awaiting_decision().filter(company=company).exists()
        emails.signature_lapsed(signature=signature, waits=waits, now=now)
    return moved


def remind_renewals(*, now: dt.datetime) -> int:
    """Remind signatories whose grace period ends within 30 days, and again within 7; who has signed is left alone.

    A scan that runs late sends the nearest reminder alone. Returns how many are concerned.
    """
    newest = CharterVersion.objects.newest()
    if newest is None:
        return 0
    given = Signature.objects.given(newest.number)
    standing = Signature.objects.public().exclude(company__in=given.values("company")).with_file().order_by("pk")
    reminded = 0
    for nearer, days in pairwise((0, *sorted(settings.CHARTER_REMINDER_DAYS))):
        between = (now + dt.timedelta(days=nearer), now + dt.timedelta(days=days))
        ending = standing.filter(company__charter_until_at__gt=between[0], company__charter_until_at__lte=between[1])
        reminded += one_by_one(ending, partial(_remind, version=newest, days=days, now=now))
    return reminded


def _remind(signature: Signature, *, version: CharterVersion, days: int, now: dt.datetime) -> None:
    until = signature.company.charter_until_at
    assert until is not None
    emails.charter_renewal_reminder(signature=signature, version=version, until=until, days=days, now=now)
