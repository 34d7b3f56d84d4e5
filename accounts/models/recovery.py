"""Letting in again somebody whose second factor is lost: one operator asks, another confirms."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from territories.records import never_truncated

RECOVERY_LASTS = dt.timedelta(days=2)


class FactorRecoveryQuerySet(models.QuerySet["FactorRecovery"]):
    """Recoveries by what is left to do."""

    def open(self, now: dt.datetime) -> Self:
        return self.filter(confirmed_at=None, opened_at__gt=now - RECOVERY_LASTS).order_by("opened_at", "pk")


class FactorRecovery(models.Model):
    """A wish to remove the second factors of an account. It takes two operators, none of whom is the person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="compte")
    reason = models.CharField("comment vous avez reconnu la personne", max_length=500)
    opened_at = models.DateTimeField(editable=False)
    opened_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")

    objects: ClassVar = FactorRecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = "perte d’un second facteur"
        verbose_name_plural = "pertes d’un second facteur"
        ordering = ("-opened_at", "-pk")
        triggers = [never_truncated("recoveries_stay")]
        constraints = [
            models.CheckConstraint(
                name="recovery_by_two_others",
                condition=~Q(opened_by=F("user"))
                & (
                    Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                    | (
                        Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                        & ~Q(confirmed_by=F("opened_by"))
                        & ~Q(confirmed_by=F("user"))
                    )
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
