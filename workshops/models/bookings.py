"""Claims of associations on slots."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.audit import tracked
from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BusyTime, Company, Slot, signatory
from territories.closed_lists import WordField
from workshops.guards import (
    booking_changes_hands,
    booking_course_in_one_place,
    booking_fits_its_slot,
    booking_goes_as_drawn,
    booking_is_cancelled_in_time,
    booking_may_be_confirmed,
    booking_may_be_made,
    booking_stays_on_its_slot,
    slot_is_agreed,
    slot_is_claimed,
    slot_is_free_again,
)
from workshops.models.courses import Course
from workshops.models.reasons import Reason
from workshops.models.told import told_of


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings by state and by who may see them."""

    def live(self, now: dt.datetime) -> Self:
        """Bookings that take their slot: nobody else can have it. A hold takes it until its clock runs out."""
        return self.exclude(state=Booking.State.HELD, expires_at__lte=now).filter(state__in=Booking.LIVE)

    def ahead(self, now: dt.datetime) -> Self:
        """Those of them whose workshop is not over, nor told."""
        return self.live(now).filter(state__in=Booking.AHEAD, slot__ends_at__gt=now)

    def of_company(self, company: Company) -> Self:
        return self.filter(slot__room__site__company=company)

    def of_association(self, association: Association) -> Self:
        return self.filter(association=association)

    def between(self, company: Company, association: Association) -> Self:
        return self.of_company(company).of_association(association)

    def agreed(self) -> Self:
        """Those that both sides counted on: confirmed, and held since, or not."""
        return self.filter(state__in=Booking.AGREED)

    def of_event(self, booking: Booking) -> Self:
        """The bookings that a workshop has had, wherever it was moved since: those of its event in calendars."""
        return self.filter(Q(pk=booking.event) | Q(event_of=booking.event))

    def unmoved(self) -> Self:
        """Those whose workshop was not moved to another slot."""
        return self.filter(~Exists(Booking.objects.in_calendars().filter(moved_from=OuterRef("pk"))))

    def dropped(self) -> Self:
        """Those that came to nothing, whoever ended them. A workshop that was moved is where it went."""
        return self.filter(state__in=Booking.ENDED).unmoved()

    def counted_on(self) -> Self:
        """Those that both sides counted on once: held, missed or called off. Idem."""
        return self.in_calendars().unmoved()

    def sessions(self) -> Self:
        """Each workshop once: where it is now, not where it was, nor where somebody asks it to go."""
        went = Q(state__in=Booking.IN_CALENDARS, settled_at__isnull=False)
        return self.unmoved().filter(went | Q(moved_from=None))

    def waiting(self, now: dt.datetime) -> Self:
        """Those of which somebody has to say something, in time."""
        return self.filter(state__in=Booking.WAITING, expires_at__gt=now)

    def awaiting_answer(self, now: dt.datetime) -> Self:
        """Those that the company may answer, in time."""
        return self.filter(state=Booking.State.PENDING, expires_at__gt=now)

    def held(self, now: dt.datetime) -> Self:
        """Slots kept for an association that has yet to say yes, in time."""
        return self.filter(state=Booking.State.HELD, expires_at__gt=now)

    def proposed(self) -> Self:
        """Those that were kept for a request, by the company whose slot it is or by a plan."""
        return self.filter(Q(offered_at__isnull=False) | Q(planned_at__isnull=False))

    def left_unanswered(self, now: dt.datetime) -> Self:
        """What was proposed for a request, and its association let lapse without a word."""
        ended = Q(state=Booking.State.EXPIRED) | Q(state=Booking.State.HELD, expires_at__lte=now)
        # Who says yes to a slot on approval asks for it from then on.
        return self.proposed().filter(ended, created_at=Coalesce("offered_at", "planned_at"), request__isnull=False)

    def lapsed(self, now: dt.datetime) -> Self:
        """Those whose clock has run out, and that nobody has noted as expired yet."""
        return self.filter(state__in=Booking.WAITING, expires_at__lte=now)

    def untold(self, template: str) -> Self:
        """Those about which nobody was written this mail."""
        return self.filter(~told_of("pk", template))

    def without_signatory(self, now: dt.datetime) -> Self:
        """Confirmed bookings to come of companies that are no signatories any more: somebody should look at them."""
        coming = self.filter(state=Booking.State.CONFIRMED, slot__ends_at__gt=now)
        return coming.exclude(signatory(now, "slot__room__site__company__"))

    def on_taken_rooms(self, now: dt.datetime) -> Self:
        """Bookings to come, confirmed or waiting for a word, in a room that is taken, its own calendar says."""
        taken = BusyTime.objects.filter(
            room=OuterRef("slot__room"),
            starts_at__lt=OuterRef("slot__ends_at"),
            ends_at__gt=OuterRef("slot__starts_at"),
        )
        standing = Q(state=Booking.State.CONFIRMED) | Q(state__in=Booking.WAITING, expires_at__gt=now)
        return self.filter(standing, Exists(taken), slot__ends_at__gt=now)

    def in_calendars(self) -> Self:
        """Those that a calendar shows, as on or as off; of each event the last word counts.

        A request that was taken back before its answer never was in one.
        """
        return self.filter(state__in=Booking.IN_CALENDARS, settled_at__isnull=False)

    def with_everything(self) -> Self:
        """Loads what a page or a mail says of a booking, in the same query."""
        return self.select_related(
            "slot__room__site__company",
            "slot__room__site__commune",
            "slot__room__site__access_kit",
            "association",
            "request",
        )

    def with_outcome(self) -> Self:
        """Loads what became of each workshop, in the same query: its dispute, and whether it has a report."""
        told = Booking.objects.filter(pk=OuterRef("pk"), workshop__reports__isnull=False)
        return self.select_related("workshop__dispute").annotate(has_report=Exists(told))


