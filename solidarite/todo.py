"""A line of « Ce qui vous attend », for either side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from territories.wording import day_date, time_range
from workshops.models import Booking, HostingAgreement, Side

# So many of a kind are shown at once.
MOST = 10


class Task(NamedTuple):
    """A line of « Ce qui vous attend »; the props of `components/todo.html`."""

    title: str
    detail: str
    url: str
    label: str
    hidden: str


def local_start(booking: Booking) -> dt.datetime:
    """When it begins, on the clock of its site."""
    return booking.slot.starts_at.astimezone(ZoneInfo(booking.slot.time_zone))


def when(booking: Booking) -> str:
    """Day and hours, in words."""
    starts = local_start(booking)
    ends = booking.slot.ends_at.astimezone(ZoneInfo(booking.slot.time_zone))
    return f"{day_date(starts.date())}, {time_range(starts.time(), ends.time())}"


def signatures_awaited(own: Organisation, side: Side, now: dt.datetime) -> Iterator[Task]:
    """Hosting agreements that this side has not signed."""
    partner = Side.ASSOCIATION if side == Side.COMPANY else Side.COMPANY
    waiting = HostingAgreement.objects.awaiting(side, timezone.localdate(now)).filter(**{side.value: own.pk})
    for agreement in waiting.select_related(partner.value).order_by("from_date", "pk")[:MOST]:
        name = getattr(agreement, f"{partner}_name")
        yield Task(
            f"Convention d’accueil à signer\u00a0: {name}",
            f"{name} a signé" if agreement.is_begun else "le projet est prêt",
            reverse(f"workshops:{side}_hosting", args=[own.slug, getattr(agreement, partner.value).slug]),
            "Lire et signer",
            f"la convention avec {name}",
        )
