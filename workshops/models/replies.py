"""What an organisation answers where it is said to have failed somebody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from territories.closed_lists import WordField
from workshops.models.bookings import Booking
from workshops.models.sides import Side


class Reply(models.Model):
    """The right of reply: one text for each booking and side, read beside what it answers."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="replies")
    side = WordField(max_length=20, choices=Side)
    text = models.CharField("votre réponse", max_length=1000)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = "réponse"
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(name="reply_once_per_side", fields=["booking", "side"]),
            models.CheckConstraint(name="reply_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.booking}"
