"""Opening and closing calendars to subscribe to."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from companies.models import Site
from workshops.models import CalendarFeed


@transaction.atomic
def open_feed(*, user: User, site: Site | None, now: dt.datetime) -> CalendarFeed:
    """Give a person an address for their own calendar, or that of a site; the former address ends."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    close_feed(user=user, site_id=site.pk if site else None, now=now)
    return CalendarFeed.objects.create(user=user, site=site, created_at=now)


@transaction.atomic
def close_feed(*, user: User, site_id: int | None, now: dt.datetime) -> None:
    """End an address: it shows nothing any more."""
    CalendarFeed.objects.open().filter(user=user, site=site_id).update(closed_at=now)
