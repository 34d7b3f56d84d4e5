"""What would serve most people: open requests held against open slots for some weeks, for operators to look at.

Nothing is decided by a plan. An operator makes offers of it; each association says yes or no.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.ranges import between
from associations.models import Request
from companies.models import Room, Slot
from territories.closed_lists import WordField, WordsField
from territories.models import Departement
from territories.wording import enumerated
from workshops.models.bookings import Booking

SOME_WEEKS = "Un plan couvre quatre semaines au plus, du premier jour au dernier\u00a0: changez les dates."
REVERSED = "Le dernier jour vient avant le premier\u00a0: échangez-les."
LONGEST, MOST_EVENINGS = dt.timedelta(days=28), 20


class Plan(models.Model):
    """A plan that somebody asked for: of which days and where, how far it is, and what it comes to."""

    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        COMPUTING = "computing", "en cours de calcul"
        READY = "ready", "prêt"
        OFFERING = "offering", "propositions en cours d’envoi"
        OFFERED = "offered", "proposé"
        FAILED = "failed", "arrêté"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.WAITING: [State.COMPUTING],
        State.COMPUTING: [State.READY, State.FAILED, State.WAITING],
        State.READY: [State.OFFERING],
        State.OFFERING: [State.OFFERED],
        State.OFFERED: [],
        State.FAILED: [],
    }

    departement = models.ForeignKey(
        Departement, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="département"
    )
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    evenings = models.PositiveSmallIntegerField(
        "soirées à ajouter au plus", default=5, validators=between(0, MOST_EVENINGS)
    )
    lapsed_too = models.BooleanField(
        "proposer de nouveau ce qui est resté sans réponse", default=False, db_default=False
    )
    follows = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="followed_by", editable=False
    )
    state = WordField(max_length=20, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0, editable=False, help_text="pour cent")
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="combien de fois le calcul a commencé"
    )
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    offered_at = models.DateTimeField(null=True, editable=False)
    offered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    requests = models.PositiveIntegerField("demandes", default=0, editable=False)
    people = models.PositiveIntegerField("personnes qui cherchent", default=0, editable=False)
    slots = models.PositiveIntegerField("créneaux libres", default=0, editable=False)
    pairs = models.PositiveIntegerField("paires regardées", default=0, editable=False)
    requests_served = models.PositiveIntegerField("demandes servies", default=0, editable=False)
    people_served = models.PositiveIntegerField("personnes servies", default=0, editable=False)
    people_first_come = models.PositiveIntegerField("dans l’ordre des demandes", default=0, editable=False)
    people_by_date = models.PositiveIntegerField("dans l’ordre des dates", default=0, editable=False)
    people_wider = models.PositiveIntegerField("au plus, en regardant plus de créneaux", default=0, editable=False)
    people_with_evenings = models.PositiveIntegerField("avec les soirées ajoutées", default=0, editable=False)

    class Meta:
        verbose_name = "plan"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="plan_of_some_weeks",
                condition=Q(until_date__gte=F("from_date"), until_date__lt=F("from_date") + LONGEST),
                violation_error_message=SOME_WEEKS,
            ),
            models.CheckConstraint(name="plan_evenings_plausible", condition=Q(evenings__lte=MOST_EVENINGS)),
            models.CheckConstraint(name="plan_progress_is_a_share", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="plan_state_stamped",
                condition=Q(state="waiting", ended_at__isnull=True)
                | Q(state="computing", started_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=["ready", "failed"], ended_at__isnull=False, offered_at__isnull=True)
                | Q(state__in=["offering", "offered"], ended_at__isnull=False, offered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_serves_who_asks",
                condition=Q(
                    requests_served__lte=F("requests"),
                    people_served__lte=F("people_wider"),
                    people_first_come__lte=F("people_served"),
                    people_by_date__lte=F("people_served"),
                )
                & Q(people_wider__lte=F("people"), people_with_evenings__gte=F("people_served")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_date:%Y-%m-%d} – {self.until_date:%Y-%m-%d}"

    def clean(self) -> None:
        """Days in the wrong order are no matter of how many weeks they are."""
        if self.from_date and self.until_date and self.until_date < self.from_date:
            raise ValidationError({"until_date": REVERSED})

    @property
    def is_under_way(self) -> bool:
        """Whether its page is worth looking at again in a moment."""
        return self.state in (self.State.WAITING, self.State.COMPUTING, self.State.OFFERING)

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def has_failed(self) -> bool:
        """Whether it is left to whoever asked for it to ask again."""
        return self.state == self.State.FAILED

    @property
    def has_ended(self) -> bool:
        """Whether it has something to show."""
        return self.state in (self.State.READY, self.State.OFFERING, self.State.OFFERED)

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return self.from_date, self.until_date


class PlannedPair(models.Model):
    """A slot for a request. Once it is offered, the booking says what becomes of it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="planned")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveSmallIntegerField("personnes")
    distance_km = models.FloatField(null=True)
    booking = models.OneToOneField(Booking, on_delete=models.SET_NULL, null=True, related_name="planned")
    refusal = models.CharField(max_length=300, blank=True, help_text="pourquoi elle n’a pas pu être proposée")

    class Meta:
        verbose_name = "paire d’un plan"
        verbose_name_plural = "paires des plans"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(name="plan_request_once", fields=["plan", "request"]),
            models.UniqueConstraint(name="plan_slot_once", fields=["plan", "slot"]),
            models.CheckConstraint(name="planned_for_somebody", condition=Q(people__gte=1)),
            models.CheckConstraint(name="planned_is_offered_or_not", condition=Q(booking__isnull=True) | Q(refusal="")),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"


