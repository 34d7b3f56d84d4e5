"""From when to when a signature of a version counts, and the lock between who publishes and who signs."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from charter.models import CharterVersion

# The lock between who publishes a version and who signs the newest one. The number is ours alone.
NEWEST_TEXT = 20_150_702


def counts_until(version: CharterVersion) -> dt.datetime | None:
    """When a signature of this version ends to count: with the first grace period of a later one, if there is one."""
    later = CharterVersion.objects.published().filter(number__gt=version.number)
    return min((midnight(one.grace_ends_date) for one in later), default=None)


def today(now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


def wait_for_signers() -> None:
    """Who signs or approves holds the newest text until the commit; who writes it waits for them, and they for it.

    This lock comes first, before that of a company: who publishes takes it, then writes to all companies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEWEST_TEXT])


def hold_newest() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [NEWEST_TEXT])
