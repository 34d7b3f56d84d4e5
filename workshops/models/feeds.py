"""Calendars to subscribe to: whose, of what, and until when."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from associations.models import Association
from companies.models import Company, Site


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Feeds by whether they still show something."""

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of(self, shown: Site | Company | Association | None) -> Self:
        """Those that show this; None: a person's own workshops."""
        return self.filter(**shown_as(shown))


def shown_as(shown: Site | Company | Association | None) -> dict[str, Site | Company | Association | None]:
    """The columns that say what a feed shows."""
    kinds = {"site": Site, "company": Company, "association": Association}
    return {name: shown if isinstance(shown, kind) else None for name, kind in kinds.items()}


class CalendarFeed(models.Model):
    """An address that shows a person's own calendar, or that of what they manage, to whoever has it.

    What they manage is a company, one of its sites, or an association.

    The address is this row's number under our signature: closing the row closes it, another one is another row.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="+")
    association = models.ForeignKey(Association, on_delete=models.CASCADE, null=True, related_name="+")
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
                fields=["user", "site", "company", "association"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="feed_of_one_thing",
                condition=Q(site__isnull=True, company__isnull=True)
                | Q(site__isnull=True, association__isnull=True)
                | Q(company__isnull=True, association__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.shown or 'ses ateliers'}"

    @property
    def shown(self) -> Site | Company | Association | None:
        """What it shows; None: the person's own workshops."""
        return self.site or self.company or self.association

    @property
    def organisation(self) -> Company | Association | None:
        """Whose managers may see it."""
        return self.site.company if self.site else self.company or self.association
