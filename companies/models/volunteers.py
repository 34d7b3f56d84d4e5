"""Volunteers and what they promise."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models

from companies.models.periods import TsTzRange
from companies.models.slots import Slot


class SlotVolunteer(models.Model):
    """A volunteer's promise to be there. The period follows the slot by a composite foreign key."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="volunteers")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    joined_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "bénévole d’un créneau"
        verbose_name_plural = "bénévoles des créneaux"
        ordering = ("joined_at", "pk")
        constraints = [
            ExclusionConstraint(
                name="volunteer_in_one_place",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Vous participez déjà à un atelier à ce moment.",
            )
        ]
