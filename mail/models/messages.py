"""The outbox: messages to tell, and what became of each."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Upper

from mail.kinds import DIGEST
from mail.models.addresses import Pause
from territories.records import never_truncated

# What was said is still there. A secret message never kept it.
KEPT = ~Q(text="") | ~Q(context={}) | ~Q(calendar="")


STAMPS = ("sent_at", "failed_at", "skipped_at", "gathered_at")


def _stamped(state: str, stamp: str = "") -> Q:
    """In this state, with this stamp and no other; a message that was kept for a digest and skipped then has both."""
    absent = [one for one in STAMPS if one != stamp and not (state == "skipped" and one == "gathered_at")]
    return Q(state=state, **{f"{stamp}__isnull": False} if stamp else {}, **{f"{one}__isnull": True for one in absent})


def _held_back() -> Exists:
    """Whether an operator holds this kind back, or all. `due` says it so that one row is found by the index."""
    return Exists(Pause.objects.filter(template__in=[OuterRef("template"), ""]))


# Of one address alone, such as a full mailbox, not of our own nor of the server (RFC 3463, X.1 and X.2).
OF_ONE_MAILBOX = r"\m[45]\.(1\.([1-6]|10)|2\.\d+)\M"
# A server refused it for another reason than that, and it waits for the next attempt: nobody else's mail may leave.
HELD_UP = Q(attempts__gt=0) & ~Q(last_error="") & ~Q(last_error__regex=OF_ONE_MAILBOX)


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages may leave, and the one way to change their state."""

    def due(self, now: dt.datetime) -> Self:
        """Messages to deliver at `now`, the most urgent first, then in turn; served by the index `message_due`.

        Those that an operator holds back wait.
        """
        # Read once for the statement, not joined: the index gives the first row however many are queued.
        paused = ArraySubquery(Pause.objects.order_by().values("template"))
        held = Func(paused, F("template"), function="array_position", output_field=models.IntegerField())
        all_held = Exists(Pause.objects.filter(template=""))
        waiting = self.alias(held=held).filter(
            ~all_held, held=None, state=Message.State.QUEUED, next_attempt_at__lte=now
        )
        return waiting.order_by("priority", "turn_at", "pk")

    def kept_since(self, instant: dt.datetime) -> Self:
        """Messages that wait for nothing, whose words we still have, and that were due before; by `message_kept`."""
        done = self.exclude(state=Message.State.QUEUED).exclude(state=Message.State.GATHERED, gathered_into=None)
        return done.filter(KEPT, due_at__lt=instant).order_by("due_at", "pk")

    def for_digests(self, now: dt.datetime) -> Self:
        """Messages whose digest is due, the earliest first; by the index `message_gathered`."""
        return self.awaiting_digest().filter(next_attempt_at__lte=now)

    def awaiting_digest(self) -> Self:
        """Messages that no digest has taken yet, the earliest first; those of one address by `message_gathered_for`.

        Not of a kind that an operator holds back.
        """
        waiting = self.filter(~_held_back(), state=Message.State.GATHERED, gathered_into=None)
        return waiting.order_by("gathered_at", "pk")

    def unsent_digests(self, address: str) -> Self:
        """Digests to an address that are written and have not left, the earliest first; by `message_address`."""
        return self.filter(to_email__iexact=address, template=DIGEST, state=Message.State.QUEUED).order_by("pk")

    def digests_since(self, instant: dt.datetime, address: str) -> Self:
        """Digests written to an address from an instant on, whatever became of them; by `message_address`."""
        return self.filter(to_email__iexact=address, template=DIGEST, created_at__gte=instant)

    def digests_got_since(self, instant: dt.datetime, address: str) -> Self:
        """Digests that left for an address from an instant on, whenever they were written; by `message_address`."""
        return self.filter(to_email__iexact=address, template=DIGEST, sent_at__gte=instant)

    def held_back(self) -> Self:
        """Those of a kind that an operator holds back."""
        return self.filter(_held_back())

    def told_of(self, *about: str) -> Self:
        """What was, or will be, told of these things, the earliest first."""
        return self.filter(about__in=about).order_by("due_at", "pk")

    def waiting(self, now: dt.datetime) -> Self:
        """Those that should have left by now: due, or due once and held up by the server since.

        Not those that an operator holds, nor those that wait as their reader wishes, or for one mailbox.
        """
        late = Q(next_attempt_at__lte=now) | Q(HELD_UP, due_at__lte=now)
        return self.filter(late, ~_held_back(), state=Message.State.QUEUED)

    def move(self, to: Message.State, **stamps: Any) -> int:
        """Change the state of those that may (`Message.TRANSITIONS`); returns how many rows did.

        The database decides who was first: a row already moved by someone else is not counted. What comes back into
        the queue takes another turn (`mail.turns`).
        """
        origins = [origin for origin, ends in Message.TRANSITIONS.items() if to in ends]
        turn: dict[str, Any] = {"turn_at": None} if to == Message.State.QUEUED else {}
        return self.filter(state__in=origins).update(state=to, **turn, **stamps)


class Message(models.Model):
    """One message to one address. Rendered when it leaves, kept as it was sent."""

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        SENT = "sent", "remis"
        FAILED = "failed", "échec"
        SKIPPED = "skipped", "non envoyé"
        GATHERED = "gathered", "dans un récapitulatif"

    class Outcome(models.TextChoices):
        """What the recipient's side told us after the mail server had taken the message."""

        DELIVERED = "delivered", "arrivé"
        DEFERRED = "deferred", "retardé"
        BOUNCED = "bounced", "rejeté"
        COMPLAINED = "complained", "signalé comme indésirable"

    class CalendarMethod(models.TextChoices):
        """What an attached calendar asks of the reader's agenda (RFC 5546)."""

        PUBLISH = "PUBLISH", "information"
        REQUEST = "REQUEST", "invitation"
        CANCEL = "CANCEL", "annulation"

    TRANSITIONS: ClassVar[dict[State, frozenset[State]]] = {
        State.QUEUED: frozenset({State.SENT, State.FAILED, State.SKIPPED, State.GATHERED}),
        # Failed: only what a restore brought back (`mail.actions.hold_restored`). Sent, from any of these: what was
        # handed over and has arrived, although we took it for lost (`mail.bounces`).
        State.GATHERED: frozenset({State.SKIPPED, State.QUEUED, State.FAILED, State.SENT}),
        State.FAILED: frozenset({State.QUEUED, State.SENT}),
        State.SENT: frozenset({State.QUEUED}),
        # Queued: only what an address that was set aside kept here (`mail.outbox.requeue`), or what its reader had no
        # longer to know and has again (`mail.outbox.post`).
        State.SKIPPED: frozenset({State.QUEUED, State.SENT}),
    }

    key = models.CharField(
        "clé", max_length=200, unique=True, help_text="Une chose ne se dit qu’une fois : type:objet:instant."
    )
    template = models.CharField("modèle", max_length=80)
    to_email = models.EmailField("adresse")
    readdressed = models.BooleanField(
        "réadressé", default=False, db_default=False, help_text="Il allait d’abord à une autre adresse."
    )
    to_name = models.CharField("nom", max_length=200, blank=True)
    language = models.CharField("langue", max_length=10, default="fr")
    context = models.JSONField("données du modèle", default=dict, blank=True)
    thread = models.CharField(
        "fil",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Vide\u00a0: celui de ce dont il parle.",
    )
    about = models.CharField(
        "à propos de",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="« nature:numéro » : ce que le message raconte, et le fil où il se range.",
    )
    capacity = models.CharField(
        "à quel titre",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="«\u00a0manager:companies:3:17\u00a0»\u00a0: la personne 17 le lit tant qu’elle gère l’entreprise 3.",
    )
    reply_to = models.EmailField("réponse à", blank=True)
    calendar = models.TextField("agenda joint (.ics)", blank=True)
    calendar_method = models.CharField("méthode de l’agenda", max_length=10, choices=CalendarMethod, blank=True)
    secret = models.BooleanField(
        "secret", default=False, help_text="Contient un code ou un lien personnel : effacé après l’envoi."
    )
    priority = models.SmallIntegerField("priorité", default=5, help_text="Le plus petit part le premier.")
    on_behalf_of = models.CharField(
        "pour le compte de",
        max_length=254,
        blank=True,
        default="",
        db_default="",
        help_text="À priorité égale, chacun parle à son tour\u00a0; vide\u00a0: l’adresse elle-même.",
    )
    turn_at = models.DateTimeField(
        "son tour", null=True, editable=False, help_text="Vide\u00a0: il le prend quand son heure est venue."
    )
    time_zone = models.CharField(
        "heure de", max_length=40, blank=True, default="", db_default="", help_text="IANA, du lieu dont il parle"
    )
    instant = models.BooleanField(
        "tout de suite", default=False, db_default=False, help_text="N’attend pas de récapitulatif."
    )
    weekly = models.BooleanField(
        "une fois par semaine", default=False, db_default=False, help_text="Attend le récapitulatif de la semaine."
    )
    message_id = models.CharField("Message-ID", max_length=200, unique=True, editable=False)

    created_at = models.DateTimeField("création", editable=False)
    due_at = models.DateTimeField("à envoyer à partir de")
    not_after = models.DateTimeField("sans objet après", null=True, blank=True)
    next_attempt_at = models.DateTimeField("prochain essai")
    attempts = models.PositiveSmallIntegerField("essais manqués", default=0, db_default=0)
    soft_bounces = models.PositiveSmallIntegerField("retours passagers", default=0, db_default=0)
    last_error = models.TextField("dernière erreur", blank=True)

    state = models.CharField("état", max_length=10, choices=State, default=State.QUEUED)
    sent_at = models.DateTimeField("remis au serveur", null=True, blank=True)
    failed_at = models.DateTimeField("abandonné", null=True, blank=True)
    skipped_at = models.DateTimeField("écarté", null=True, blank=True)
    gathered_at = models.DateTimeField("gardé pour un récapitulatif", null=True, blank=True)
    gathered_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="gathers", verbose_name="récapitulatif"
    )
    outcome = models.CharField("suite connue", max_length=12, choices=Outcome, blank=True, default="", db_default="")
    outcome_at = models.DateTimeField("connue le", null=True, blank=True)

    subject = models.TextField("objet", blank=True, default="", db_default="")
    text = models.TextField("texte", blank=True, default="", db_default="")
    html = models.TextField("HTML", blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ("-due_at", "-pk")
        indexes = [
            models.Index(
                name="message_due", fields=["priority", "turn_at", "id", "next_attempt_at"], condition=Q(state="queued")
            ),
            models.Index(
                name="message_turns", fields=["on_behalf_of", "priority", "turn_at"], condition=Q(state="queued")
            ),
            models.Index(
                name="message_turnless", fields=["next_attempt_at", "id"], condition=Q(state="queued", turn_at=None)
            ),
            models.Index(
                name="message_gathered",
                fields=["next_attempt_at", "to_email", "id"],
                condition=Q(state="gathered", gathered_into=None),
            ),
            models.Index(
                name="message_gathered_for",
                fields=["to_email", "gathered_at", "id"],
                condition=Q(state="gathered", gathered_into=None),
            ),
            # As `iexact` asks for it: what a provider tells names an address.
            models.Index(Upper("to_email"), name="message_address"),
            models.Index(
                name="message_newest",
                fields=["template", "language", "-id"],
                condition=Q(secret=False) & ~Q(context={}),
            ),
            # What became of the last day's.
            models.Index(name="message_sent", fields=["sent_at"], condition=Q(state="sent")),
            models.Index(name="message_failed", fields=["failed_at"], condition=Q(state="failed")),
            models.Index(name="message_bounced", fields=["outcome_at"], condition=Q(outcome="bounced")),
            models.Index(name="message_skipped", fields=["skipped_at"], condition=Q(state="skipped")),
            models.Index(name="message_listed", fields=["-due_at", "-id"]),
            models.Index(name="message_kept", fields=["due_at", "id"], condition=KEPT),
            models.Index(name="message_about", fields=["about", "due_at", "id"], condition=~Q(about="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_state_stamps",
                condition=_stamped("queued")
                | _stamped("sent", "sent_at")
                | _stamped("failed", "failed_at")
                | _stamped("skipped", "skipped_at")
                | _stamped("gathered", "gathered_at"),
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
                name="message_outcome_of_sent",
                condition=Q(outcome="", outcome_at=None)
                | Q(
                    outcome__in=["delivered", "deferred", "bounced", "complained"],
                    outcome_at__isnull=False,
                    state="sent",
                ),
                violation_error_message="Seul un message remis a une suite, et sa date.",
            ),
            models.CheckConstraint(name="message_in_a_digest", condition=Q(gathered_into=None) | Q(state="gathered")),
            models.CheckConstraint(
                name="message_secret_erased",
                condition=Q(secret=False) | Q(state="queued") | Q(context={}),
                violation_error_message="Un message secret est effacé dès qu’il quitte la file.",
            ),
        ]

        triggers = [
            # Its key is what keeps the same thing from being told again.
            pgtrigger.Protect(name="message_stays", operation=pgtrigger.Delete),
            never_truncated("messages_stay"),
        ]

    def __str__(self) -> str:
        return self.key
