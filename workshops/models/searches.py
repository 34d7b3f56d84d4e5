"""Searches that people keep, and how often they hear of what is new to them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.names import INVISIBLE_PATTERN, visible
from companies.models import Slot
from territories.closed_lists import WordField


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Searches by what is to be done with them."""

    def alerting(self) -> Self:
        """Those whose person is to hear of what is new."""
        return self.filter(user__is_active=True).exclude(frequency=SavedSearch.Frequency.NEVER)


class SavedSearch(models.Model):
    """What a person searches again and again; without any filter it is one, too."""

    class Frequency(models.TextChoices):
        INSTANT = "instant", "Tout de suite"
        WEEKLY = "weekly", "Une fois par semaine"
        NEVER = "never", "Jamais"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField("nom", max_length=120, validators=[visible])
    query = models.CharField(
        "critères",
        max_length=1000,
        blank=True,
        editable=False,
        help_text="de l’adresse, comme `workshops.saved` l’écrit",
    )
    frequency = WordField("me prévenir", max_length=20, choices=Frequency, default=Frequency.INSTANT)
    created_at = models.DateTimeField(editable=False)
    news_since_at = models.DateTimeField(
        editable=False, help_text="les créneaux remarqués depuis n’ont pas tous été regardés"
    )

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(name="search_by_news", fields=["news_since_at", "id"], condition=~Q(frequency="never"))]
        constraints = [
            models.UniqueConstraint(name="search_saved_once", fields=["user", "query"]),
            models.CheckConstraint(
                name="search_name_visible",
                condition=~Q(name="") & ~Q(name__regex=INVISIBLE_PATTERN),
                violation_error_message="Retapez le nom\u00a0: il contient des caractères invisibles.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where what it finds is seen."""
        return f"{reverse('workshops:search')}?{self.query}"


class SearchNotice(models.Model):
    """« We told them »: a pair of search and slot is told once, and anew at another date than the last one told."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(
        help_text="la dernière date annoncée\u00a0: à une autre, le créneau est annoncé de nouveau"
    )
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = "alerte envoyée"
        verbose_name_plural = "alertes envoyées"
        constraints = [models.UniqueConstraint(name="search_told_once", fields=["search", "slot"])]

    def __str__(self) -> str:
        return f"{self.search_id} – {self.slot_id}"
