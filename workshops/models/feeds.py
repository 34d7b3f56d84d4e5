"""Calendars to subscribe to: whose, of what, and until when."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from companies.models import Site


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Feeds by whether they still show something."""

    def open(self) -> Self:
        return self.filter(closed_at=None)


class CalendarFeed(models.Model):
    """An address that shows a person's own calendar, or that of a site they manage, to whoever has it.

    The address is this row's number under our signature: closing the row closes it, another one is another row.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "agenda à suivre"
        verbose_name_plural = "agendas à suivre"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="feed_open_once",
                fields=["user", "site"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.site}" if self.site_id else f"{self.user}"
