"""Promises of volunteers that ended: taken back or over, or with their workshop, their consent or their membership."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from companies.models import Slot


class LostPromise(models.Model):
    """What a promise leaves behind when it ends: a calendar shows that it is off, and somebody is called in its place.

    The promise itself is gone, so that its seat is free and its volunteer may promise something else. A trigger writes
    it for whoever ends the promise; it goes with the slot or the account (migration `0007_lost_promises`).
    """

    promise = models.PositiveBigIntegerField(
        "numéro de la promesse", unique=True, editable=False, help_text="celui de son événement iCalendar"
    )
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    volunteer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    sequence = models.PositiveIntegerField(editable=False, help_text="SEQUENCE de l’événement iCalendar")
    lost_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "promesse sans objet"
        verbose_name_plural = "promesses sans objet"
        ordering = ("lost_at", "pk")
        constraints = [models.CheckConstraint(name="lost_promise_comes_after", condition=Q(sequence__gte=1))]

    def __str__(self) -> str:
        return f"{self.volunteer}, {self.slot}"
