"""What a company offers regularly."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from companies.models.places import Room


class BookingMode(models.TextChoices):
    """Who has the last word on a booking."""

    INSTANT = "instant", "réponse immédiate"
    ON_APPROVAL = "on_approval", "sur accord"


class Opening(models.Model):
    """What an availability offers each time, and what each slot copies from it."""

    places = models.PositiveSmallIntegerField("places")
    computers = models.PositiveSmallIntegerField("ordinateurs")
    volunteers_offered = models.PositiveSmallIntegerField("bénévoles proposés", default=0)
    booking_mode = models.CharField("réponse", max_length=20, choices=BookingMode)

    class Meta:
        abstract = True


class Availability(Opening):
    """A weekly opening in local wall-clock time, from which slots are made.

    `weekdays` are ISO numbers (1 = Monday). Times are the site's own, so 18:30 stays 18:30 when clocks change.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="availabilities")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jours")
    start_time = models.TimeField("de")
    end_time = models.TimeField("à")
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    notice_hours = models.PositiveSmallIntegerField("délai de prévenance", help_text="heures avant le début")
    created_at = models.DateTimeField("création", editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "disponibilité"
        verbose_name_plural = "disponibilités"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="availability_dates_in_order", condition=Q(until_date__gte=F("from_date"))),
            models.CheckConstraint(name="availability_times_in_order", condition=Q(end_time__gt=F("start_time"))),
            models.CheckConstraint(
                name="availability_weekdays_known",
                condition=Q(weekdays__len__range=(1, 7), weekdays__contained_by=list(range(1, 8))),
            ),
        ]
