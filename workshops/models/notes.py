"""What the two sides of a workshop write to each other."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from territories.closed_lists import WordField
from workshops.models.bookings import Booking
from workshops.models.sides import Side


class WorkshopNoteQuerySet(models.QuerySet["WorkshopNote"]):
    """Notes by who may read them."""

    def about(self, booking: Booking) -> Self:
        """What its two sides wrote to each other, on other dates of the same workshop too.

        What was written before the workshop moved to another company stays between the association and the first one.
        """
        same = Q(booking=booking.event) | Q(booking__event_of=booking.event)
        return self.filter(same, booking__slot__room__site__company=booking.slot.room.site.company_id)


class WorkshopNote(models.Model):
    """A word from one side to the other, of one kind, mailed at once. No open chat: few, and short."""

    class Kind(models.TextChoices):
        LATE = "late", _("nous aurons du retard")
        DOOR = "door", _("la porte est fermée")
        ACCESS = "access", _("une question sur l’accès")
        EQUIPMENT = "equipment", _("une question sur le matériel")
        PROGRAMME = "programme", _("une précision sur le programme")
        OTHER = "other", _("autre chose")

    # What cannot wait until somebody opens their mail: said on the day alone, it goes before others.
    URGENT = (Kind.LATE, Kind.DOOR)

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="+", help_text="celle du jour où c’est écrit"
    )
    side = WordField(max_length=20, choices=Side)
    kind = WordField("de quoi s’agit-il", max_length=20, choices=Kind)
    text = models.CharField("message", max_length=500, blank=True)
    key = models.UUIDField(
        unique=True,
        editable=False,
        db_default=RandomUUID(),
        help_text="un formulaire envoyé deux fois est un message",
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = WorkshopNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "message d’un atelier"
        verbose_name_plural = "messages d’un atelier"
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(name="note_says_something", condition=Q(kind__in=["late", "door"]) | ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.get_kind_display()}"
