"""Bookings, the workshops held on them, and what both sides report."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BusyTime, Company, Slot, signatory
from mail.models import Message
from workshops.guards import (
    booking_fits_its_slot,
    booking_is_cancelled_in_time,
    booking_may_be_confirmed,
    booking_may_be_made,
)


def _told_of(booking: str, template: str) -> Exists:
    """Whether this mail was written about a booking; by the outbox's index of what messages are about."""
    about = Concat(Value("booking:"), Cast(OuterRef(booking), models.TextField()))
    return Exists(Message.objects.filter(about=about, template=template))


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings by state and by who may see them."""

    def live(self) -> Self:
        """Bookings that take their slot: nobody else can have it."""
        return self.filter(state__in=Booking.LIVE)

    def of_company(self, company: Company) -> Self:
        return self.filter(slot__room__site__company=company)

    def of_association(self, association: Association) -> Self:
        return self.filter(association=association)

    def awaiting_answer(self) -> Self:
        return self.filter(state=Booking.State.PENDING)

    def untold(self, template: str) -> Self:
        """Those about which nobody was written this mail."""
        return self.filter(~_told_of("pk", template))

    def without_signatory(self, now: dt.datetime) -> Self:
        """Confirmed bookings to come of companies that are no signatories any more: somebody should look at them."""
        coming = self.filter(state=Booking.State.CONFIRMED, slot__ends_at__gt=now)
        return coming.exclude(signatory(now, "slot__room__site__company__"))

    def on_taken_rooms(self, now: dt.datetime) -> Self:
        """Confirmed bookings to come in a room that its own calendar says is taken: the company should look."""
        taken = BusyTime.objects.filter(
            room=OuterRef("slot__room"),
            starts_at__lt=OuterRef("slot__ends_at"),
            ends_at__gt=OuterRef("slot__starts_at"),
        )
        return self.filter(Exists(taken), state=Booking.State.CONFIRMED, slot__ends_at__gt=now)

    def with_everything(self) -> Self:
        """Loads what a page or a mail says of a booking, in the same query."""
        return self.select_related(
            "slot__room__site__company",
            "slot__room__site__commune",
            "slot__room__site__access_kit",
            "association",
            "request",
        )


class Booking(models.Model):
    """An association's claim on a whole slot. The database allows one live booking a slot."""

    class State(models.TextChoices):
        PENDING = "pending", "en attente de réponse"
        CONFIRMED = "confirmed", "confirmée"
        DECLINED = "declined", "déclinée"
        NOT_SELECTED = "not_selected", "non retenue"
        EXPIRED = "expired", "restée sans réponse"
        CANCELLED_BY_ASSOCIATION = "cancelled_by_association", "annulée par l’association"
        CANCELLED_BY_COMPANY = "cancelled_by_company", "annulée par l’entreprise"
        COMPLETED = "completed", "atelier tenu"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.PENDING: [
            State.CONFIRMED,
            State.DECLINED,
            State.NOT_SELECTED,
            State.EXPIRED,
            State.CANCELLED_BY_ASSOCIATION,
        ],
        State.CONFIRMED: [State.CANCELLED_BY_ASSOCIATION, State.CANCELLED_BY_COMPANY, State.COMPLETED],
        State.DECLINED: [],
        State.NOT_SELECTED: [],
        State.EXPIRED: [],
        State.CANCELLED_BY_ASSOCIATION: [],
        State.CANCELLED_BY_COMPANY: [],
        State.COMPLETED: [],
    }
    LIVE = (State.CONFIRMED, State.COMPLETED)
    # What was confirmed once: a calendar shows that it is on, or that it is off.
    IN_CALENDARS = (*LIVE, State.CANCELLED_BY_ASSOCIATION, State.CANCELLED_BY_COMPANY)

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="+")
    participants = models.PositiveSmallIntegerField("participants")
    topic = models.CharField("thème", max_length=50, choices=Topic)
    message = models.TextField("message à l’entreprise", max_length=1000, blank=True)
    key = models.UUIDField(unique=True, editable=False, help_text="un formulaire envoyé deux fois est une réservation")
    state = models.CharField(max_length=30, choices=State)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False, help_text="quand elle a quitté l’attente")
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField("motif", max_length=1000, blank=True)
    sequence = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="SEQUENCE de l’événement iCalendar"
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "réservation"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(name="booking_pending_by_age", fields=["created_at"], condition=Q(state="pending")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="booking_one_live_per_slot",
                fields=["slot"],
                condition=Q(state__in=["confirmed", "completed"]),
            ),
            models.UniqueConstraint(
                name="booking_asked_once",
                fields=["slot", "association"],
                condition=Q(state__in=["pending", "confirmed", "completed"]),
            ),
            models.CheckConstraint(name="booking_somebody_comes", condition=Q(participants__gte=1)),
            models.CheckConstraint(
                name="booking_state_known",
                condition=Q(
                    state__in=[
                        "pending",
                        "confirmed",
                        "declined",
                        "not_selected",
                        "expired",
                        "cancelled_by_association",
                        "cancelled_by_company",
                        "completed",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="booking_settled_stamped",
                condition=Q(state="pending", settled_at__isnull=True)
                | (~Q(state="pending") & (Q(settled_at__isnull=False) | Q(state="cancelled_by_association"))),
            ),
            models.CheckConstraint(
                name="booking_cancelled_stamped",
                condition=Q(state__in=["cancelled_by_association", "cancelled_by_company"], cancelled_at__isnull=False)
                | (
                    ~Q(state__in=["cancelled_by_association", "cancelled_by_company"])
                    & Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                ),
            ),
        ]
        triggers = [
            booking_may_be_made(),
            booking_may_be_confirmed(),
            booking_fits_its_slot(),
            booking_is_cancelled_in_time(),
        ]

    def __str__(self) -> str:
        return f"{self.association}, {self.slot}"

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    """Workshops by date and by what is left to do."""

    def planned(self) -> Self:
        return self.filter(state=Workshop.State.PLANNED)

    def starting_within(self, *, now: dt.datetime, ahead: dt.timedelta) -> Self:
        return self.planned().filter(booking__slot__starts_at__gt=now, booking__slot__starts_at__lte=now + ahead)

    def confirmed_before(self, ahead: dt.timedelta) -> Self:
        """Those confirmed at least so long before they start: for the others, that is word enough."""
        return self.filter(booking__settled_at__lte=F("booking__slot__starts_at") - ahead)

    def unsure(self) -> Self:
        """Workshops of which a side has not said that it still agrees."""
        return self.filter(Q(company_agreed_at=None) | Q(association_agreed_at=None))

    def untold(self, template: str) -> Self:
        """Those about which nobody was written this mail."""
        return self.filter(~_told_of("booking_id", template))

    def over(self, now: dt.datetime) -> Self:
        return self.filter(booking__slot__ends_at__lte=now).exclude(state=Workshop.State.CANCELLED)

    def unreported(self, side: Side) -> Self:
        """Workshops on which this side has not reported."""
        return self.filter(~Exists(Report.objects.filter(workshop=OuterRef("pk"), side=side)))

    def with_everything(self) -> Self:
        return self.select_related(
            "booking__slot__room__site__company",
            "booking__slot__room__site__commune",
            "booking__slot__room__site__access_kit",
            "booking__association",
        )


class Workshop(models.Model):
    """The training session of a confirmed booking. Ready, under way and report due are computed, not stored."""

    class State(models.TextChoices):
        PLANNED = "planned", "prévu"
        CLOSED = "closed", "clos"
        CANCELLED = "cancelled", "annulé"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.PLANNED: [State.CLOSED, State.CANCELLED],
        State.CLOSED: [],
        State.CANCELLED: [],
    }

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="workshop")
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED)
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
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
        constraints = [
            models.CheckConstraint(
                name="workshop_state_stamped",
                condition=Q(state="planned", closed_at__isnull=True, cancelled_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False, cancelled_at__isnull=True)
                | Q(state="cancelled", closed_at__isnull=True, cancelled_at__isnull=False),
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

    def agreed_at(self, side: Side) -> dt.datetime | None:
        """When this side said that it still agrees."""
        return self.company_agreed_at if side == Side.COMPANY else self.association_agreed_at


class Side(models.TextChoices):
    """Who reports."""

    COMPANY = "company", "entreprise"
    ASSOCIATION = "association", "association"


def _count(label: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(label, default=0, validators=[MaxValueValidator(500)])


class Report(models.Model):
    """What one side counted after a workshop: numbers, never names.

    The association counts people by the national age brackets; the company counts volunteers and their hours.
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

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="reports")
    side = models.CharField(max_length=20, choices=Side)
    attended = models.PositiveSmallIntegerField("personnes venues", null=True, validators=[MaxValueValidator(500)])
    under_12 = _count("moins de 12 ans")
    from_12_to_17 = _count("12 – 17 ans")
    from_18_to_24 = _count("18 – 24 ans")
    from_25_to_39 = _count("25 – 39 ans")
    from_40_to_59 = _count("40 – 59 ans")
    from_60_to_69 = _count("60 – 69 ans")
    over_70 = _count("70 ans et plus")
    volunteers = models.PositiveSmallIntegerField("bénévoles venus", null=True, validators=[MaxValueValidator(100)])
    volunteer_minutes = models.PositiveIntegerField("minutes de bénévolat, en tout", null=True)
    rating = models.PositiveSmallIntegerField("note", validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField("en quelques mots", max_length=2000, blank=True)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

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
                ),
            ),
            models.CheckConstraint(name="report_rating_in_scale", condition=Q(rating__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.workshop}"


class MatchNotice(models.Model):
    """« We told them »: a pair of request and slot is told once, whatever fires how often."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = "proposition envoyée"
        verbose_name_plural = "propositions envoyées"
        constraints = [models.UniqueConstraint(name="match_told_once", fields=["request", "slot"])]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"
