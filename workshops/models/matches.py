"""Which pairs of request and slot were told."""

from __future__ import annotations

from django.db import models

from associations.models import Request
from companies.models import Slot


class MatchNotice(models.Model):
    """« We told them »: a pair of request and slot is told once, and anew at another date than the last one told."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(
        help_text="la dernière date annoncée\u00a0: à une autre, le créneau est annoncé de nouveau"
    )
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = "proposition envoyée"
        verbose_name_plural = "propositions envoyées"
        constraints = [models.UniqueConstraint(name="match_told_once", fields=["request", "slot"])]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"
