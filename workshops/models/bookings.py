"""Claims of associations on slots."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BusyTime, Company, Slot, signatory
from workshops.guards import (
    booking_fits_its_slot,
    booking_is_cancelled_in_time,
    booking_may_be_confirmed,
    booking_may_be_made,
)
from workshops.models.told import told_of


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
        return self.filter(~told_of("pk", template))

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
