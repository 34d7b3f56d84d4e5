"""What people bring to the moderators themselves: reports of abuse, and appeals against a refusal."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.models.moderation import Claimable, ClaimableQuerySet, Decision
from accounts.models.people import User
from territories.closed_lists import WordField


class OpenQuerySet(ClaimableQuerySet):
    """Files that wait, oldest first."""

    def awaiting_decision(self) -> Self:
        return self.filter(state="open").order_by("created_at", "pk")


class AbuseReport(Claimable):
    """Somebody says that a page of the portal is not what it should be."""

    class State(models.TextChoices):
        OPEN = "open", "à examiner"
        UPHELD = "upheld", "suivi d’effet"
        DISMISSED = "dismissed", "sans suite"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.OPEN: [State.UPHELD, State.DISMISSED],
        State.UPHELD: [],
        State.DISMISSED: [],
    }

    class Reason(models.TextChoices):
        FALSE = "false", "Informations fausses"
        IMPERSONATION = "impersonation", "Usurpation d’une organisation"
        UNSAFE = "unsafe", "Mise en danger de personnes"
        COMMERCIAL = "commercial", "Démarchage ou vente"
        OFFENSIVE = "offensive", "Propos injurieux ou haineux"
        OTHER = "other", "Autre"

    path = models.CharField("page", max_length=200)
    reason = WordField("motif", max_length=20, choices=Reason)
    message = models.TextField("ce qui ne va pas", max_length=2000)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "signalement"
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(name="abuse_queue", fields=["created_at", "id"], condition=Q(state="open"))]
        constraints = [
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="abusereport_state_stamped",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["upheld", "dismissed"], decided_at__isnull=False, claimed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Appeal(Claimable):
    """Who was refused asks for another look. Another moderator than the one who refused decides."""

    class State(models.TextChoices):
        OPEN = "open", "à examiner"
        ACCEPTED = "accepted", "accepté"
        REJECTED = "rejected", "rejeté"
        MOOT = "moot", "sans objet"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        # Without object once who appealed has presented another file.
        State.OPEN: [State.ACCEPTED, State.REJECTED, State.MOOT],
        State.ACCEPTED: [],
        State.REJECTED: [],
        State.MOOT: [],
    }

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="+", help_text="Le refus\u00a0: un seul recours par refus."
    )
    message = models.TextField("pourquoi cette décision est à revoir", max_length=2000)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.CharField("réponse", max_length=1000, blank=True)

    objects: ClassVar = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "recours"
        verbose_name_plural = "recours"
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(name="appeal_queue", fields=["created_at", "id"], condition=Q(state="open"))]
        constraints = [
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="appeal_state_stamped",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["accepted", "rejected", "moot"], decided_at__isnull=False, claimed_at__isnull=True),
            ),
            models.CheckConstraint(name="appeal_answered_in_words", condition=~Q(state="rejected") | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return str(self.decision)
