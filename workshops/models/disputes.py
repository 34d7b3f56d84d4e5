"""Workshops of which the two sides tell different things."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.models.abuse import OpenQuerySet
from accounts.models.moderation import Claimable
from territories.closed_lists import WordField
from workshops.models.workshops import Workshop


class Dispute(Claimable):
    """Two reports that contradict each other on who was absent. A moderator says what happened.

    Until then the workshop counts nowhere, for nobody; afterwards the state of its booking says what was decided.
    """

    class State(models.TextChoices):
        OPEN = "open", "à examiner"
        HELD = "held", "atelier tenu"
        MISSED = "missed", "atelier qui n’a pas eu lieu"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.OPEN: [State.HELD, State.MISSED],
        State.HELD: [],
        State.MISSED: [],
    }

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="dispute")
    created_at = models.DateTimeField(editable=False)
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    reason = models.CharField("explication", max_length=1000, blank=True, help_text="lue par les deux côtés")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "récits différents"
        verbose_name_plural = "récits différents"
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(name="dispute_queue", fields=["created_at", "id"], condition=Q(state="open"))]
        constraints = [
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="dispute_state_stamped",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["held", "missed"], decided_at__isnull=False, claimed_at__isnull=True),
            ),
            models.CheckConstraint(name="dispute_settled_in_words", condition=Q(state="open") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.workshop)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
