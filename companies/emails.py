"""What the people of a company are told about its openings: one function per mail."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from companies.confirmations import confirmation_path
from companies.models import Availability
from mail import outbox
from territories.french import long_date

# Who did not hear of a series that sleeps in so long is not told any more.
TOLD_WITHIN = dt.timedelta(days=30)


def series_to_confirm(*, availability: Availability, now: dt.datetime) -> None:
    """To owners and managers: does the series still stand? Once when it is asked, once when its slots sleep."""
    due = availability.confirm_by_at
    assert due is not None
    asleep = due <= now
    fact = f"{availability.pk}:{due:%Y%m%dT%H%M%S}:{'asleep' if asleep else 'asked'}"
    company = availability.room.site.company
    for member in company.managers():
        outbox.post(
            "series_to_confirm",
            key=f"series_to_confirm:{fact}:{member.pk}",
            to=(member.email, member.name),
            context={
                "company": company.name,
                "room": availability.room.name,
                "series": str(availability),
                "asleep": asleep,
                "due": long_date(due.date()),
                "url": settings.SITE_URL + confirmation_path(availability, member),
            },
            not_after=due + TOLD_WITHIN,
            now=now,
        )
