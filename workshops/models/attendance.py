"""Which volunteers were at a workshop, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.expressions import Combinable

from accounts.models import User
from companies.models import Company, Engagement
from territories.closed_lists import WordField
from workshops.models.reports import Report
from workshops.models.workshops import Workshop

MOST_MINUTES = 720


_SUMS = {
    "all": Sum("minutes", default=0),
    "at_work": Sum(F("minutes") - F("own_minutes"), filter=Q(engagement_type=Engagement.MECENAT), default=0),
}


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Presences by whose and when."""

    def of_company(self, company: Company) -> Self:
        return self.filter(workshop__booking__slot__room__site__company=company)

    def there(self, now: dt.datetime) -> Self:
        """Of workshops that are over, those who came: a word said at the door counts once the evening is behind.

        Without those who had promised and did not come, and without those of whom the association says so, where no
        moderator has said that they did.
        """
        over = self.filter(minutes__gt=0, workshop__booking__slot__ends_at__lte=now)
        unmet = Report.objects.of_no_company().filter(workshop=OuterRef("workshop"))
        return over.exclude(workshop__state=Workshop.State.CANCELLED).exclude(Exists(unmet))

    def in_year(self, year: int) -> Self:
        """By the date on the wall of the site."""
        return self.filter(workshop__booking__slot__local_date__year=year)

    def minutes_given(self) -> dict[Engagement, int]:
        """On either time."""
        sums = self.aggregate(**_SUMS)
        return {Engagement.BENEVOLAT: sums["all"] - sums["at_work"], Engagement.MECENAT: sums["at_work"]}

    def minutes_given_by(self, key: Combinable) -> Iterable[Mapping[str, Any]]:
        """For each value of `key`: `all` minutes, and those of them `at_work`."""
        return self.order_by().values(key=key).annotate(**_SUMS)

    def with_place(self) -> Self:
        """Loads what a page or a certificate says of a presence, in the same query."""
        return self.select_related(
            "workshop__booking__slot__room__site__company",
            "workshop__booking__slot__room__site__commune",
            "workshop__booking__association",
        )


class Attendance(models.Model):
    """That a volunteer who had promised came, told by a click of theirs or in the company's report.

    The report has the last word: once it is written, or the association has said that nobody of the company came,
    nobody adds a word of their own. Zero minutes: promised, and did not come. An evening on working time may have gone
    on in the volunteer's own: `own_minutes`, counted among the others. A workshop that is called off or moved loses
    what was noted before it began (migration `0006_presences_end`).
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="attendances")
    volunteer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    minutes = models.PositiveSmallIntegerField("minutes")
    engagement_type = WordField("cadre", max_length=20, choices=Engagement)
    own_minutes = models.PositiveSmallIntegerField(
        "dont minutes de bénévolat",
        default=0,
        db_default=0,
        help_text="d’une soirée de mécénat, ce qui a duré au-delà du temps de travail",
    )
    is_reported = models.BooleanField("selon le compte rendu de l’entreprise", default=False)
    told_at = models.DateTimeField(editable=False)
    told_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence d’un bénévole"
        verbose_name_plural = "présences des bénévoles"
        ordering = ("told_at", "pk")
        constraints = [
            models.UniqueConstraint(name="attendance_told_once", fields=["workshop", "volunteer"]),
            models.CheckConstraint(name="attendance_within_half_a_day", condition=Q(minutes__lte=MOST_MINUTES)),
            models.CheckConstraint(
                name="attendance_beyond_working_time",
                condition=Q(own_minutes=0) | Q(engagement_type="mecenat", own_minutes__lt=F("minutes")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="attendance_of_a_promise",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("engagement_type"),  # type: ignore[no-untyped-call]  # the library has no types here
                declare=[("visited", "RECORD"), ("promise", "RECORD")],
                func="""
                    SELECT b.slot_id, s.starts_at INTO visited FROM workshops_workshop AS w
                    JOIN workshops_booking AS b ON b.id = w.booking_id JOIN companies_slot AS s ON s.id = b.slot_id
                    WHERE w.id = NEW.workshop_id AND w.state <> 'cancelled';
                    IF NOT FOUND OR NEW.told_at < visited.starts_at - interval '1 hour' THEN
                        RAISE EXCEPTION 'The workshop has not begun, or was called off.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_of_a_begun_workshop';
                    END IF;
                    SELECT engagement_type INTO promise FROM companies_slotvolunteer
                    WHERE slot_id = visited.slot_id AND volunteer_id = NEW.volunteer_id;
                    IF NOT FOUND OR (NEW.engagement_type = 'mecenat' AND promise.engagement_type <> 'mecenat') THEN
                        RAISE EXCEPTION 'Who is there has promised, on that time.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_as_promised';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="attendance_before_the_report",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__is_reported=False),
                # Who reports holds the workshop meanwhile.
                func="""
                    PERFORM 1 FROM workshops_workshop WHERE id = NEW.workshop_id FOR SHARE;
                    IF EXISTS (
                        SELECT 1 FROM workshops_report WHERE workshop_id = NEW.workshop_id
                        AND (side = 'company' OR absent = 'company')
                    ) THEN
                        RAISE EXCEPTION 'The report has the last word.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_before_the_report';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer}, {self.workshop}"

    @property
    def hours(self) -> float:
        """How long."""
        return self.minutes / 60

    @property
    def mecenat_minutes(self) -> int:
        """On working time."""
        return self.minutes - self.own_minutes if self.engagement_type == Engagement.MECENAT else 0

    @property
    def mecenat_hours(self) -> float:
        """Of these, those on working time."""
        return self.mecenat_minutes / 60

    @property
    def benevolat_hours(self) -> float:
        """Of these, those of the volunteer's own time."""
        return self.hours - self.mecenat_hours
