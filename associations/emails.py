"""What associations are told about themselves: one function per mail."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from accounts.contact import contact_url
from associations.models import Association, Request
from mail import outbox


def association_admitted(*, association: Association, now: dt.datetime) -> None:
    """They may book at once."""
    _tell("association_admitted", association, now)


def association_refused(*, association: Association, kind: str, again: bool, now: dt.datetime) -> None:
    """They may not take part, with the reason and the way to appeal; `again` when they may correct their entry."""
    _tell("association_refused", association, now, {"kind": kind, "again": again})


def association_suspended(*, association: Association, now: dt.datetime) -> None:
    """They may not book until further notice; what is confirmed stays."""
    path = reverse("association", args=[association.slug])
    _tell("association_suspended", association, now, {"contact_url": contact_url(path)})


def association_reinstated(*, association: Association, now: dt.datetime) -> None:
    """They may book again."""
    _tell("association_reinstated", association, now)


def request_published(*, request: Request, now: dt.datetime) -> None:
    """Their first request is online."""
    _tell("request_published", request.association, now, {"topic": request.get_topic_display()}, about=request)


def request_hidden(*, request: Request, now: dt.datetime) -> None:
    """Their request is offline, with the reason and the way to appeal."""
    slug = [request.association.slug]
    context = {
        "topic": request.get_topic_display(),
        "reason": request.hidden_reason,
        "request_url": settings.SITE_URL + reverse("associations:request_create", args=slug),
        "requests_url": settings.SITE_URL + reverse("associations:requests", args=slug),
    }
    _tell("request_hidden", request.association, now, context, about=request)


def _tell(
    template: str,
    association: Association,
    now: dt.datetime,
    extra: Mapping[str, object] | None = None,
    *,
    about: Request | None = None,
) -> None:
    """Tell each manager. A decision is told by its instant, since it may be taken again."""
    fact = f"{now:%Y%m%dT%H%M%S%f}" + (f":{about.pk}" if about else "")
    for manager in association.managers():
        outbox.post(
            template,
            key=f"{template}:{association.pk}:{fact}:{manager.pk}",
            to=(manager.email, manager.name),
            context={
                "association": association.name,
                "reason": association.decision_reason,
                "search_url": settings.SITE_URL + reverse("workshops:search"),
                "association_url": settings.SITE_URL + reverse("association", args=[association.slug]),
                **(extra or {}),
            },
            now=now,
        )