class Unserved(models.Model):
    """A request that a plan serves with nothing, and what keeps it from being served."""

    class Why(models.TextChoices):
        """What keeps the slots around from serving it; the last four are no conditions."""

        DISTANCE = "distance", "trop loin"
        DATES = "dates", "hors des dates"
        DAYS = "days", "un autre jour de la semaine"
        PERIODS = "periods", "à une autre heure"
        PLACES = "places", "trop petits pour le groupe"
        COMPUTERS = "computers", "sans assez d’ordinateurs"
        ACCESS = "access", "sans accès de plain-pied assuré"
        LANGUAGES = "languages", "sans bénévole inscrit qui parle la langue demandée"
        DISMISSED = "dismissed", "écartés ou laissés sans réponse, ou pareils à ceux qui l’ont été"
        ASKED = "asked", "demandés par une autre association, qui attend la réponse"
        TAKEN = "taken", "donnés à des demandes qui servent autant de personnes ou plus"
        CAP = "cap", "libres, mais l’association a autant d’ateliers à venir que permis"
        NOTHING = "nothing", "aucun\u00a0: il n’y en a pas autour"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="unserved")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveSmallIntegerField("personnes")
    why = WordField(max_length=20, choices=Why)
    besides = WordsField(
        WordField(max_length=20, choices=Why),
        default=list,
        db_default=[],
        blank=True,
        help_text="ce qui leur manque aussi, là où une seule chose ne manque à aucun",
    )
    slots = models.PositiveIntegerField(
        help_text="créneaux qui conviendraient à cela près\u00a0; s’ils sont pris ou demandés, ceux qui conviennent"
    )

    class Meta:
        verbose_name = "demande non servie"
        verbose_name_plural = "demandes non servies"
        ordering = ("-people", "pk")
        constraints = [models.UniqueConstraint(name="unserved_once", fields=["plan", "request"])]

    def __str__(self) -> str:
        return f"{self.request_id}, {self.why}"

    @property
    def said(self) -> str:
        """« trop petits pour le groupe et sans assez d’ordinateurs »."""
        return enumerated([str(self.Why(one).label) for one in (self.why, *self.besides)])


class PlannedEvening(models.Model):
    """An evening that nobody has opened, in a room that exists, and the request that would have it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="added")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "soirée à ajouter"
        verbose_name_plural = "soirées à ajouter"
        ordering = ("starts_at", "pk")
        constraints = [
            models.UniqueConstraint(name="planned_evening_once", fields=["plan", "room", "starts_at"]),
            models.CheckConstraint(name="planned_evening_in_order", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}, {self.starts_at:%Y-%m-%d %H:%M}"


class Gain(models.Model):
    """« 3 soirées de plus à Lille serviraient 41 personnes »: what those of one commune alone would add."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="gains")
    commune = models.ForeignKey("territories.Commune", on_delete=models.PROTECT, related_name="+")
    evenings = models.PositiveSmallIntegerField("soirées")
    people = models.PositiveIntegerField("personnes de plus")

    class Meta:
        verbose_name = "gain de soirées"
        verbose_name_plural = "gains de soirées"
        ordering = ("-people", "pk")
        constraints = [models.UniqueConstraint(name="gain_once", fields=["plan", "commune"])]

    def __str__(self) -> str:
        return f"{self.commune_id}\u00a0: {self.people}"
