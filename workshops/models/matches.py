"""Which pairs of request and slot were told."""

from __future__ import annotations

from django.db import models

from associations.models import Request
from companies.models import Slot


class MatchNotice(models.Model):
    """« We told them »: a pair of request and slot is told once at each date, whatever fires how often."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = "proposition envoyée"
        verbose_name_plural = "propositions envoyées"
        constraints = [models.UniqueConstraint(name="match_told_once", fields=["request", "slot", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"
