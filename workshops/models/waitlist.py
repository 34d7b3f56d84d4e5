"""Associations that wait for a taken slot, in their order."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.audit import tracked
from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import Slot
from territories.closed_lists import WordField
from workshops.guards import nobody_queues_again, somebody_queues
from workshops.models.bookings import Booking


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    """Entries by whose turn it is."""

    def waiting(self) -> Self:
        """Who waits, the first first."""
        return self.filter(state=WaitlistEntry.State.WAITING).order_by("created_at", "pk")

    def with_ahead(self) -> Self:
        """Fills `ahead`: how many wait before this one."""
        before = WaitlistEntry.objects.filter(
            Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk")),
            slot=OuterRef("slot"),
            state=WaitlistEntry.State.WAITING,
        )
        count = before.order_by().values("slot").annotate(count=Count("pk")).values("count")
        return self.annotate(ahead=Coalesce(Subquery(count), 0))

    def missed(self, now: dt.datetime) -> Self:
        """Who waits for a slot that cannot come to anybody any more."""
        too_late = Q(slot__closes_at__lte=now, slot__starts_at__lte=now + WaitlistEntry.SERVED_AHEAD)
        return self.waiting().filter(too_late)

    def standing(self, now: dt.datetime) -> Self:
        """Who waits, or has the slot held for them, in time."""
        is_held = Q(state=WaitlistEntry.State.OFFERED, booking__expires_at__gt=now)
        return self.filter(Q(state=WaitlistEntry.State.WAITING) | is_held)


@tracked(exclude=["message"])
class WaitlistEntry(models.Model):
    """An association's place in the queue of one slot.

    When its turn comes the slot is held for it for a day, or until it would be too late to come: two hours before it
    begins, later where its company takes bookings later. A slot that comes free past its notice goes to who queues as
    long as four hours are left, two of them to answer.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "en liste d’attente"
        OFFERED = "offered", "créneau gardé"
        TAKEN = "taken", "créneau pris"
        PASSED = "passed", "tour passé"
        LEFT = "left", "liste quittée"
        CLOSED = "closed", "liste close"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.WAITING: [State.OFFERED, State.LEFT, State.CLOSED],
        State.OFFERED: [State.TAKEN, State.PASSED],
        State.TAKEN: [],
        State.PASSED: [],
        State.LEFT: [],
        State.CLOSED: [],
    }
    STANDING = (State.WAITING, State.OFFERED)
    HOLD: ClassVar = dt.timedelta(hours=24)
    SERVED_AHEAD: ClassVar = dt.timedelta(hours=4)
    ANSWERED_AHEAD: ClassVar = dt.timedelta(hours=2)

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="+")
    participants = models.PositiveSmallIntegerField("participants")
    topic = WordField("thème", max_length=50, choices=Topic)
    message = models.TextField("message à l’entreprise", max_length=1000, blank=True)
    state = WordField(max_length=20, choices=State, default=State.WAITING)
    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, related_name="+", help_text="le créneau gardé, puis réservé"
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = WaitlistEntryQuerySet.as_manager()

    ahead: int
    """Filled by `with_ahead`."""

    class Meta:
        verbose_name = "place en liste d’attente"
        verbose_name_plural = "places en liste d’attente"
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(name="waitlist_by_turn", fields=["slot", "created_at", "id"], condition=Q(state="waiting"))
        ]
        constraints = [
            models.UniqueConstraint(
                name="waitlist_one_place",
                fields=["slot", "association"],
                condition=Q(state__in=["waiting", "offered"]),
            ),
            models.UniqueConstraint(name="waitlist_one_hold", fields=["slot"], condition=Q(state="offered")),
            models.CheckConstraint(name="waitlist_somebody_comes", condition=Q(participants__gte=1)),
            models.CheckConstraint(
                name="waitlist_state_stamped",
                condition=Q(state__in=["waiting", "offered"], ended_at__isnull=True)
                | Q(state__in=["taken", "passed", "left", "closed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="waitlist_offer_has_its_booking",
                condition=Q(state__in=["offered", "taken", "passed"], booking__isnull=False)
                | Q(state__in=["waiting", "left", "closed"], booking__isnull=True),
            ),
        ]

        triggers = [nobody_queues_again(), somebody_queues()]

    def __str__(self) -> str:
        return f"{self.association}, {self.slot}"

    @classmethod
    def answered_until(cls, slot: Slot) -> dt.datetime:
        """Until when, at most, who has such a slot held may say yes."""
        return max(slot.closes_at, slot.starts_at - cls.ANSWERED_AHEAD)

    @property
    def settled_already(self) -> str:
        """What became of it, in a sentence for who would settle it once more."""
        return f"Cette place est déjà «\u00a0{self.get_state_display()}\u00a0»."
