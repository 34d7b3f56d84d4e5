"""What is kept, for two days, of each account that somebody tried to open: enough to hold back a mail bombing."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

DAY = dt.timedelta(days=1)


class SignupAttemptQuerySet(models.QuerySet["SignupAttempt"]):
    """Attempts by what is counted."""

    def of_the_last_day(self, now: dt.datetime) -> Self:
        return self.filter(made_at__gt=now - DAY)

    def forgettable(self, now: dt.datetime) -> Self:
        return self.filter(made_at__lte=now - 2 * DAY)


class SignupAttempt(models.Model):
    """One sign-up that sends a mail to an address nobody has shown to be theirs yet."""

    made_at = models.DateTimeField(editable=False, db_index=True)
    recipient = models.CharField(max_length=64, editable=False, help_text="Empreinte de l’adresse, avec clé.")
    proof = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Numéro unique de la preuve de travail, si elle est venue."
    )

    objects: ClassVar = SignupAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "essai d’inscription"
        verbose_name_plural = "essais d’inscription"
        ordering = ("-made_at", "-pk")
        constraints = [models.UniqueConstraint(name="one_signup_per_proof", fields=["proof"], condition=~Q(proof=""))]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
