"""What associations are told about themselves: one function per mail."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from associations.models import Association
from mail import outbox


def association_admitted(*, association: Association, now: dt.datetime) -> None:
    """They may book at once."""
    _tell("association_admitted", association, now)


def association_refused(*, association: Association, now: dt.datetime) -> None:
    """They may not take part, with the reason."""
    _tell("association_refused", association, now)


def _tell(template: str, association: Association, now: dt.datetime) -> None:
    for manager in association.managers():
        outbox.post(
            template,
            key=f"{template}:{association.pk}:{manager.pk}",
            to=(manager.email, manager.name),
            context={
                "association": association.name,
                "reason": association.decision_reason,
                "search_url": settings.SITE_URL + reverse("workshops:search"),
            },
            now=now,
        )
