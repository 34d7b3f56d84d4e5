"""People who sign in, and what companies and associations have in common: an organisation and its members."""

from __future__ import annotations

import itertools
import re
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify

from accounts.identifiers import RNA_PATTERN
from territories.folding import fold
from territories.models import Commune


class UserManager(BaseUserManager["User"]):
    """Accounts keyed by an e-mail address kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, is_moderator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login; what they may do comes from their memberships."""

    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("nom", max_length=120, blank=True)
    is_moderator = models.BooleanField("modération", default=False, help_text="Traite la file de modération.")
    is_staff = models.BooleanField("exploitation", default=False, help_text="Accède à l’administration.")
    is_active = models.BooleanField("compte actif", default=True)
    date_joined = models.DateTimeField("inscription", default=timezone.now, editable=False)  # noqa: TID251  # allauth makes the row

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "compte"
        ordering = ("email",)
        constraints = [
            models.CheckConstraint(
                name="user_email_lower",
                condition=models.Q(email=Lower("email")),
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


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
    kind = models.CharField("nature", max_length=20, choices=Kind, default=Kind.UNKNOWN)
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
