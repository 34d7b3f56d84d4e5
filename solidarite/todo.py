"""A line of « Ce qui vous attend », for either side, and what both are waited for.

Several organisations are asked about at once, in as many queries as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from companies.models import Company, Slot
from territories.wording import day_date, hours, noun, number, time_range
from workshops.figures import Given
from workshops.models import Booking, HostingAgreement, Side, WorkshopQuerySet

# So many of a kind are shown at once.
MOST = 10
# Volunteers are called for as long before the workshop.
VOLUNTEERS_WITHIN = dt.timedelta(days=14)


class Task(NamedTuple):
    """A line of « Ce qui vous attend »; the props of `components/todo.html`."""

    title: str
    detail: str
    url: str
    label: str
    hidden: str
    whose: str
    """The organisation that is waited for."""


def local_start(slot: Slot) -> dt.datetime:
    """When it begins, on the clock of its site."""
    return slot.starts_at.astimezone(ZoneInfo(slot.time_zone))


def when(slot: Slot) -> str:
    """Day and hours, in words."""
    starts = local_start(slot)
    ends = slot.ends_at.astimezone(ZoneInfo(slot.time_zone))
    return f"{day_date(starts.date())}, {time_range(starts.time(), ends.time())}"


def in_figures(given: Given, people: str) -> list[dict[str, str]]:
    """The props of `components/figures.html`; `people` is what they are called, in their number."""
    of_time, unit = hours(round(given.minutes / 60, 1)).split("\u00a0")
    return [
        {"number": number(given.workshops), "label": noun(given.workshops, "atelier tenu", "ateliers tenus")},
        {"number": number(given.people), "label": people},
        {"number": of_time, "label": f"{unit} de bénévoles"},
    ]


def agreements_asked(coming: WorkshopQuerySet, side: Side) -> Iterator[Task]:
    """Of workshops to come, loaded with everything: those that this side has not said to stand, and was asked about."""
    asked = coming.filter(**{f"{side}_agreed_at": None}, agreement_asked_at__isnull=False)
    for workshop in asked.order_by("booking__slot__starts_at", "pk")[:MOST]:
        booking = workshop.booking
        company, association = booking.slot.room.site.company, booking.association
        own, partner = (company, f"avec {association}") if side == Side.COMPANY else (association, f"chez {company}")
        yield Task(
            f"L’atelier du {day_date(local_start(booking.slot).date())} tient-il toujours\u00a0?",
            partner,
            reverse(f"workshops:{side}_booking", args=[own.slug, booking.pk]),
            "Répondre",
            f"pour l’atelier {partner}",
            own.name,
        )


def called_off(booking: Booking, *, url: str, whose: Organisation) -> Task:
    """That it is off, of which no mail could be brought."""
    by = booking.association if booking.state == Booking.State.CANCELLED_BY_ASSOCIATION else _host(booking)
    day = day_date(local_start(booking.slot).date())
    return Task(
        f"L’atelier du {day} est annulé par {by}",
        f"{when(booking.slot)}\u00a0: notre courriel n’a pas pu être remis",
        url,
        "Voir",
        f"l’atelier annulé du {day}",
        whose.name,
    )


def _host(booking: Booking) -> Company:
    return booking.slot.room.site.company


def signatures_awaited(own: Collection[Organisation], side: Side, now: dt.datetime) -> Iterator[Task]:
    """Hosting agreements that this side has not signed."""
    partner = Side.ASSOCIATION if side == Side.COMPANY else Side.COMPANY
    waiting = HostingAgreement.objects.awaiting(side, timezone.localdate(now)).filter(**{f"{side}__in": own})
    for agreement in waiting.select_related("company", "association").order_by("from_date", "pk")[:MOST]:
        name, whose = getattr(agreement, f"{partner}_name"), getattr(agreement, side.value)
        yield Task(
            f"Convention d’accueil à signer\u00a0: {name}",
            f"{name} a signé" if agreement.is_begun else "le projet est prêt",
            reverse(f"workshops:{side}_hosting", args=[whose.slug, getattr(agreement, partner.value).slug]),
            "Lire et signer",
            f"la convention avec {name}",
            whose.name,
        )
