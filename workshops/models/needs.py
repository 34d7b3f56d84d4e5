"""What is looked for and not served, by place. Counted now and then: a page that counts would read every slot."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from territories.models import Commune, Departement


class NeedQuerySet(models.QuerySet[Any]):
    """Needs in the order in which they are shown."""

    def largest_first(self, place: str) -> Self:
        """Where most requests are not served, then where most are open; `place` leads to where it is."""
        return self.select_related(place).order_by("-unserved", "-requests", f"{place}__search_name", "pk")


class Need(models.Model):
    """How many requests of a place are open at an instant, and how many of them no slot serves.

    `workshops.actions.count_needs` alone writes it, for all places at once.
    """

    requests = models.PositiveIntegerField("demandes ouvertes")
    unserved = models.PositiveIntegerField("demandes sans créneau")
    slots = models.PositiveIntegerField("créneaux libres")
    distance_km = models.FloatField(
        "distance", null=True, help_text="kilomètres jusqu’au site le plus proche qui a un créneau libre"
    )
    counted_at = models.DateTimeField("compté")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_unserved_among_requests", condition=Q(unserved__lte=F("requests"))),
            models.CheckConstraint(
                name="%(class)s_distance_plausible",
                condition=Q(distance_km__isnull=True) | Q(distance_km__gte=0),
            ),
        ]


class DepartementNeed(Need):
    """Of all requests in a département; the distance is the median of theirs."""

    departement = models.OneToOneField(Departement, on_delete=models.CASCADE, primary_key=True, related_name="+")

    objects = NeedQuerySet.as_manager()

    class Meta(Need.Meta):
        verbose_name = "besoin d’un département"
        verbose_name_plural = "besoins des départements"

    def __str__(self) -> str:
        return f"{self.departement_id}"


class CommuneNeed(Need):
    """Of the requests in a commune where any is open."""

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, primary_key=True, related_name="+")

    objects = NeedQuerySet.as_manager()

    class Meta(Need.Meta):
        verbose_name = "besoin d’une commune"
        verbose_name_plural = "besoins des communes"
        constraints = [
            *Need.Meta.constraints,
            models.CheckConstraint(name="communeneed_of_a_request", condition=Q(requests__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id}"
