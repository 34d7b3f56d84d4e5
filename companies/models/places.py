"""Sites and their rooms."""

from __future__ import annotations

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from accounts.names import NAME, visible
from accounts.ranges import between
from companies.models.companies import Company
from territories.distance import EarthPoint
from territories.models import Commune


class Site(models.Model):
    """A building where people are welcomed. Its commune gives the time zone, its point the distances."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField("nom du site", max_length=120, validators=NAME)
    address = models.CharField("adresse", max_length=200, validators=[visible])
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    latitude = models.FloatField("latitude", help_text="degrés WGS 84")
    longitude = models.FloatField("longitude", help_text="degrés WGS 84")
    time_zone = models.CharField("fuseau horaire", max_length=40, editable=False)
    max_visitors = models.PositiveSmallIntegerField(
        "visiteurs admis en même temps",
        validators=between(1, 10_000),
        help_text="Le nombre que votre établissement peut recevoir, salles réunies.",
    )
    step_free_access = models.BooleanField("accès de plain-pied", null=True)
    access_instructions = models.TextField(
        "comment entrer le soir",
        max_length=2000,
        blank=True,
        help_text="Accueil, badge, interphone, wifi. Montré seulement quand une réservation est confirmée.",
    )
    evening_phone = models.CharField(
        "téléphone qui répond ce soir-là",
        max_length=20,
        blank=True,
        help_text="Montré seulement quand une réservation est confirmée.",
    )
    created_at = models.DateTimeField("création", editable=False)
    archived_at = models.DateTimeField("archivage", null=True, editable=False)

    class Meta:
        verbose_name = "site"
        ordering = ("name", "pk")
        indexes = [GistIndex(EarthPoint("latitude", "longitude"), name="site_point")]
        constraints = [
            models.CheckConstraint(
                name="site_point_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="site_welcomes_somebody",
                condition=Q(max_visitors__gte=1),
            ),
            # Target of the composite key of Room (migration 0002).
            models.UniqueConstraint(name="site_max_visitors_key", fields=["id", "max_visitors"]),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room at a site. `site_max_visitors` follows the site by a composite foreign key."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="rooms")
    site_max_visitors = models.PositiveSmallIntegerField(editable=False)
    name = models.CharField("nom de la salle", max_length=120, validators=NAME)
    capacity = models.PositiveSmallIntegerField("places assises")
    computers = models.PositiveSmallIntegerField("ordinateurs prêtés")
    equipment = models.CharField(
        "équipement", max_length=300, blank=True, help_text="Par exemple\u00a0: vidéoprojecteur, tableau, imprimante."
    )
    created_at = models.DateTimeField("création", editable=False)
    archived_at = models.DateTimeField("archivage", null=True, editable=False)

    class Meta:
        verbose_name = "salle"
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="room_capacity_within_site",
                condition=Q(capacity__gte=1, capacity__lte=F("site_max_visitors")),
                violation_error_message="La salle ne peut pas compter plus de places que le site n’admet de visiteurs.",
            ),
            # Target of the composite key of Slot (migration 0002).
            models.UniqueConstraint(name="room_capacity_key", fields=["id", "capacity", "computers"]),
        ]

    def __str__(self) -> str:
        return self.name
