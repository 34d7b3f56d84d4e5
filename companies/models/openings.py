"""What a company offers regularly."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models.companies import Company
from companies.models.places import Room
from companies.recurrence import Rule
from territories.closed_lists import OnceField, WordField
from territories.wording import each_weekday, enumerated, ordinal, time_range


class BookingMode(models.TextChoices):
    """Who has the last word on a booking."""

    INSTANT = "instant", "réponse immédiate"
    ON_APPROVAL = "on_approval", "sur accord"


class Opening(models.Model):
    """What an availability offers each time, and what each slot copies from it."""

    places = models.PositiveSmallIntegerField("places")
    computers = models.PositiveSmallIntegerField("ordinateurs")
    volunteers_offered = models.PositiveSmallIntegerField("bénévoles proposés", default=0)
    booking_mode = WordField("réponse", max_length=20, choices=BookingMode)

    class Meta:
        abstract = True


class AvailabilityQuerySet(models.QuerySet["Availability"]):
    """Series by what is due."""

    def to_extend(self, horizon_date: dt.date) -> Self:
        """Series whose dates are not yet slots up to this day."""
        unfinished = Q(until_date__isnull=True) | Q(until_date__gt=F("extended_to_date"))
        return self.filter(unfinished, extended_to_date__lt=horizon_date, room__archived_at=None)

    def of_company(self, company: Company) -> Self:
        return self.filter(room__site__company=company)

    def unfinished(self, now: dt.datetime) -> Self:
        """Series that go on, whether or not a date of theirs is open."""
        return self.filter(Q(until_date__isnull=True) | Q(until_date__gte=now.date()))

    def coming(self, now: dt.datetime) -> Self:
        """Series with dates to come, those that were moved beyond its end by hand among them.

        Of one that was stopped, only what is left before that day counts: a booking keeps the rest.
        """
        ahead = {"slots__state": "open", "slots__starts_at__gt": now}
        left = self.model.objects.filter(**ahead).values("pk")
        before = self.model.objects.filter(slots__local_date__lt=F("cut_from_date"), **ahead).values("pk")
        going_on = Q(until_date__isnull=True) | Q(until_date__gte=now.date())
        whole = Q(cut_from_date=None) & (going_on | Q(pk__in=left))
        return self.filter(whole | Q(cut_from_date__isnull=False, pk__in=before), room__archived_at=None)

    def to_confirm(self, now: dt.datetime) -> Self:
        """Series with dates to come that soon sleep, or sleep already, unless their company confirms them."""
        within = dt.timedelta(days=settings.RECONFIRM_ASKED_DAYS_BEFORE)
        return self.coming(now).filter(confirm_by_at__lte=now + within)


class Availability(Opening):
    """A regular opening in local wall-clock time, from which slots are made: a series.

    `weekdays` are ISO numbers (1 = Monday). Times are the site's own, so 18:30 stays 18:30 when clocks change.
    Without `until_date` it goes on; `extended_to_date` tells up to which day its dates are slots.
    """

    class Every(models.TextChoices):
        WEEK = "week", _("chaque semaine")
        TWO_WEEKS = "two_weeks", _("toutes les deux semaines")
        MONTH = "month", _("chaque mois")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="availabilities")
    every = WordField("rythme", max_length=20, choices=Every, default=Every.WEEK)
    weekdays = OnceField(models.PositiveSmallIntegerField(), verbose_name="jours")
    ordinals = OnceField(
        models.SmallIntegerField(),
        verbose_name="semaines du mois",
        default=list,
        blank=True,
        help_text="1 à 4, -1 pour la dernière\u00a0; seulement chaque mois",
    )
    start_time = models.TimeField("de")
    end_time = models.TimeField("à")
    from_date = models.DateField("du")
    until_date = models.DateField("au", null=True, blank=True)
    cut_from_date = models.DateField(
        "arrêtée à partir du",
        null=True,
        editable=False,
        help_text="de ce jour on n’offre plus rien\u00a0; ce qui est réservé reste",
    )
    excluded_dates = ArrayField(
        models.DateField(), verbose_name="dates écartées", default=list, blank=True, editable=False
    )
    extended_to_date = models.DateField(editable=False)
    notice_hours = models.PositiveSmallIntegerField("délai de prévenance", help_text="heures avant le début")
    confirm_by_at = models.DateTimeField(
        "à confirmer avant",
        null=True,
        editable=False,
        help_text="passé cet instant, ses créneaux libres sont en sommeil",
    )
    confirmed_at = models.DateTimeField("confirmée", null=True, editable=False)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("création", editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = "disponibilité"
        verbose_name_plural = "disponibilités"
        ordering = ("pk",)
        indexes = [models.Index(name="availability_to_extend", fields=["extended_to_date"])]
        constraints = [
            # The day before its first: it was stopped before it began.
            models.CheckConstraint(
                name="availability_dates_in_order",
                condition=Q(until_date__gte=F("from_date") - dt.timedelta(days=1)),
            ),
            models.CheckConstraint(name="availability_times_in_order", condition=Q(end_time__gt=F("start_time"))),
            models.CheckConstraint(
                name="availability_weekdays_known",
                condition=Q(weekdays__len__range=(1, 7), weekdays__contained_by=list(range(1, 8))),
            ),
            models.CheckConstraint(
                name="availability_ordinals_of_months",
                condition=(
                    Q(every="month", ordinals__len__range=(1, 5)) | Q(every__in=["week", "two_weeks"], ordinals=[])
                )
                & Q(ordinals__contained_by=[1, 2, 3, 4, -1]),
            ),
            # Target of a composite key of Slot (migration `0002_bonds`): a series and its dates are of one room.
            models.UniqueConstraint(name="availability_room_key", fields=["id", "room"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="series_within_room",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("places", "computers", "room_id"),  # type: ignore[no-untyped-call]
                func="""
                    PERFORM 1 FROM companies_room WHERE id = NEW.room_id
                    AND NEW.places BETWEEN 1 AND capacity AND NEW.computers <= computers FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'A series offers what its room has.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'series_within_room';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        """« le mardi et le jeudi, 18 h – 20 h, chaque semaine », in the language spoken."""
        days = enumerated([each_weekday(day) for day in sorted(self.weekdays)])
        if self.every == self.Every.MONTH:
            nth = enumerated([ordinal(number) for number in sorted(self.ordinals, key=lambda one: one % 10)])
            days = gettext("%(nth)s du mois, %(days)s") % {"nth": nth, "days": days}
        return f"{days}, {time_range(self.start_time, self.end_time)}, {self.get_every_display()}"

    def is_asleep(self, now: dt.datetime) -> bool:
        """Whether its free slots are out of the catalogue until the company confirms it."""
        return self.confirm_by_at is not None and self.confirm_by_at <= now

    @property
    def rule(self) -> Rule:
        """What `recurrence.occurrences` expands."""
        return Rule(
            weekdays=self.weekdays,
            start_time=self.start_time,
            end_time=self.end_time,
            anchor_date=self.from_date,
            every_weeks=2 if self.every == self.Every.TWO_WEEKS else 1,
            ordinals=self.ordinals,
        )
