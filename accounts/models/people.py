"""People who sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.names import NAME
from mail.addresses import AddressField, written_to
from territories.models import Departement


class UserManager(BaseUserManager["User"]):
    """Accounts keyed by an e-mail address kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, is_moderator=True, **fields)

    def operators(self) -> models.QuerySet[User]:
        """People who run the portal, and hear what nobody else would act on."""
        return self.filter(is_staff=True, is_active=True).order_by("pk")

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login; what they may do comes from their memberships."""

    email = AddressField("adresse électronique", unique=True)
    name = models.CharField("nom", max_length=120, blank=True, validators=NAME)
    language = models.CharField(
        "langue des courriels",
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )
    is_moderator = models.BooleanField("modération", default=False, help_text="Traite la file de modération.")
    moderated_departements = models.ManyToManyField(
        Departement,
        blank=True,
        related_name="+",
        verbose_name="départements modérés",
        help_text="Aucun : toute la France.",
    )
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
            written_to("email", name="user_email_deliverable"),
            models.CheckConstraint(
                name="user_email_lower",
                condition=models.Q(email=Lower("email")),
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            ),
            models.CheckConstraint(
                name="user_language_known",
                condition=models.Q(language__in=[code for code, _name in settings.LANGUAGES]),
                violation_error_message="Choisissez une des langues proposées.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email
