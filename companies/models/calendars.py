"""What a company's own calendar says of a room: when it is taken by others than the portal."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from companies.models.periods import TsTzRange
from companies.models.places import Room


class RoomCalendarQuerySet(models.QuerySet["RoomCalendar"]):
    """Calendars by what is due."""

    def to_read(self, before: dt.datetime) -> Self:
        """Those at an address that nobody has tried to read since then."""
        return self.exclude(url="").filter(tried_at__lt=before, room__archived_at=None).order_by("tried_at", "pk")


class RoomCalendar(models.Model):
    """The calendar of one room: at an address that is read again every hour, or a file that was given once.

    When an address fails, what was read before stays in force.
    """

    room = models.OneToOneField(Room, on_delete=models.CASCADE, primary_key=True, related_name="calendar")
    url = models.URLField("adresse", max_length=500, blank=True)
    file_name = models.CharField("fichier", max_length=200, blank=True)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    tried_at = models.DateTimeField(editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)

    objects = RoomCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = "agenda d’une salle"
        verbose_name_plural = "agendas des salles"
        indexes = [models.Index(name="room_calendar_to_read", fields=["tried_at"], condition=~Q(url=""))]
        constraints = [
            models.CheckConstraint(
                name="room_calendar_has_one_source",
                condition=Q(url="") & ~Q(file_name="") | ~Q(url="") & Q(file_name=""),
            )
        ]

    def __str__(self) -> str:
        return self.url or self.file_name


class BusyTime(models.Model):
    """A period in which a room is taken. Half-open; those of one room do not overlap."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")

    class Meta:
        verbose_name = "occupation d’une salle"
        verbose_name_plural = "occupations des salles"
        ordering = ("starts_at", "pk")
        constraints = [
            models.CheckConstraint(name="busy_time_in_order", condition=Q(ends_at__gt=F("starts_at"))),
            ExclusionConstraint(
                name="busy_times_joined",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%Y-%m-%d %H:%M}"
