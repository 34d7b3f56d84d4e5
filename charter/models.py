"""The charter's versions, who signed them, and what moderators decided."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from companies.models import Company


class CharterVersionQuerySet(models.QuerySet["CharterVersion"]):
    """Versions by date."""

    def in_force(self, day: dt.date) -> CharterVersion | None:
        """The version to read and sign on this day: the latest one that has taken effect."""
        return self.filter(effective_from_date__lte=day).order_by("-effective_from_date", "-number").first()


class CharterVersion(models.Model):
    """A text of commitments. The operator writes it; a signature points at one version of it."""

    number = models.PositiveSmallIntegerField("numéro", unique=True)
    text = models.TextField("texte", help_text="Markdown, sans HTML.")
    sha256 = models.CharField("empreinte SHA-256 du texte", max_length=64, editable=False)
    effective_from_date = models.DateField("en vigueur à partir du")

    objects = CharterVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version de la charte"
        verbose_name_plural = "versions de la charte"
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(name="charter_version_hashed", condition=Q(sha256__regex=r"^[0-9a-f]{64}$"))
        ]

    def __str__(self) -> str:
        return f"Charte, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the hash true to the text."""
        self.sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Signatures by what is to be done with them."""

    def awaiting_decision(self) -> Self:
        """The moderators' file, oldest first."""
        return self.filter(state=Signature.State.SUBMITTED).order_by("submitted_at", "pk")

    def of_company(self, company: Company) -> Self:
        return self.filter(company=company)

    def with_file(self) -> Self:
        """Loads what a moderator reads, in the same query."""
        return self.select_related("company__commune", "version", "signed_by")


class Signature(models.Model):
    """A company's signature of one version of the charter, and the proof of it."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "en cours d’examen"
        CHANGES_REQUESTED = "changes_requested", "à compléter"
        APPROVED = "approved", "approuvée"
        REFUSED = "refused", "refusée"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.SUBMITTED: [State.APPROVED, State.CHANGES_REQUESTED, State.REFUSED],
        State.CHANGES_REQUESTED: [State.SUBMITTED],
        State.APPROVED: [],
        State.REFUSED: [],
    }
    LIVE = (State.SUBMITTED, State.CHANGES_REQUESTED, State.APPROVED)

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="+")
    text_sha256 = models.CharField("empreinte du texte signé", max_length=64, editable=False)
    signatory_name = models.CharField("nom de la personne qui signe", max_length=120)
    signatory_capacity = models.CharField(
        "en qualité de", max_length=120, help_text="Par exemple : directrice générale, président."
    )
    signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(editable=False)
    state = models.CharField(max_length=20, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField(editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField("motif", max_length=1000, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        ordering = ("-submitted_at", "-pk")
        indexes = [models.Index(name="signature_queue", fields=["submitted_at", "id"], condition=Q(state="submitted"))]
        constraints = [
            models.UniqueConstraint(
                name="signature_live_once",
                fields=["company", "version"],
                condition=Q(state__in=["submitted", "changes_requested", "approved"]),
            ),
            models.CheckConstraint(
                name="signature_decision_stamped",
                condition=Q(state="submitted", decided_at__isnull=True)
                | (~Q(state="submitted") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="signature_reason_given",
                condition=~Q(state__in=["changes_requested", "refused"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.version}"


class Decision(models.Model):
    """One decision of a moderator. Rows are added and never changed, whoever asks."""

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Signature.State)
    reason = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "décision"
        ordering = ("decided_at", "pk")
        triggers = [
            pgtrigger.Protect(name="decision_stays", operation=pgtrigger.Delete),
            # Erasing a person's account empties `decided_by`; nothing else ever changes.
            pgtrigger.ReadOnly(name="decision_unchanged", exclude=["decided_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.decided_at:%Y-%m-%d}"
