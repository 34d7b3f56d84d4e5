"""Opening and closing calendars to subscribe to."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from associations.models import Association
from companies.models import Company, Site
from workshops.models import CalendarFeed, shown_as


@transaction.atomic
def open_feed(*, user: User, shown: Site | Company | Association | None, now: dt.datetime) -> CalendarFeed:
    """Give a person an address for their own calendar, or that of what they manage; the former address ends."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    close_feed(user=user, shown=shown, now=now)
    return CalendarFeed.objects.create(user=user, created_at=now, **shown_as(shown))


@transaction.atomic
def close_feed(*, user: User, shown: Site | Company | Association | None, now: dt.datetime) -> None:
    """End an address: it shows nothing any more."""
    CalendarFeed.objects.open().of(shown).filter(user=user).update(closed_at=now)
