"""What moderators do with a file, whatever it is about: hold it, and decide on it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.keeping import another_person, changed
from accounts.models.people import User
from territories.closed_lists import WordField
from territories.records import never_truncated

CLAIM_LASTS = dt.timedelta(minutes=60)


class Claims:
    """What the queryset of any files can say of who holds them."""

    def free_for(self: Any, moderator: User, now: dt.datetime) -> Any:
        """Files that this moderator may take: nobody's, their own, or held for more than an hour."""
        return self.filter(Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - CLAIM_LASTS) | Q(claimed_by=moderator))

    def claim(self: Any, *, by: User, now: dt.datetime, **moves: Any) -> bool:
        """Take the one file of this queryset; the database decides who was first. False when another has it."""
        return bool(self.free_for(by, now).update(claimed_at=now, claimed_by=by, **moves))

    def held_by(self: Any, moderator: User) -> Any:
        return self.filter(claimed_by=moderator, claimed_at__isnull=False)


class ClaimableQuerySet(Claims, models.QuerySet[Any]):
    """Files by who holds them."""


class Claimable(models.Model):
    """A file that one moderator at a time works on. A claim that is not used ends by itself after an hour."""

    claimed_at = models.DateTimeField(null=True, editable=False)
    claimed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_claim_stamped", condition=Q(claimed_at__isnull=False) | Q(claimed_by__isnull=True)
            )
        ]


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by what they are about."""

    def about(self, subject: Decision.Subject, subject_id: int) -> Self:
        return self.filter(subject=subject, subject_id=subject_id)

    def about_any(self, subject: Decision.Subject, files: models.QuerySet[Any]) -> Self:
        return self.filter(subject=subject, subject_id__in=files.values("pk"))

    def last_refusal(self, subject: Decision.Subject, subject_id: int) -> Decision | None:
        return self.about(subject, subject_id).filter(outcome=Decision.Outcome.REFUSED).last()


class Decision(models.Model):
    """One decision of a moderator. Rows are added and never changed, whoever asks."""

    class Subject(models.TextChoices):
        SIGNATURE = "signature", "signature"
        ASSOCIATION = "association", "association"
        REQUEST = "request", "demande"
        REPORT = "report", "signalement"
        APPEAL = "appeal", "recours"
        DISPUTE = "dispute", "récits différents"

    class Outcome(models.TextChoices):
        APPROVED = "approved", "approbation"
        CHANGES_REQUESTED = "changes_requested", "compléments demandés"
        REFUSED = "refused", "refus"
        SUSPENDED = "suspended", "suspension"
        REINSTATED = "reinstated", "rétablissement"
        DISMISSED = "dismissed", "sans suite"
        MERGED = "merged", "réunion de deux fiches"
        HELD = "held", "atelier tenu"
        MISSED = "missed", "atelier qui n’a pas eu lieu"

    subject = WordField("objet", max_length=20, choices=Subject)
    subject_id = models.BigIntegerField()
    outcome = WordField("décision", max_length=20, choices=Outcome)
    reason_code = models.CharField("motif type", max_length=30, blank=True)
    reason = models.CharField("motif", max_length=1000, blank=True)
    comments = models.JSONField("remarques", default=dict, help_text="par champ du dossier")
    decided_at = models.DateTimeField("date")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ("decided_at", "pk")
        indexes = [models.Index(name="decision_by_subject", fields=["subject", "subject_id"])]
        triggers = [
            pgtrigger.Protect(name="decision_stays", operation=pgtrigger.Delete),
            never_truncated("decisions_stay"),
            pgtrigger.Protect(
                name="decision_unchanged",
                operation=pgtrigger.Update,
                condition=changed(
                    "id", "subject", "subject_id", "outcome", "reason_code", "reason", "comments", "decided_at"
                )
                | another_person("decided_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.decided_at:%Y-%m-%d}"
