"""When each periodic task last ran: a beat that stopped is seen before anybody misses a reminder."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last time that a periodic task was done."""

    task = models.CharField("tâche", max_length=120, primary_key=True)
    beat_at = models.DateTimeField("dernière fois")

    class Meta:
        verbose_name = "battement"
        ordering = ("task",)

    def __str__(self) -> str:
        return self.task
