"""What both sides report of a workshop."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.audit import tracked
from accounts.models import User
from accounts.vocabulary import Topic
from territories.closed_lists import WordField, WordsField
from workshops.models.bookings import Booking
from workshops.models.sides import Side
from workshops.models.workshops import Workshop


def _count(label: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=0, validators=[MaxValueValidator(500)])


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by what is said beside them."""

    def of_no_company(self) -> Self:
        """Those of associations which say that nobody of the company came, and no moderator says that it did."""
        theirs = self.filter(side=Side.ASSOCIATION, absent=Side.COMPANY)
        return theirs.exclude(workshop__dispute__state="held")

    def with_other(self) -> Self:
        """Fills `unmet`: the association says that nobody of the company came, and no moderator that it did."""
        return self.annotate(unmet=Exists(Report.objects.of_no_company().filter(workshop=OuterRef("workshop"))))


# Of reports: their workshop was held, and no two of them tell different things. The state of its booking says so; while
# it is confirmed, what is reported is the company's word that the association came.
HELD = ~Q(workshop__booking__state=Booking.State.NO_SHOW) & ~Q(workshop__dispute__state="open")


@tracked(exclude=["comment"])
class Report(models.Model):
    """What one side counted after a workshop: numbers, never names.

    The association counts people by the national age brackets and tells what was taught; the company counts
    volunteers and their hours, on either time. Each may say that the other did not come: then nobody is counted, and
    nothing is rated. Its figures may be corrected; whether anybody was there stands, unless a moderator has said that
    the workshop was held.
    """

    BRACKETS = (
        "under_12",
        "from_12_to_17",
        "from_18_to_24",
        "from_25_to_39",
        "from_40_to_59",
        "from_60_to_69",
        "over_70",
    )
    # What a side says, in numbers and words.
    SAID = (
        "attended",
        *BRACKETS,
        "volunteers",
        "volunteer_minutes",
        "mecenat_minutes",
        "taught",
        "sessions_cleared",
        "absent",
        "rating",
        "comment",
    )

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="reports")
    side = WordField(max_length=20, choices=Side)
    attended = models.PositiveSmallIntegerField("personnes venues", null=True, validators=[MaxValueValidator(500)])
    under_12 = _count("moins de 12 ans")
    from_12_to_17 = _count("12 – 17 ans")
    from_18_to_24 = _count("18 – 24 ans")
    from_25_to_39 = _count("25 – 39 ans")
    from_40_to_59 = _count("40 – 59 ans")
    from_60_to_69 = _count("60 – 69 ans")
    over_70 = _count("70 ans et plus")
    volunteers = models.PositiveSmallIntegerField("bénévoles venus", null=True, validators=[MaxValueValidator(100)])
    volunteer_minutes = models.PositiveIntegerField("minutes des bénévoles, en tout", null=True)
    mecenat_minutes = models.PositiveIntegerField("dont minutes de mécénat de compétences", null=True)
    taught = WordsField(
        WordField(max_length=50, choices=Topic), verbose_name="ce qui a été abordé", default=list, blank=True
    )
    sessions_cleared = models.BooleanField(
        "sessions effacées",
        null=True,
        help_text="sur les ordinateurs prêtés\u00a0; vide quand il n’y en avait pas, ou qu’on ne sait pas",
    )
    absent = WordField("qui n’est pas venu", max_length=20, choices=Side, blank=True)
    rating = models.PositiveSmallIntegerField(
        "note", null=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField("en quelques mots", max_length=2000, blank=True)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    corrected_at = models.DateTimeField(null=True, editable=False)
    corrected_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "compte rendu"
        verbose_name_plural = "comptes rendus"
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(name="report_once_per_side", fields=["workshop", "side"]),
            models.CheckConstraint(
                name="report_counts_of_its_side",
                condition=Q(
                    side="association",
                    attended__isnull=False,
                    volunteers__isnull=True,
                    volunteer_minutes__isnull=True,
                    mecenat_minutes__isnull=True,
                    attended__gte=F("under_12")
                    + F("from_12_to_17")
                    + F("from_18_to_24")
                    + F("from_25_to_39")
                    + F("from_40_to_59")
                    + F("from_60_to_69")
                    + F("over_70"),
                )
                | Q(
                    side="company",
                    attended__isnull=True,
                    volunteers__isnull=False,
                    volunteer_minutes__isnull=False,
                    mecenat_minutes__isnull=False,
                    mecenat_minutes__lte=F("volunteer_minutes"),
                    taught=[],
                ),
            ),
            models.CheckConstraint(
                name="report_minutes_of_somebody", condition=~Q(volunteers=0) | Q(volunteer_minutes=0)
            ),
            models.CheckConstraint(
                name="report_rating_in_scale",
                condition=Q(absent="", rating__range=(1, 5), rating__isnull=False)
                | (~Q(absent="") & Q(rating__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_nobody_where_one_was_absent",
                condition=Q(absent="")
                | Q(absent="company", side="association", attended=0, taught=[])
                | Q(absent="association", side="company"),
            ),
            models.CheckConstraint(
                name="report_corrected_at_an_instant",
                condition=Q(corrected_by=None) | Q(corrected_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="report_keeps_its_story",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("absent", "attended"),  # type: ignore[no-untyped-call]  # the library has no types here
                func="""
                    IF (OLD.absent, OLD.attended = 0) IS DISTINCT FROM (NEW.absent, NEW.attended = 0) AND NOT EXISTS (
                        SELECT FROM workshops_dispute WHERE workshop_id = NEW.workshop_id AND state = 'held'
                    ) THEN
                        RAISE EXCEPTION 'Whether anybody was there is not corrected.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_keeps_its_story';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.workshop}"

    @property
    def is_of_no_company(self) -> bool:
        """Whether it says that nobody of the company came, and no moderator that it did; its dispute is loaded."""
        dispute = getattr(self.workshop, "dispute", None)
        return self.absent == Side.COMPANY and (dispute is None or dispute.state != "held")

    @property
    def says_nobody_came(self) -> bool:
        """Whether the association was there in vain: none of its people came."""
        return self.side == Side.ASSOCIATION and self.absent == "" and self.attended == 0

    @property
    def counted_brackets(self) -> list[tuple[str, int]]:
        """The age brackets in which somebody came, in words, with how many."""
        labels = self.bracket_labels()
        return [(labels[name], count) for name in self.BRACKETS if (count := getattr(self, name))]

    @classmethod
    def bracket_labels(cls) -> dict[str, str]:
        """The age brackets by their names, in words."""
        return {name: str(cls._meta.get_field(name).verbose_name) for name in cls.BRACKETS}  # type: ignore[union-attr]

    @property
    def taught_labels(self) -> list[str]:
        """What was taught, in words."""
        return [str(Topic(code).label) for code in self.taught]

    @property
    def volunteer_hours(self) -> float | None:
        """Of all volunteers together; None from an association."""
        return None if self.volunteer_minutes is None else self.volunteer_minutes / 60

    @property
    def mecenat_hours(self) -> float | None:
        """Of these, those on working time."""
        return None if self.mecenat_minutes is None else self.mecenat_minutes / 60
