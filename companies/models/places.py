"""Sites and their rooms."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, ngettext
from phonenumber_field.modelfields import PhoneNumberField

from accounts.names import NAME, visible
from accounts.ranges import between
from companies.models.accessibility import Accessibility
from companies.models.companies import Company
from companies.models.promises import promises_stand
from territories.closed_lists import WordField, WordsField
from territories.distance import EarthPoint
from territories.grid import GridCell
from territories.models import Commune


def _closed_with_its_rooms(*, name: str, operation: Any, site: str) -> pgtrigger.Trigger:
    """At commit: no room is in use at a site that is not."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (
                SELECT FROM companies_site AS s JOIN companies_room AS r ON r.site_id = s.id
                WHERE s.id = {site} AND s.archived_at IS NOT NULL AND r.archived_at IS NULL
            ) THEN
                RAISE EXCEPTION 'The site is closed, and a room of it is not.'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'site_closed_with_its_rooms';
            END IF;
            RETURN NULL;
        """,  # a column of our own
    )


class Site(Accessibility):
    """A building where people are welcomed. Its commune gives the time zone, its point the distances."""

    class PointFrom(models.TextChoices):
        """How the point was found."""

        ADDRESS = "address", "à l’adresse"
        STREET = "street", "à la rue"
        COMMUNE = "commune", "au centre de la commune"
        HAND = "hand", "placé à la main"

    class VisitorRegime(models.TextChoices):
        """Under which rules the building receives visitors: its category as an ERP, or as a place of work."""

        ACCOMPANIED = "accompanied", "lieu de travail, visiteurs accompagnés"
        ERP_1 = "erp_1", "ERP de 1re catégorie (plus de 1 500 personnes)"
        ERP_2 = "erp_2", "ERP de 2e catégorie (701 à 1 500 personnes)"
        ERP_3 = "erp_3", "ERP de 3e catégorie (301 à 700 personnes)"
        ERP_4 = "erp_4", "ERP de 4e catégorie (300 personnes au plus)"
        ERP_5 = "erp_5", "ERP de 5e catégorie (sous le seuil de son type)"

    # What its managers describe; the rest is the portal's own to write.
    DESCRIBED = ("name", "address", "latitude", "longitude", "point_from", "visitor_regime", "max_visitors")
    # Of that, where one goes: who has a date there is told when it changes.
    WAY = ("name", "address", "latitude", "longitude")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField("nom du site", max_length=120, validators=NAME)
    address = models.CharField("adresse", max_length=200, validators=[visible])
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    latitude = models.FloatField("latitude", help_text="degrés WGS 84")
    longitude = models.FloatField("longitude", help_text="degrés WGS 84")
    cell = models.GeneratedField(
        expression=GridCell("latitude", "longitude"),
        output_field=models.IntegerField("carreau", help_text="de la grille de `territories.grid`"),
        db_persist=True,
    )
    point_from = WordField("position", max_length=20, choices=PointFrom, default=PointFrom.COMMUNE, editable=False)
    time_zone = models.CharField("fuseau horaire", max_length=40, editable=False)
    visitor_regime = WordField(
        "accueil du public", max_length=20, choices=VisitorRegime, default=VisitorRegime.ACCOMPANIED
    )
    max_visitors = models.PositiveSmallIntegerField(
        "visiteurs admis en même temps",
        validators=between(1, 10_000),
        help_text="Le nombre que votre établissement peut recevoir, salles réunies.",
    )
    created_at = models.DateTimeField("création", editable=False)
    archived_at = models.DateTimeField("archivage", null=True, editable=False)
    way_changed_at = models.DateTimeField(
        null=True, editable=False, help_text="quand on a dit autrement où aller ou comment entrer"
    )

    class Meta:
        verbose_name = "site"
        ordering = ("name", "pk")
        indexes = [
            GistIndex(EarthPoint("latitude", "longitude"), name="site_point"),
            models.Index(name="site_by_cell", fields=["cell"]),
        ]
        constraints = [
            *Accessibility.Meta.constraints,
            models.CheckConstraint(
                name="site_visitors_within_category",
                # Article R. 143-19 of the code de la construction et de l’habitation.
                condition=Q(visitor_regime__in=["accompanied", "erp_1"])
                | Q(visitor_regime="erp_2", max_visitors__lte=1500)
                | Q(visitor_regime="erp_3", max_visitors__lte=700)
                | Q(visitor_regime__in=["erp_4", "erp_5"], max_visitors__lte=300),
                violation_error_message="Cette catégorie d’ERP n’admet pas autant de personnes.",
            ),
            models.CheckConstraint(
                name="site_point_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="site_welcomes_somebody",
                condition=Q(max_visitors__gte=1),
            ),
            # Target of the composite key of Room (migration `0002_bonds`).
            models.UniqueConstraint(name="site_room_key", fields=["id", "max_visitors", "time_zone", "cell"]),
        ]
        triggers = [
            promises_stand(
                name="site_keeps_its_promises",
                operation=pgtrigger.UpdateOf("company_id"),  # type: ignore[no-untyped-call]
                func="PERFORM promises_stand(NEW.company_id, NULL); RETURN NULL;",
            ),
            _closed_with_its_rooms(
                name="site_closed_with_its_rooms",
                operation=pgtrigger.UpdateOf("archived_at"),  # type: ignore[no-untyped-call]
                site="NEW.id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def access_lines(self) -> list[tuple[str, str]]:
        """What its access kit tells; nothing without one."""
        kit = getattr(self, "access_kit", None)
        return [] if kit is None else kit.lines()


class AccessKit(models.Model):
    """How to get in, on the evening itself. Its own table: only the parties of a confirmed booking ever load it."""

    WAY = (
        "reception", "entrance", "evening_contact", "evening_phone", "visitor_count_hours", "wants_arrival_sheet",
        "wifi", "to_bring",
    )  # fmt: skip

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="access_kit")
    reception = models.CharField(
        "où se présenter", max_length=200, blank=True, help_text="Hall, étage, nom à donner à l’accueil."
    )
    entrance = models.TextField(
        "comment entrer le soir", max_length=2000, blank=True, help_text="Badge, interphone, porte à prendre."
    )
    evening_contact = models.CharField("qui répond ce soir-là", max_length=120, blank=True, validators=[visible])
    evening_phone = PhoneNumberField("son téléphone", max_length=20, blank=True)
    visitor_count_hours = models.PositiveSmallIntegerField(
        "nombre de visiteurs à donner",
        null=True,
        blank=True,
        validators=between(1, 720),
        help_text="Combien d’heures avant ; vide si votre accueil n’en a pas besoin. Un nombre, jamais de noms.",
    )
    wants_arrival_sheet = models.BooleanField(
        "une feuille d’arrivée est signée à l’entrée",
        default=False,
        help_text="L’association imprime une feuille vierge\u00a0: les noms s’y écrivent à la main.",
    )
    wifi = models.CharField("wifi", max_length=200, blank=True, help_text="Nom du réseau, code s’il y en a un.")
    to_bring = models.CharField(
        "à apporter", max_length=300, blank=True, help_text="Pièce d’identité pour l’accueil, par exemple."
    )

    class Meta:
        verbose_name = "kit d’accès"
        verbose_name_plural = "kits d’accès"

    def __str__(self) -> str:
        return f"{self.site}"

    def lines(self) -> list[tuple[str, str]]:
        """What is told, as labels in the language spoken, and texts as they were written."""
        phone = self.evening_phone.as_national if self.evening_phone else ""
        count = _hours_before(self.visitor_count_hours) if self.visitor_count_hours else ""
        told = [
            (gettext("Où se présenter"), self.reception),
            (gettext("Comment entrer"), self.entrance),
            (gettext("Ce soir-là"), ", ".join(filter(None, (self.evening_contact, phone)))),
            (gettext("Nombre de visiteurs à donner"), count),
            (gettext("À l’entrée"), gettext("une feuille d’arrivée à signer") if self.wants_arrival_sheet else ""),
            (gettext("Wifi"), self.wifi),
            (gettext("À apporter"), self.to_bring),
        ]
        return [(label, text) for label, text in told if text]


def _hours_before(hours: int) -> str:
    text = ngettext("au plus tard %(hours)s\u00a0h avant", "au plus tard %(hours)s\u00a0h avant", hours)
    return text % {"hours": hours}


class Room(models.Model):
    """A room at a site, where it stays. What it copies of the site follows by a composite foreign key."""

    class Equipment(models.TextChoices):
        PROJECTOR = "projector", "vidéoprojecteur ou grand écran"
        WHITEBOARD = "whiteboard", "tableau"
        PRINTER = "printer", "imprimante"
        SCANNER = "scanner", "numériseur"
        HEADSETS = "headsets", "casques audio"
        WEBCAMS = "webcams", "webcams"
        TABLETS = "tablets", "tablettes"
        WIFI = "wifi", "wifi pour les visiteurs"
        ADAPTED = "adapted", "poste adapté (lecteur d’écran, clavier)"
        KITCHEN = "kitchen", "coin café"

    # What its managers describe; the rest is the portal's own to write.
    DESCRIBED = ("name", "capacity", "computers", "equipped_with", "equipment")
    WAY = ("name",)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="rooms")
    site_max_visitors = models.PositiveSmallIntegerField(editable=False)
    time_zone = models.CharField(max_length=40, editable=False, help_text="IANA, copiée du site")
    cell = models.IntegerField("carreau", editable=False, help_text="copié du site")
    name = models.CharField("nom de la salle", max_length=120, validators=NAME)
    capacity = models.PositiveSmallIntegerField("places assises")
    computers = models.PositiveSmallIntegerField("ordinateurs prêtés")
    equipped_with = WordsField(
        WordField(max_length=20, choices=Equipment),
        verbose_name="équipement",
        default=list,
        blank=True,
    )
    equipment = models.CharField(
        "précisions", max_length=300, blank=True, help_text="Par exemple\u00a0: Windows 11, souris à droite."
    )
    created_at = models.DateTimeField("création", editable=False)
    archived_at = models.DateTimeField("archivage", null=True, editable=False)
    way_changed_at = models.DateTimeField(
        null=True, editable=False, help_text="quand on a dit autrement où aller ou comment entrer"
    )

    class Meta:
        verbose_name = "salle"
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="room_capacity_within_site",
                condition=Q(capacity__gte=1, capacity__lte=F("site_max_visitors")),
                violation_error_message="La salle ne peut pas compter plus de places que le site n’admet de visiteurs.",
            ),
            # Target of the composite key of Slot (migration `0002_bonds`).
            models.UniqueConstraint(name="room_slot_key", fields=["id", "capacity", "computers", "time_zone", "cell"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="room_holds_its_series",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("capacity", "computers"),  # type: ignore[no-untyped-call]
                func="""
                    PERFORM 1 FROM companies_availability
                    WHERE room_id = NEW.id AND (places > NEW.capacity OR computers > NEW.computers);
                    IF FOUND THEN
                        RAISE EXCEPTION 'A series offers what its room has.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'series_within_room';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="closed_room_offers_nothing",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("archived_at"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM companies_slot AS s JOIN companies_room AS r ON r.id = s.room_id
                        WHERE r.id = NEW.id AND r.archived_at IS NOT NULL
                        AND s.state = 'open' AND s.starts_at > portal_now()
                    ) THEN
                        RAISE EXCEPTION 'The room is closed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';
                    END IF;
                    RETURN NULL;
                """,
            ),
            _closed_with_its_rooms(
                name="room_of_a_site_in_use",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("archived_at"),  # type: ignore[no-untyped-call]
                site="NEW.site_id",
            ),
            pgtrigger.Trigger(
                name="room_stays_at_its_site",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("site_id"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(old__site__df=pgtrigger.F("new__site")),
                func="""
                    RAISE EXCEPTION 'A room stays at its site.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'room_stays_at_its_site';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def equipment_labels(self) -> list[str]:
        """What it is equipped with, in words."""
        return [str(self.Equipment(code).label) for code in self.equipped_with]
