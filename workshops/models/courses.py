"""Series of sessions for one group (« parcours »)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association
from territories.closed_lists import WordField


class Course(models.Model):
    """The same group over several slots, each with its own booking and report.

    Its bookings are of its association, by a composite foreign key (migration `0002_bonds`).
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("titre", max_length=120, help_text="Par exemple\u00a0: Premiers pas, six séances.")
    topic = WordField("thème", max_length=50, choices=Topic)
    participants = models.PositiveSmallIntegerField("participants")
    key = models.UUIDField(unique=True, editable=False, help_text="un formulaire envoyé deux fois est un parcours")
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ("-created_at", "-pk")
        constraints = [
            # Target of the composite key of Booking.
            models.UniqueConstraint(name="course_association_key", fields=["id", "association"]),
            models.CheckConstraint(name="course_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="course_of_somebody", condition=Q(participants__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title
