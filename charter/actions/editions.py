"""Editions of the campaign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.slugs import free_slug
from charter.models import Edition
from territories.models import Departement


@transaction.atomic
def save_edition(*, edition: Edition, departements: Iterable[Departement], now: dt.datetime) -> Edition:
    """Keep an edition, new or corrected; its address never changes, and whether it is announced stays."""
    if edition.pk:
        edition.save(update_fields=["name", "text", "from_date", "until_date"])
    else:
        edition.created_at = now
        edition.slug = free_slug(Edition.objects.all(), edition.name, otherwise="edition")
        edition.save()
    edition.departements.set(departements)
    return edition


@transaction.atomic
def announce_edition(*, edition: Edition, by: User, now: dt.datetime) -> None:
    """Make an edition's page public."""
    Edition.objects.filter(pk=edition.pk, announced_at=None).update(announced_at=now, announced_by=by)
