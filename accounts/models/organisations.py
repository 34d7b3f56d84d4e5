"""What companies and associations have in common: an organisation, its members, and the ways in."""

from __future__ import annotations

import itertools
from typing import Any, Self

from django.db import models
from django.utils.text import slugify

from accounts.models.people import User
from territories.models import Commune


class OrganisationQuerySet(models.QuerySet[Any]):
    """Questions that companies and associations answer alike."""

    def of_member(self, user: User) -> Self:
        """Organisations of which this person is a member, in whatever role."""
        return self.filter(memberships__user=user)

    def managed_by(self, user: User) -> Self:
        """Organisations in whose name this person may act."""
        return self.filter(memberships__user=user, memberships__role__in=Role.managing())

    def free_slug(self, name: str) -> str:
        """An address of a page that no organisation of this kind has: `imprimerie-du-parc`, then `…-2`."""
        base = slugify(name)[:70].strip("-") or "organisation"
        taken = {"inscrire", *self.filter(slug__startswith=base).values_list("slug", flat=True)}
        numbered = (f"{base}-{number}" for number in itertools.count(2))
        return next(slug for slug in itertools.chain([base], numbered) if slug not in taken)


class Role(models.TextChoices):
    """What a member may do in an organisation."""

    OWNER = "owner", "responsable"
    MANAGER = "manager", "gestionnaire"
    VOLUNTEER = "volunteer", "bénévole"

    @classmethod
    def managing(cls) -> list[Role]:
        return [cls.OWNER, cls.MANAGER]


class Organisation(models.Model):
    """A legal person that takes part. It may have no SIREN at all (Alsace-Moselle, foundations, abroad)."""

    class LegalForm(models.TextChoices):
        COMPANY = "company", "entreprise"
        ASSOCIATION = "association", "association"
        FOUNDATION = "foundation", "fondation"
        PUBLIC_BODY = "public_body", "organisme public"
        OTHER = "other", "autre"

    name = models.CharField("nom", max_length=200)
    slug = models.SlugField("adresse de la page", max_length=80, unique=True)
    legal_form = models.CharField("forme juridique", max_length=20, choices=LegalForm)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("RNA", max_length=10, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune", null=True, blank=True
    )
    website = models.URLField("site web", blank=True)
    description = models.TextField("présentation", max_length=2000, blank=True)
    created_at = models.DateTimeField("création", editable=False)

    class Meta:
        abstract = True
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(class)s_siren_form",
                condition=models.Q(siren="") | models.Q(siren__regex=r"^\d{9}$"),
                violation_error_message="Indiquez un SIREN de 9 chiffres, ou laissez vide.",
            ),
            models.CheckConstraint(
                name="%(class)s_siret_form",
                condition=models.Q(siret="") | models.Q(siret__regex=r"^\d{14}$", siret__startswith=models.F("siren")),
                violation_error_message="Indiquez un SIRET de 14 chiffres qui commence par le SIREN, ou laissez vide.",
            ),
            models.CheckConstraint(
                name="%(class)s_rna_form",
                condition=models.Q(rna="") | models.Q(rna__regex=r"^W\d[0-9A-Z]\d{7}$"),
                violation_error_message="Indiquez un numéro RNA comme W751234567, ou laissez vide.",
            ),
            models.UniqueConstraint(
                name="%(class)s_siren_unique",
                fields=["siren"],
                condition=~models.Q(siren=""),
                violation_error_message="Une organisation avec ce SIREN est déjà inscrite.",
            ),
            models.UniqueConstraint(
                name="%(class)s_rna_unique",
                fields=["rna"],
                condition=~models.Q(rna=""),
                violation_error_message="Une organisation avec ce numéro RNA est déjà inscrite.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def managers(self) -> models.QuerySet[User]:
        """People who act in its name, and whom its mails are for."""
        memberships = self.memberships.filter(role__in=Role.managing())  # type: ignore[attr-defined]  # each app's own table
        return User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by("pk")


class Membership(models.Model):
    """A person's place in an organisation. Each app declares its own table and its `organisation` key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="compte")
    role = models.CharField("rôle", max_length=20, choices=Role)
    joined_at = models.DateTimeField("entrée", editable=False)

    class Meta:
        abstract = True
        ordering = ("pk",)
