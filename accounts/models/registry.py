"""What the national registry of organisations answered, kept so that a page never waits for it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

FRESH_FOR = dt.timedelta(days=30)
RETRY_AFTER = dt.timedelta(hours=1)


class RegistryRecordQuerySet(models.QuerySet["RegistryRecord"]):
    """Answers by age."""

    def usable(self, now: dt.datetime) -> Self:
        """Answers that are fresh, and failures too recent to try again."""
        fresh = Q(fetched_at__gt=now - FRESH_FOR) | Q(failed_at__gt=now - RETRY_AFTER)
        return self.filter(fresh)


class RegistryRecord(models.Model):
    """The last answer about one SIREN; facts about organisations only, no person. Never written over what was typed."""

    siren = models.CharField(max_length=9, primary_key=True)
    is_known = models.BooleanField("connue du registre", null=True)
    facts = models.JSONField("faits", default=dict, blank=True)
    fetched_at = models.DateTimeField("réponse", null=True)
    failure = models.CharField("dernier échec", max_length=300, blank=True)
    failed_at = models.DateTimeField("échec", null=True)

    objects: ClassVar = RegistryRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse du registre"
        verbose_name_plural = "réponses du registre"
        constraints = [
            models.CheckConstraint(name="registry_siren_form", condition=Q(siren__regex=r"^\d{9}$")),
            models.CheckConstraint(
                name="registry_answer_stamped",
                condition=Q(is_known__isnull=True, fetched_at__isnull=True)
                | Q(is_known__isnull=False, fetched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registry_failure_stamped",
                condition=Q(failure="", failed_at__isnull=True) | (~Q(failure="") & Q(failed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.siren
