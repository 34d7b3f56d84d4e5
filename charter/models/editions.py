"""Editions of the campaign: « portes ouvertes » for some weeks, in the whole country or a part of it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from territories.models import Departement


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions by date."""

    def announced(self) -> Self:
        """Editions that everybody may read of."""
        return self.filter(announced_at__isnull=False)


class Edition(models.Model):
    """A period for which the operator calls companies to open their doors together."""

    name = models.CharField("nom", max_length=120, help_text="Par exemple\u00a0: Portes ouvertes de printemps.")
    slug = models.SlugField("adresse de la page", max_length=80, unique=True)
    text = models.TextField("présentation", max_length=10_000, blank=True, help_text="Markdown, sans HTML.")
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    departements = models.ManyToManyField(
        Departement,
        blank=True,
        related_name="+",
        verbose_name="départements",
        help_text="Aucun\u00a0: toute la France.",
    )
    created_at = models.DateTimeField(editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    announced_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "édition"
        ordering = ("-from_date", "-pk")
        constraints = [
            models.CheckConstraint(
                name="edition_dates_in_order",
                condition=Q(until_date__gte=F("from_date")),
                violation_error_message="Indiquez une date de fin après la date de début.",
            ),
            models.CheckConstraint(
                name="edition_announced_stamped",
                condition=Q(announced_at__isnull=False) | Q(announced_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name
