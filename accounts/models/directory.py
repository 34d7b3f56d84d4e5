"""The local directory of organisations: open data that pre-fills sign-up."""

from __future__ import annotations

import re
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Case, Q, Value, When

from accounts.identifiers import RNA_PATTERN
from territories.closed_lists import WordField
from territories.folding import fold
from territories.models import Commune


class DirectoryQuerySet(models.QuerySet["DirectoryEntry"]):
    """Finding an organisation by what a person types at sign-up."""

    MOST = 10
    LONGEST_TEXT = 200
    SHORTEST_NAME = 2

    def matching(self, text: str) -> Self:
        """At most ten entries that the text may mean, best first; none for text that says nothing.

        A SIREN, SIRET or RNA finds its own entries only. A name finds those that begin so, then those that
        contain it, then those spelled nearly so; accents and case do not count. Active ones come first.
        """
        number = re.sub(r"[\s.\-]", "", text[: self.LONGEST_TEXT]).upper()
        for field, form in (("siren", r"[0-9]{9}"), ("siret", r"[0-9]{14}"), ("rna", RNA_PATTERN)):
            if re.fullmatch(form, number):
                return self.filter(**{field: number}).order_by("-is_active", "search_name", "pk")[: self.MOST]
        name = fold(text[: self.LONGEST_TEXT])
        return self._named(name) if len(name) >= self.SHORTEST_NAME else self.none()

    def _named(self, name: str) -> Self:
        leading, inside = Q(search_name__startswith=name), Q(search_name__contains=f" {name}")
        rank = Case(When(search_name=name, then=Value(0)), When(leading, then=Value(1)), default=Value(2))
        nearness = TrigramWordSimilarity(name, "search_name")
        found = self.filter(leading | inside | Q(search_name__trigram_word_similar=name))
        return found.order_by("-is_active", rank, nearness.desc(), "search_name", "pk")[: self.MOST]


class DirectoryEntry(models.Model):
    """An organisation as open data describes it (`accounts.directory`). It only pre-fills forms: nobody's account."""

    class Kind(models.TextChoices):
        """The legal forms of organisations, and what files leave unsaid."""

        COMPANY = "company", "entreprise"
        ASSOCIATION = "association", "association"
        FOUNDATION = "foundation", "fondation"
        PUBLIC_BODY = "public_body", "organisme public"
        OTHER = "other", "autre"
        UNKNOWN = "unknown", "inconnue"

    source = models.CharField("jeu de données", max_length=100)
    source_key = models.CharField("identifiant dans le jeu", max_length=64)
    kind = WordField("nature", max_length=20, choices=Kind, default=Kind.UNKNOWN)
    name = models.CharField("nom", max_length=200)
    search_name = models.CharField("nom cherché", max_length=1000, help_text="minuscules sans accent ni tiret")
    siren = models.CharField("SIREN", max_length=9, blank=True, db_index=True)
    siret = models.CharField("SIRET", max_length=14, blank=True, db_index=True)
    rna = models.CharField("RNA", max_length=10, blank=True, db_index=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune", null=True, blank=True
    )
    latitude = models.FloatField("latitude", null=True, blank=True, help_text="degrés WGS 84")
    longitude = models.FloatField("longitude", null=True, blank=True, help_text="degrés WGS 84")
    website = models.URLField("site web", blank=True)
    services = ArrayField(models.CharField(max_length=80), verbose_name="services", default=list, blank=True)
    audiences = ArrayField(models.CharField(max_length=80), verbose_name="publics", default=list, blank=True)
    is_active = models.BooleanField("en activité", default=True)
    updated_at = models.DateTimeField("dernier changement", editable=False)

    objects = DirectoryQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche de l’annuaire"
        verbose_name_plural = "fiches de l’annuaire"
        ordering = ("search_name", "pk")
        indexes = [
            GinIndex(OpClass("search_name", "gin_trgm_ops"), name="directory_search_trgm"),
            models.Index(fields=["search_name"], opclasses=["varchar_pattern_ops"], name="directory_search_prefix"),
        ]
        constraints = [
            models.UniqueConstraint(name="directory_source_key_unique", fields=["source", "source_key"]),
            models.CheckConstraint(name="directory_name_told", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="directory_siren_form", condition=models.Q(siren="") | models.Q(siren__regex=r"^\d{9}$")
            ),
            models.CheckConstraint(
                name="directory_siret_form",
                condition=models.Q(siret="") | models.Q(siret__regex=r"^\d{14}$", siret__startswith=models.F("siren")),
            ),
            models.CheckConstraint(
                name="directory_rna_form", condition=models.Q(rna="") | models.Q(rna__regex=RNA_PATTERN.pattern)
            ),
            models.CheckConstraint(
                name="directory_point_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
