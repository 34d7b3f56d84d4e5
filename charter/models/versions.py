"""The charter's text, version by version."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.keeping import another_person, changed
from accounts.models import User
from territories.records import never_truncated

LONGEST_TEXT = 60_000


class Sha256(Func):
    """The SHA-256 of a text in UTF-8, as PostgreSQL computes it: 64 hexadecimal digits."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    arity = 1
    output_field = models.CharField()


class CharterVersionQuerySet(models.QuerySet["CharterVersion"]):
    """Versions by date."""

    def published(self) -> Self:
        """Versions that everybody may read, those to come included."""
        return self.filter(published_at__isnull=False)

    def newest(self) -> CharterVersion | None:
        """The version that is signed from now on: the last one published, even if it takes effect later."""
        return self.published().order_by("-effective_from_date").first()

    def in_force(self, day: dt.date) -> CharterVersion | None:
        """The version that binds on this day: the latest published one that has taken effect."""
        taken_effect = self.published().filter(effective_from_date__lte=day)
        return taken_effect.order_by("-effective_from_date", "-number").first()


class CharterVersion(models.Model):
    """A text of commitments. The operator writes it, publishes it, and from then on it never changes."""

    number = models.PositiveSmallIntegerField("numéro", unique=True)
    text = models.TextField("texte", max_length=LONGEST_TEXT, help_text="Markdown, sans HTML.")
    sha256 = models.CharField("empreinte SHA-256 du texte", max_length=64, editable=False)
    effective_from_date = models.DateField("en vigueur à partir du")
    created_at = models.DateTimeField("création", editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField("publication", null=True, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = CharterVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version de la charte"
        verbose_name_plural = "versions de la charte"
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(
                name="charter_version_hashed",
                condition=Q(sha256=Sha256(F("text"))),
                violation_error_message="L’empreinte n’est pas celle du texte.",
            ),
            models.CheckConstraint(
                name="charter_version_published_stamped",
                condition=Q(published_at__isnull=False) | Q(published_by__isnull=True),
            ),
            models.UniqueConstraint(Value(1), name="charter_version_one_draft", condition=Q(published_at__isnull=True)),
            models.UniqueConstraint(
                name="charter_version_one_a_day",
                fields=["effective_from_date"],
                condition=Q(published_at__isnull=False),
                violation_error_message="Choisissez un autre jour\u00a0: une version entre en vigueur ce jour-là.",
            ),
        ]
        triggers = [
            never_truncated("versions_stay"),
            pgtrigger.Protect(
                name="published_version_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="published_version_unchanged",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    changed("number", "text", "effective_from_date", "created_at", "published_at")
                    | another_person("created_by")
                    | another_person("published_by")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Charte, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the hash true to the text."""
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "sha256"}
        super().save(*args, **kwargs)

    @property
    def etag(self) -> str:
        """Changes whenever the draft does, to notice that somebody else wrote it meanwhile."""
        return f"{self.sha256}:{self.effective_from_date:%Y-%m-%d}"

    @property
    def grace_ends_date(self) -> dt.date:
        """The first day on which a signature of an earlier version counts no more."""
        return self.effective_from_date + dt.timedelta(days=settings.CHARTER_GRACE_DAYS)
