"""The training session of a confirmed booking."""

from __future__ import annotations

import datetime as dt
from functools import partial, reduce
from operator import or_
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.audit import tracked
from accounts.models import User
from accounts.ranges import between
from accounts.vocabulary import Level, Topic
from associations.models import InsuranceCertificate, InsuranceCertificateQuerySet
from territories.closed_lists import WordField, WordsField
from territories.zones import CLOCK_CHANGE
from workshops.guards import visitors_are_told_in_time
from workshops.models.bookings import Booking
from workshops.models.sides import Side
from workshops.models.told import left_until, reached_nobody, told_of, told_to_others

# So long before an insurance ends its association is told.
INSURANCE_TOLD_BEFORE = dt.timedelta(days=30)


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    """Workshops by date and by what is left to do."""

    def planned(self) -> Self:
        return self.filter(state=Workshop.State.PLANNED)

    def starting_within(self, *, now: dt.datetime, days: int) -> Self:
        """Those to come in so many days, and an hour where clocks go back: `is_within` tells by that of each site."""
        latest = now + dt.timedelta(days=days) + CLOCK_CHANGE
        return self.planned().filter(booking__slot__starts_at__gt=now, booking__slot__starts_at__lte=latest)

    def confirmed_before(self, *, days: int) -> Self:
        """Those confirmed so many days before they start, or an hour less: `was_confirmed_before` tells exactly."""
        ahead = dt.timedelta(days=days) - CLOCK_CHANGE
        return self.filter(booking__settled_at__lte=F("booking__slot__starts_at") - ahead)

    def unsure(self) -> Self:
        """Workshops of which a side has not said that it still agrees."""
        return self.filter(Q(company_agreed_at=None) | Q(association_agreed_at=None))

    def half_agreed(self) -> Self:
        """Those of which one side has said that it still agrees, and the other has not."""
        return self.filter(Q(company_agreed_at=None) ^ Q(association_agreed_at=None))

    def unasked(self) -> Self:
        """Workshops of which nobody was asked yet whether they still stand, or somebody who acts no longer was."""
        return self.filter(Q(agreement_asked_at=None) | told_to_others("booking_id", "workshop_agreement"))

    def silent(self, *sides: Side, at: dt.datetime) -> Self:
        """Workshops of which one of these sides has not answered a question that left a day before, or earlier.

        One that still waits, or that nobody was sent, asks nothing of anybody. Nor does that of another date.
        """
        left = partial(left_until, at - Workshop.TIME_TO_AGREE, "booking_id", "workshop_agreement")
        since = OuterRef("agreement_asked_at")
        silences = [Q(**{f"{one}_agreed_at": None}) & left(context__side=str(one), sent_at__gte=since) for one in sides]
        return self.filter(reduce(or_, silences))

    def unreached(self, *sides: Side) -> Self:
        """Workshops of which one of these sides could not be asked: our question reached nobody there."""
        lost = partial(reached_nobody, "booking_id", "workshop_agreement")
        since = OuterRef("agreement_asked_at")
        losses = [Q(**{f"{one}_agreed_at": None}) & lost(side=str(one), created_at__gte=since) for one in sides]
        return self.filter(reduce(or_, losses))

    def untold(self, template: str) -> Self:
        """Those about which nobody was written this mail."""
        return self.filter(~told_of("booking_id", template))

    def over(self, now: dt.datetime) -> Self:
        return self.filter(booking__slot__ends_at__lte=now).exclude(state=Workshop.State.CANCELLED)

    def not_missed(self) -> Self:
        """Those of which no report says that a side did not come, or nobody did."""
        return self.exclude(booking__state=Booking.State.NO_SHOW)

    def unreported(self, side: Side) -> Self:
        """Workshops on which this side has not reported."""
        return self.exclude(reports__side=side)

    def to_report(self, side: Side) -> Self:
        """The same, unless nobody had anything to say for so long that they are closed."""
        return self.unreported(side).exclude(state=Workshop.State.CLOSED)

    def reported(self) -> Self:
        """Workshops on which a side has."""
        return self.filter(reports__isnull=False).distinct()

    def presences_open(self) -> Self:
        """Workshops at which volunteers may still say that they were: no report has had the last word on it."""
        return self.unreported(Side.COMPANY).exclude(reports__absent=Side.COMPANY)

    def with_everything(self) -> Self:
        return self.select_related(
            "booking__slot__room__site__company",
            "booking__slot__room__site__commune",
            "booking__slot__room__site__access_kit",
            "booking__association",
        )


