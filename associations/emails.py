"""What associations are told about themselves: one function per mail."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.contact import contact_url
from accounts.letters import Facts, managers_of, writing_to
from associations.confirmations import keeping_path
from associations.models import Association, Request
from mail.kinds import by_day, on_a_clock
from territories.wording import long_date


def association_admitted(*, association: Association, now: dt.datetime) -> None:
    """They may book at once."""
    _tell("association_admitted", association, now)


def association_refused(*, association: Association, reason_code: str, again: bool, now: dt.datetime) -> None:
    """They may not take part, with the reason and the way to appeal; `again` when they may correct their entry."""

    def facts() -> dict[str, object]:
        kind = str(Association.RefusalReason(reason_code).label) if reason_code else ""
        return {"kind": kind, "again": again}

    _tell("association_refused", association, now, facts)


def association_suspended(*, association: Association, now: dt.datetime) -> None:
    """They may not book until further notice; what is confirmed stays."""
    url = contact_url(reverse("association", args=[association.slug]))
    _tell("association_suspended", association, now, lambda: {"contact_url": url})


def association_reinstated(*, association: Association, now: dt.datetime) -> None:
    """They may book again."""
    _tell("association_reinstated", association, now)


def request_published(*, request: Request, now: dt.datetime) -> None:
    """Their first request is online."""
    _tell("request_published", request.association, now, Published(request, over=False).facts, about=request)


class Published(NamedTuple):
    """What a mail says of a first request that moderation has let through."""

    request: Request
    over: bool

    def facts(self) -> dict[str, object]:
        """In the language spoken; where its dates have passed, with the form that says all but those."""
        form = reverse("associations:request_create", args=[self.request.association.slug])
        again = f"{settings.SITE_URL}{form}?comme={self.request.pk}"
        return {"topic": self.request.about, "over": self.over, "again_url": again}


def request_hidden(*, request: Request, now: dt.datetime) -> None:
    """Their request is offline, with the reason and the way to appeal."""
    slug = [request.association.slug]

    def facts() -> dict[str, object]:
        return {
            "topic": request.about,
            "reason": request.hidden_reason,
            "request_url": settings.SITE_URL + reverse("associations:request_create", args=slug),
            "requests_url": settings.SITE_URL + reverse("associations:requests", args=slug),
        }

    _tell("request_hidden", request.association, now, facts, about=request)


@by_day
@on_a_clock
def request_expiring(*, request: Request, now: dt.datetime) -> None:
    """Are they still looking? Once for each date at which it would leave the site."""
    zone = request.commune.time_zone
    for manager in managers_of(request.association):
        with writing_to(manager) as post:
            post(
                "request_expiring",
                key=f"request_expiring:{request.pk}:{request.expires_at:%Y%m%dT%H%M%S}:{manager.pk}",
                context={
                    "topic": request.about,
                    "until": long_date(request.expires_at.astimezone(ZoneInfo(zone)).date()),
                    "url": settings.SITE_URL + keeping_path(request, manager.person),
                },
                about=f"request:{request.pk}",
                on_behalf_of=f"associations:{request.association_id}",
                time_zone=zone,
                not_after=request.expires_at,
                now=now,
            )


def _tell(
    template: str,
    association: Association,
    now: dt.datetime,
    facts: Facts = dict,
    *,
    about: Request | None = None,
) -> None:
    """Tell each manager. A decision is told by its instant, since it may be taken again."""
    fact = f"{now:%Y%m%dT%H%M%S%f}" + (f":{about.pk}" if about else "")
    for manager in managers_of(association):
        with writing_to(manager) as post:
            post(
                template,
                key=f"{template}:{association.pk}:{fact}:{manager.pk}",
                context={
                    "association": association.name,
                    "reason": association.decision_reason,
                    "search_url": settings.SITE_URL + reverse("workshops:search"),
                    "association_url": settings.SITE_URL + reverse("association", args=[association.slug]),
                    **facts(),
                },
                on_behalf_of=f"associations:{association.pk}",
                now=now,
            )
