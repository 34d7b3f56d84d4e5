"""What those who run the portal are waited for: whom no mail reaches any more. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from accounts.gates import lacks_second_factor
from accounts.models import Role, User
from associations.models import Membership as InAssociation
from companies.models import Membership as InCompany
from mail.models import Suppression
from solidarite.todo import MOST, Task, when
from workshops.told import about
from workshops.unheard import unheard_lately


def operator_tasks(user: User, now: dt.datetime) -> list[Task]:
    """Empty for whoever may not open the pages of operators."""
    if not user.is_staff or lacks_second_factor(user):
        return []
    return [*_unheard(now), *_unreachable()]


def _unheard(now: dt.datetime) -> Iterator[Task]:
    """Bookings of which a side has not got all: until somebody there has, or the evening is over."""
    for lost in islice(unheard_lately(now), MOST):
        booking = lost.booking
        yield Task(
            f"{lost.whose} n’a pas reçu {lost.what}",
            f"{when(booking.slot)}, {booking.association} chez {booking.slot.room.site.company}",
            f"{reverse('admin:mail_message_changelist')}?{urlencode({'about': about(booking)})}",
            "Voir les courriels",
            f"de {lost.whose} pour cette réservation",
            lost.whose,
        )


def _unreachable() -> Iterator[Task]:
    """Organisations in whose name nobody acts whom mail reaches, until somebody does again."""
    for kind, key in ((InCompany, "company"), (InAssociation, "association")):
        for member in _alone(kind, key)[:MOST]:
            organisation = member.organisation
            yield Task(
                f"Plus personne ne reçoit nos courriels\u00a0: {organisation}",
                f"{member.user.name}, {member.user.email}",
                reverse("admin:mail_suppression_change", args=[member.aside]),
                "Voir l’adresse écartée",
                f"de {organisation}",
                organisation.name,
            )


def _alone(kind: Any, key: str) -> Any:
    """Of each such organisation one who acts for it, with the number of their address that is set aside."""
    silent = Suppression.objects.values("address")
    acting = kind.objects.filter(role__in=Role.managing(), user__is_active=True)
    reached = acting.filter(**{key: OuterRef(key)}).exclude(user__email__in=silent)
    aside = Subquery(Suppression.objects.filter(address=OuterRef("user__email")).values("pk"))
    found = acting.filter(~Exists(reached), user__email__in=silent).annotate(aside=aside)
    return found.select_related("user", key).order_by(f"{key}_id", "pk").distinct(f"{key}_id")