@tracked(exclude=["title", "material"])
class Workshop(models.Model):
    """The training session of a confirmed booking. Ready, under way and report due are computed, not stored."""

    class State(models.TextChoices):
        PLANNED = "planned", "prévu"
        CLOSED = "closed", "clos"
        CANCELLED = "cancelled", "annulé"

    ASKED_AHEAD: ClassVar = 7  # days
    TIME_TO_AGREE: ClassVar = dt.timedelta(days=1)
    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.PLANNED: [State.CLOSED, State.CANCELLED],
        State.CLOSED: [],
        State.CANCELLED: [],
    }

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="workshop")
    state = WordField(max_length=20, choices=State, default=State.PLANNED)
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    title = models.CharField("titre", max_length=120, blank=True, help_text="Par exemple\u00a0: Trouver un emploi.")
    topics = WordsField(WordField(max_length=50, choices=Topic), verbose_name="thèmes", default=list, blank=True)
    level = WordField("niveau", max_length=20, choices=Level, blank=True)
    material = models.TextField(
        "matériel",
        max_length=1000,
        blank=True,
        help_text="Ce que vous apportez, ce qu’il vous faut\u00a0: supports, logiciels, comptes de démonstration.",
    )
    visitors = models.PositiveSmallIntegerField(
        "visiteurs attendus",
        null=True,
        blank=True,
        validators=between(1, 500),
        help_text="Participants et accompagnants ensemble. Un nombre, jamais de noms.",
    )
    visitors_told_at = models.DateTimeField(null=True, editable=False)
    visitors_told_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    agreement_asked_at = models.DateTimeField(
        null=True, editable=False, help_text="quand on a demandé s’il tient toujours"
    )
    company_agreed_at = models.DateTimeField(null=True, editable=False)
    company_agreed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    association_agreed_at = models.DateTimeField(null=True, editable=False)
    association_agreed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = "atelier"
        ordering = ("pk",)
        triggers = [visitors_are_told_in_time()]
        constraints = [
            models.CheckConstraint(
                name="workshop_state_stamped",
                condition=Q(state="planned", closed_at__isnull=True, cancelled_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False, cancelled_at__isnull=True)
                | Q(state="cancelled", closed_at__isnull=True, cancelled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="workshop_visitors_told",
                condition=Q(visitors__isnull=True, visitors_told_at__isnull=True, visitors_told_by__isnull=True)
                | Q(visitors__range=(1, 500), visitors_told_at__isnull=False),
            ),
            *(
                models.CheckConstraint(
                    name=f"workshop_{side}_agreed_at_an_instant",
                    condition=Q(**{f"{side}_agreed_by": None}) | Q(**{f"{side}_agreed_at__isnull": False}),
                )
                for side in ("company", "association")
            ),
        ]

    def __str__(self) -> str:
        return str(self.booking)

    @property
    def is_contested(self) -> bool:
        """Whether its two reports contradict each other on who was absent, and nobody has said yet what happened.

        Its `Dispute` is loaded where there are many.
        """
        dispute = getattr(self, "dispute", None)
        return dispute is not None and dispute.is_open

    @property
    def name(self) -> str:
        """Its title, or what it teaches."""
        return self.title or str(self.booking.get_topic_display())

    @property
    def topic_labels(self) -> list[str]:
        """What it teaches, in words."""
        return [str(Topic(code).label) for code in self.topics]

    @property
    def visitors_due_at(self) -> dt.datetime | None:
        """Until when its site wants to know how many come; None where it does not, or was booked too late for that."""
        kit, slot = getattr(self.booking.slot.room.site, "access_kit", None), self.booking.slot
        if kit is None or kit.visitor_count_hours is None:
            return None
        due_at = slot.starts_at - dt.timedelta(hours=kit.visitor_count_hours)
        settled_at = self.booking.settled_at
        return due_at if settled_at is not None and settled_at < due_at else None

    @property
    def visitors_told_late(self) -> bool:
        """Whether the number was told, or told anew, once its site wanted to know it."""
        due_at, told_at = self.visitors_due_at, self.visitors_told_at
        return due_at is not None and told_at is not None and told_at > due_at

    def is_within(self, days: int, *, now: dt.datetime) -> bool:
        """Whether it starts in so many days or sooner, by the clock on the wall of its site."""
        return self.booking.slot.days_before(days) <= now

    def was_confirmed_before(self, days: int) -> bool:
        """Whether it was confirmed so many days ahead, by that clock: for the others, that is word enough."""
        settled_at = self.booking.settled_at
        return settled_at is not None and settled_at <= self.booking.slot.days_before(days)

    @property
    def is_half_agreed(self) -> bool:
        """Whether one side has said that it still agrees, and the other has not."""
        return (self.company_agreed_at is None) != (self.association_agreed_at is None)

    def silent_sides(self, *, at: dt.datetime) -> list[Side]:
        """Which sides were asked and did not answer in time (`WorkshopQuerySet.silent`)."""
        this = Workshop.objects.filter(pk=self.pk)
        return [side for side in Side if this.silent(side, at=at).exists()]

    def unreached_sides(self) -> list[Side]:
        """Which sides could not be asked (`WorkshopQuerySet.unreached`)."""
        this = Workshop.objects.filter(pk=self.pk)
        return [side for side in Side if this.unreached(side).exists()]

    def agreed_at(self, side: Side) -> dt.datetime | None:
        """When this side said that it still agrees."""
        return self.company_agreed_at if side == Side.COMPANY else self.association_agreed_at


def insurance_ending(now: dt.datetime) -> InsuranceCertificateQuerySet:
    """Certificates that count and soon end, before workshops that are to come. Days are those of the portal's zone."""
    coming = Workshop.objects.planned().filter(
        booking__association=OuterRef("association"),
        booking__slot__starts_at__gt=now,
        booking__slot__local_date__gt=OuterRef("valid_until_date"),
    )
    soon = timezone.localdate(now) + INSURANCE_TOLD_BEFORE
    return InsuranceCertificate.objects.that_count().filter(Exists(coming), valid_until_date__lte=soon)