@tracked(exclude=["message", "reason", "key"])
class Booking(models.Model):
    """An association's claim on a whole slot. The database allows one live booking a slot."""

    class State(models.TextChoices):
        PENDING = "pending", "en attente de réponse"
        HELD = "held", "gardée pour l’association"
        CONFIRMED = "confirmed", "confirmée"
        DECLINED = "declined", "déclinée"
        NOT_SELECTED = "not_selected", "non retenue"
        EXPIRED = "expired", "restée sans réponse"
        CANCELLED_BY_ASSOCIATION = "cancelled_by_association", "annulée par l’association"
        CANCELLED_BY_COMPANY = "cancelled_by_company", "annulée par l’entreprise"
        COMPLETED = "completed", "atelier tenu"
        NO_SHOW = "no_show", "absence"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.PENDING: [
            State.CONFIRMED,
            State.DECLINED,
            State.NOT_SELECTED,
            State.EXPIRED,
            State.CANCELLED_BY_ASSOCIATION,
        ],
        State.HELD: [
            State.CONFIRMED,
            State.PENDING,
            State.DECLINED,
            State.EXPIRED,
            State.CANCELLED_BY_ASSOCIATION,
        ],
        State.CONFIRMED: [
            State.CANCELLED_BY_ASSOCIATION,
            State.CANCELLED_BY_COMPANY,
            State.COMPLETED,
            State.NO_SHOW,
        ],
        State.DECLINED: [],
        State.NOT_SELECTED: [],
        State.EXPIRED: [],
        State.CANCELLED_BY_ASSOCIATION: [],
        State.CANCELLED_BY_COMPANY: [],
        # Where two reports tell different things a moderator has the last word.
        State.COMPLETED: [State.NO_SHOW],
        State.NO_SHOW: [State.COMPLETED],
    }
    # Its clock runs: somebody has to say something until `expires_at`.
    WAITING = (State.PENDING, State.HELD)
    AGREED = (State.CONFIRMED, State.COMPLETED, State.NO_SHOW)
    LIVE = (State.HELD, *AGREED)
    AHEAD = (State.HELD, State.CONFIRMED)
    CANCELLED = (State.CANCELLED_BY_ASSOCIATION, State.CANCELLED_BY_COMPANY)
    ENDED = (State.DECLINED, State.NOT_SELECTED, State.EXPIRED, *CANCELLED)
    # What was confirmed once: a calendar shows that it is on, or that it is off.
    IN_CALENDARS = (*AGREED, *CANCELLED)

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="+")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, related_name="bookings", verbose_name="parcours", editable=False
    )
    participants = models.PositiveSmallIntegerField("participants")
    topic = WordField("thème", max_length=50, choices=Topic)
    message = models.TextField("message à l’entreprise", max_length=1000, blank=True)
    key = models.UUIDField(unique=True, editable=False, help_text="un formulaire envoyé deux fois est une réservation")
    state = WordField(max_length=30, choices=State)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="jusqu’à quand on attend une réponse\u00a0; passé cet instant, elle est expirée",
    )
    settled_at = models.DateTimeField(null=True, editable=False, help_text="quand elle a quitté l’attente")
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField(
        null=True, editable=False, help_text="quand l’entreprise a proposé son créneau pour une demande"
    )
    offered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    planned_at = models.DateTimeField(
        null=True, editable=False, help_text="quand un plan a gardé ce créneau pour une demande"
    )
    is_late = models.BooleanField("tardive", default=False, editable=False)
    reason_code = WordField("motif", max_length=20, choices=Reason, blank=True)
    reason = models.CharField("précisions", max_length=1000, blank=True)
    way_told_at = models.DateTimeField(
        null=True, editable=False, help_text="le dernier changement de lieu ou d’accès que tout le monde sait"
    )
    moved_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        help_text="celle qu’elle remplace",
    )
    event_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        help_text="la première d’une suite de déplacements\u00a0: toutes sont un seul événement iCalendar",
    )
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
                condition=Q(state__in=["held", "confirmed", "completed", "no_show"]),
            ),
            models.UniqueConstraint(
                name="booking_asked_once",
                fields=["slot", "association"],
                condition=Q(state__in=["pending", "held", "confirmed", "completed", "no_show"]),
            ),
            models.CheckConstraint(name="booking_somebody_comes", condition=Q(participants__gte=1)),
            models.CheckConstraint(
                name="booking_moved_is_one_event",
                condition=Q(moved_from__isnull=True, event_of__isnull=True)
                | Q(moved_from__isnull=False, event_of__isnull=False),
            ),
            models.UniqueConstraint(
                name="booking_moved_once",
                fields=["moved_from"],
                condition=Q(state__in=["pending", "held", "confirmed", "completed", "no_show"]),
            ),
            models.CheckConstraint(
                name="booking_settled_stamped",
                condition=Q(state__in=["pending", "held"], settled_at__isnull=True)
                | (
                    ~Q(state__in=["pending", "held"])
                    & (Q(settled_at__isnull=False) | Q(state="cancelled_by_association"))
                ),
            ),
            models.CheckConstraint(
                name="booking_offered_stamped", condition=Q(offered_by__isnull=True) | Q(offered_at__isnull=False)
            ),
            models.CheckConstraint(
                name="booking_proposed_by_one", condition=Q(offered_at__isnull=True) | Q(planned_at__isnull=True)
            ),
            models.CheckConstraint(
                name="booking_waits_until", condition=~Q(state__in=["pending", "held"]) | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="booking_reason_of_its_end",
                condition=Q(reason_code="")
                | Q(state__in=["declined", "cancelled_by_association", "cancelled_by_company"]),
            ),
            models.CheckConstraint(name="booking_other_reason_told", condition=~Q(reason_code="other") | ~Q(reason="")),
            models.CheckConstraint(
                name="booking_late_when_cancelled",
                condition=Q(is_late=False) | Q(state__in=["cancelled_by_association", "cancelled_by_company"]),
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
            booking_course_in_one_place(),
            booking_goes_as_drawn(),
            booking_changes_hands(),
            booking_stays_on_its_slot(),
            slot_is_free_again(),
            slot_is_claimed(),
            slot_is_agreed(),
        ]

    def __str__(self) -> str:
        return f"{self.association}, {self.slot}"

    def as_of(self, now: dt.datetime) -> Self:
        """Itself, expired when its clock has run out, whether or not anybody has noted it yet."""
        if self.state in self.WAITING and self.expires_at is not None and self.expires_at <= now:
            self.state = self.State.EXPIRED
        return self

    @property
    def settled_already(self) -> str:
        """What became of it, in a sentence for who would settle it once more."""
        if self.is_unreported:
            return "Cet atelier est clos\u00a0: personne n’en a rendu compte."
        reported = {
            self.State.COMPLETED: "L’atelier a eu lieu.",
            self.State.NO_SHOW: "Une absence à cet atelier est signalée.",
        }
        return reported.get(self.State(self.state), f"Cette réservation est déjà {self.said}.")

    @property
    def event(self) -> int:
        """The number of its event in calendars: that of the first booking, wherever the workshop was moved since."""
        return self.event_of_id or self.pk

    @property
    def said(self) -> str:
        """Its state: what was proposed, and not wanted, was never called off; what nobody told, not held."""
        if self.is_unreported:
            return "sans compte rendu"
        called_off = self.state == self.State.CANCELLED_BY_ASSOCIATION and self.settled_at is None
        # What was wanted is dated from then on.
        if called_off and self.created_at == (self.offered_at or self.planned_at):
            return "laissée à d’autres"
        return str(self.get_state_display())

    @property
    def still_there(self) -> Booking | None:
        """The workshop that this booking was to move, where it is confirmed still; None for what was no move."""
        if self.moved_from_id is None:
            return None
        return Booking.objects.filter(pk=self.moved_from_id, state=Booking.State.CONFIRMED).with_everything().first()

    @property
    def why(self) -> str:
        """The reason of its end in the language spoken, with the words that somebody added."""
        label = str(self.get_reason_code_display()) if self.reason_code not in ("", Reason.OTHER) else ""
        told = f"{label[:1].upper()}{label[1:]}"
        return ". ".join(filter(None, (told, self.reason)))

    @property
    def is_cancelled(self) -> bool:
        return self.state in self.CANCELLED

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_proposed(self) -> bool:
        """Whether it was kept for a request, rather than for who waited in a queue."""
        return self.offered_at is not None or self.planned_at is not None

    @property
    def lapses_in_time(self) -> bool:
        """Whether others may still have the slot when nobody answers: it is not held until its own closing."""
        return self.expires_at is not None and self.expires_at < self.slot.closes_at

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_told(self) -> bool:
        """Whether it is settled what became of it, by reports or by the silence of both sides."""
        return self.state in (self.State.COMPLETED, self.State.NO_SHOW)

    @cached_property
    def has_report(self) -> bool:
        """Whether a side has reported; `with_outcome`, or its workshop's reports, are loaded where there are many."""
        workshop = getattr(self, "workshop", None)
        return workshop is not None and bool(workshop.reports.all())

    @property
    def is_unreported(self) -> bool:
        """Whether it was closed because nobody had said what became of its workshop."""
        return self.state == self.State.COMPLETED and not self.has_report

    @property
    def is_contested(self) -> bool:
        """Whether its two reports contradict each other, and nobody has said yet what happened.

        Its workshop's `Dispute` is loaded where there are many.
        """
        workshop = getattr(self, "workshop", None) if self.is_told else None
        return workshop is not None and workshop.is_contested

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING
