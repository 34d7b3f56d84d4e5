"""The outbox: messages to tell, and the addresses that no longer want or can receive any."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

# What was said is still there. A secret message never kept it.
KEPT = ~Q(text="") | ~Q(context={}) | ~Q(calendar="")


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages may leave, and the one way to change their state."""

    def due(self, now: dt.datetime) -> Self:
        """Messages to deliver at `now`, the most urgent first; served by the index `message_due`.

        Those that an operator holds back wait.
        """
        held = Pause.objects.filter(Q(template="") | Q(template=OuterRef("template")))
        waiting = self.filter(~Exists(held), state=Message.State.QUEUED, next_attempt_at__lte=now)
        return waiting.order_by("priority", "next_attempt_at", "pk")

    def kept_since(self, instant: dt.datetime) -> Self:
        """Messages no longer queued whose words we still have and that were due before; by the index `message_kept`."""
        return self.filter(KEPT, due_at__lt=instant).exclude(state=Message.State.QUEUED).order_by("due_at", "pk")

    def told_of(self, about: str) -> Self:
        """What was, or will be, told of one thing, the earliest first."""
        return self.filter(about=about).order_by("due_at", "pk")

    def move(self, to: Message.State, **stamps: Any) -> int:
        """Change the state of those that may (`Message.TRANSITIONS`); returns how many rows did.

        The database decides who was first: a row already moved by someone else is not counted.
        """
        origins = [origin for origin, ends in Message.TRANSITIONS.items() if to in ends]
        return self.filter(state__in=origins).update(state=to, **stamps)


class Message(models.Model):
    """One message to one address. Rendered when it leaves, kept as it was sent."""

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        SENT = "sent", "remis"
        FAILED = "failed", "échec"
        SKIPPED = "skipped", "non envoyé"

    class CalendarMethod(models.TextChoices):
        """What an attached calendar asks of the reader's agenda (RFC 5546)."""

        PUBLISH = "PUBLISH", "information"
        REQUEST = "REQUEST", "invitation"
        CANCEL = "CANCEL", "annulation"

    TRANSITIONS: ClassVar[dict[State, frozenset[State]]] = {
        State.QUEUED: frozenset({State.SENT, State.FAILED, State.SKIPPED}),
        State.FAILED: frozenset({State.QUEUED}),
        State.SENT: frozenset(),
        State.SKIPPED: frozenset(),
    }

    key = models.CharField(
        "clé", max_length=200, unique=True, help_text="Une chose ne se dit qu’une fois : type:objet:instant."
    )
    template = models.CharField("modèle", max_length=80)
    to_email = models.EmailField("adresse")
    to_name = models.CharField("nom", max_length=200, blank=True)
    language = models.CharField("langue", max_length=10, default="fr")
    context = models.JSONField("données du modèle", default=dict, blank=True)
    about = models.CharField(
        "à propos de",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="« nature:numéro » : ce que le message raconte, et le fil où il se range.",
    )
    reply_to = models.EmailField("réponse à", blank=True)
    calendar = models.TextField("agenda joint (.ics)", blank=True)
    calendar_method = models.CharField("méthode de l’agenda", max_length=10, choices=CalendarMethod, blank=True)
    secret = models.BooleanField(
        "secret", default=False, help_text="Contient un code ou un lien personnel : effacé après l’envoi."
    )
    priority = models.SmallIntegerField("priorité", default=5, help_text="Le plus petit part le premier.")
    message_id = models.CharField("Message-ID", max_length=200, unique=True, editable=False)

    created_at = models.DateTimeField("création", editable=False)
    due_at = models.DateTimeField("à envoyer à partir de")
    not_after = models.DateTimeField("sans objet après", null=True, blank=True)
    next_attempt_at = models.DateTimeField("prochain essai")
    attempts = models.PositiveSmallIntegerField("essais manqués", default=0, db_default=0)
    last_error = models.TextField("dernière erreur", blank=True)

    state = models.CharField("état", max_length=10, choices=State, default=State.QUEUED)
    sent_at = models.DateTimeField("remis au serveur", null=True, blank=True)
    failed_at = models.DateTimeField("abandonné", null=True, blank=True)
    skipped_at = models.DateTimeField("écarté", null=True, blank=True)

    subject = models.TextField("objet", blank=True, default="", db_default="")
    text = models.TextField("texte", blank=True, default="", db_default="")
    html = models.TextField("HTML", blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ("-due_at", "-pk")
        indexes = [
            models.Index(name="message_due", fields=["priority", "next_attempt_at", "id"], condition=Q(state="queued")),
            models.Index(name="message_listed", fields=["-due_at", "-id"]),
            models.Index(name="message_kept", fields=["due_at", "id"], condition=KEPT),
            models.Index(name="message_about", fields=["about", "due_at", "id"], condition=~Q(about="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_state_stamps",
                condition=Q(state="queued", sent_at__isnull=True, failed_at__isnull=True, skipped_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False, failed_at__isnull=True, skipped_at__isnull=True)
                | Q(state="failed", sent_at__isnull=True, failed_at__isnull=False, skipped_at__isnull=True)
                | Q(state="skipped", sent_at__isnull=True, failed_at__isnull=True, skipped_at__isnull=False),
                violation_error_message="L’état du message et ses dates ne s’accordent pas.",
            ),
            models.CheckConstraint(
                name="message_not_after_follows_due",
                condition=Q(not_after__isnull=True) | Q(not_after__gt=models.F("due_at")),
                violation_error_message="Indiquez une limite postérieure à la date d’envoi.",
            ),
            models.CheckConstraint(
                name="message_calendar_whole",
                condition=Q(calendar="", calendar_method="")
                | (~Q(calendar="") & Q(calendar_method__in=["PUBLISH", "REQUEST", "CANCEL"])),
                violation_error_message="Un agenda joint porte une méthode : PUBLISH, REQUEST ou CANCEL.",
            ),
            models.CheckConstraint(
                name="message_reason_given",
                condition=~Q(state__in=["failed", "skipped"], last_error=""),
                violation_error_message="Un message qui n’est pas parti dit pourquoi.",
            ),
            models.CheckConstraint(
                name="message_secret_erased",
                condition=Q(secret=False) | Q(state="queued") | Q(context={}),
                violation_error_message="Un message secret est effacé dès qu’il quitte la file.",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Pause(models.Model):
    """An operator holds mail back: all of it, or one kind. What is due waits until the pause is taken away."""

    template = models.CharField(
        "modèle", max_length=80, blank=True, unique=True, help_text="Vide : tous les courriels."
    )
    reason = models.CharField("raison", max_length=300)
    created_at = models.DateTimeField("depuis", editable=False)

    class Meta:
        verbose_name = "pause"
        ordering = ("template",)
        constraints = [models.CheckConstraint(name="pause_reason_given", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return self.template or "tous les courriels"


class Suppression(models.Model):
    """An address that a mail server refused for good, or whose owner asked for silence."""

    address = models.EmailField("adresse", unique=True)
    reason = models.CharField("raison", max_length=500)
    created_at = models.DateTimeField("depuis", editable=False)

    class Meta:
        verbose_name = "adresse écartée"
        verbose_name_plural = "adresses écartées"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="suppression_address_lower",
                condition=Q(address=Lower("address")),
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            )
        ]

    def __str__(self) -> str:
        return self.address
