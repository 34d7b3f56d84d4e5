"""Regions, départements and communes of the official geographic code (COG), overseas included."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)

    class Meta:
        verbose_name = "région"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Departement(models.Model):
    """A département, or an overseas collectivity that plays its part."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements")
    time_zone = models.CharField("fuseau horaire", max_length=40)

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Commune(models.Model):
    """A commune or municipal arrondissement. Its key is the INSEE code, which is not the postal code."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    postal_codes = ArrayField(models.CharField(max_length=5), verbose_name="codes postaux")
    population = models.PositiveIntegerField("population")
    latitude = models.FloatField("latitude", null=True, help_text="degrés WGS 84, vide si inconnue")
    longitude = models.FloatField("longitude", null=True)
    time_zone = models.CharField("fuseau horaire", max_length=40)
    search_name = models.CharField("nom cherché", max_length=100, help_text="minuscules sans accent ni tiret")

    class Meta:
        verbose_name = "commune"
        ordering = ("search_name", "code")
        indexes = [
            GinIndex(OpClass("search_name", "gin_trgm_ops"), name="commune_search_trgm"),
            GinIndex(fields=["postal_codes"], name="commune_postal_codes"),
        ]
        constraints = [
            models.CheckConstraint(
                name="commune_point_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.departement_id})"
