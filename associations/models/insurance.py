"""How associations are insured."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from accounts.keeping import another_person, changed
from accounts.models import User
from accounts.names import visible
from associations.models.associations import Association
from territories.closed_lists import WordField
from territories.records import never_truncated


class InsuranceCertificateQuerySet(models.QuerySet["InsuranceCertificate"]):
    """Certificates by what they are worth."""

    def counting(self) -> Self:
        """Those that were not set aside, the one that counts first: the latest end, then the latest word."""
        return self.filter(withdrawn_at=None).order_by("-valid_until_date", "-pk")

    def that_count(self) -> Self:
        """The one of each association that counts."""
        own = InsuranceCertificate.objects.counting().filter(association=OuterRef("association"))
        return self.filter(pk=Subquery(own.values("pk")[:1]))

    def of_association(self, association: Association) -> Self:
        return self.filter(association=association)


def certificate_path(certificate: InsuranceCertificate, _name: str) -> str:
    """Where the file is kept: under a name of our own, never under that of the file that came."""
    return f"attestations/{uuid.uuid4()}.{certificate.kind}"


def _portal_day(instant: Combinable) -> TruncDate:
    """The day of an instant on the portal's own calendar."""
    return TruncDate(instant, tzinfo=ZoneInfo(settings.TIME_ZONE))


class InsuranceCertificate(models.Model):
    """That an association is insured, until when, and the paper that says so.

    A newer one stands beside the older ones; of those that were not set aside, that with the latest end counts.
    Days are those of the portal's own time zone.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpg", "image JPEG"

    # A certificate is of a year; a longer end is a slip of the keyboard.
    LONGEST = dt.timedelta(days=2 * 366)
    FACTS = ("insurer", "policy_number", "valid_until_date")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="certificates")
    insurer = models.CharField(
        "assureur", max_length=120, validators=[visible], help_text="Le nom de la compagnie ou de la mutuelle."
    )
    policy_number = models.CharField("numéro de contrat", max_length=60, validators=[visible])
    valid_until_date = models.DateField("valable jusqu’au", help_text="La date écrite sur l’attestation.")
    file = models.FileField(upload_to=certificate_path, editable=False)
    kind = WordField(max_length=3, choices=Kind, editable=False)
    sha256 = models.CharField("empreinte du fichier", max_length=64, editable=False)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False, help_text="mise de côté\u00a0: elle ne compte plus")
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = InsuranceCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "attestation d’assurance"
        verbose_name_plural = "attestations d’assurance"
        ordering = ("-valid_until_date", "-pk")
        indexes = [
            models.Index(name="certificate_counting", fields=["valid_until_date"], condition=Q(withdrawn_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                name="certificate_of_something", condition=~Q(insurer="") & ~Q(policy_number="") & ~Q(file="")
            ),
            models.CheckConstraint(
                name="certificate_ends_later",
                condition=GreaterThan(
                    F("valid_until_date"), TruncDate("added_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
                ),
            ),
            models.CheckConstraint(
                name="certificate_ends_in_two_years",
                condition=LessThanOrEqual(
                    F("valid_until_date"), _portal_day(F("added_at") + dt.timedelta(days=2 * 366))
                ),
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_stamped",
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_by__isnull=True),
            ),
        ]
        triggers = [
            never_truncated("certificates_stay"),
            pgtrigger.Protect(name="certificate_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="certificate_unchanged",
                operation=pgtrigger.Update,
                # Two entries of one association may be united.
                condition=changed("insurer", "policy_number", "valid_until_date", "file", "kind", "sha256", "added_at")
                | another_person("added_by")
                | (
                    pgtrigger.Q(old__withdrawn_at__isnull=False)
                    & (changed("withdrawn_at") | another_person("withdrawn_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer}, {self.policy_number}"
