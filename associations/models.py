"""Demand: associations that train people, the requests that they post, and how they are insured."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.audit import tracked
from accounts.keeping import another_person, changed
from accounts.models import Claimable, ClaimableQuerySet, Claims, Organisation, OrganisationQuerySet, User
from accounts.models import FormerEntry as AbstractFormerEntry
from accounts.models import Invitation as AbstractInvitation
from accounts.models import JoinRequest as AbstractJoinRequest
from accounts.models import Membership as AbstractMembership
from accounts.models.ownership import last_owner_stays, starts_with_owner
from accounts.names import visible
from accounts.ranges import between
from accounts.vocabulary import Level, Topic
from territories.closed_lists import WordField
from territories.models import Commune
from territories.records import never_truncated

MOST_PARTICIPANTS, WIDEST_RADIUS_KM = 200, 200


class AssociationQuerySet(Claims, OrganisationQuerySet):
    """Associations by what they may do."""

    def awaiting_decision(self) -> Self:
        return self.filter(state=Association.State.NEW).order_by("submitted_at", "pk")


@tracked()
class Association(Claimable, Organisation):
    """An organisation that books. A new one prepares and asks; once admitted it books at once."""

    class State(models.TextChoices):
        NEW = "new", "nouvelle"
        ADMITTED = "admitted", "admise"
        REFUSED = "refused", "refusée"
        SUSPENDED = "suspended", "suspendue"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.NEW: [State.ADMITTED, State.REFUSED],
        State.ADMITTED: [State.SUSPENDED],
        # By its owner who corrects the entry, or by an appeal that a moderator accepts.
        State.REFUSED: [State.NEW],
        State.SUSPENDED: [State.ADMITTED],
    }

    class RefusalReason(models.TextChoices):
        """Why an association is refused, for who reads it and for the figures."""

        UNKNOWN = "unknown", _("L’association est introuvable au registre")
        OFF_TOPIC = "off_topic", _("Son objet est sans rapport avec la médiation numérique")
        DUPLICATE = "duplicate", _("Elle est déjà inscrite")
        ABUSE = "abuse", _("Saisie trompeuse ou abusive")
        OTHER = "other", _("Autre motif")

    SPACE: ClassVar[str] = "associations"

    state = WordField(max_length=20, choices=State, default=State.NEW)
    submitted_at = models.DateTimeField("envoi à la modération", editable=False)
    decided_at = models.DateTimeField("décision", null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decision_reason = models.CharField("motif", max_length=1000, blank=True)

    objects: ClassVar = AssociationQuerySet.as_manager()

    class Meta(Organisation.Meta):
        verbose_name = "association"
        indexes = [
            *Organisation.Meta.indexes,
            models.Index(name="association_queue", fields=["submitted_at", "id"], condition=Q(state="new")),
        ]
        triggers = [starts_with_owner(memberships="associations_membership", key="association_id")]
        constraints = [
            *Organisation.Meta.constraints,
            models.CheckConstraint(
                name="association_decision_stamped",
                condition=Q(state="new", decided_at__isnull=True)
                | Q(state__in=["admitted", "refused", "suspended"], decided_at__isnull=False),
            ),
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="association_claim_while_new", condition=Q(state="new") | Q(claimed_at__isnull=True)
            ),
        ]


class FormerEntry(AbstractFormerEntry):
    """An entry that was united with an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="former_entries")

    class Meta:
        verbose_name = "ancienne fiche d’une association"
        verbose_name_plural = "anciennes fiches d’associations"


@tracked()
class Membership(AbstractMembership):
    """A person's place in an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="memberships")

    class Meta(AbstractMembership.Meta):
        verbose_name = "membre d’une association"
        verbose_name_plural = "membres des associations"
        constraints = [
            models.UniqueConstraint(name="association_member_once", fields=["association", "user"]),
        ]
        triggers = [last_owner_stays(organisations="associations_association", key="association_id")]

    @property
    def organisation(self) -> Association:
        return self.association


class Invitation(AbstractInvitation):
    """A way into an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="invitations")

    class Meta(AbstractInvitation.Meta):
        verbose_name = "invitation"
        constraints = [
            *AbstractInvitation.Meta.constraints,
            models.UniqueConstraint(
                name="association_invitation_open_once",
                fields=["association", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True) & ~Q(email=""),
            ),
        ]

    @property
    def organisation(self) -> Association:
        return self.association


class JoinRequest(AbstractJoinRequest):
    """Somebody asks to be let into an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="join_requests")

    class Meta(AbstractJoinRequest.Meta):
        verbose_name = "demande d’entrée"
        verbose_name_plural = "demandes d’entrée"
        constraints = [
            *AbstractJoinRequest.Meta.constraints,
            models.UniqueConstraint(
                name="association_join_asked_once", fields=["association", "user"], condition=Q(state="pending")
            ),
        ]

    @property
    def organisation(self) -> Association:
        return self.association


class Moment(models.TextChoices):
    """When an association can come."""

    ANY = "any", "le soir ou le week-end"
    EVENING = "evening", "le soir, du lundi au vendredi"
    WEEKEND = "weekend", "le samedi ou le dimanche"


class RequestQuerySet(ClaimableQuerySet):
    """Requests by state and by who may see them."""

    def open(self, now: dt.datetime) -> Self:
        """Requests that a slot may still serve; the first ones of new associations once a moderator has seen them."""
        return self.filter(
            state=Request.State.OPEN,
            association__state__in=(Association.State.ADMITTED, Association.State.NEW),
            until_date__gte=now.date(),
            expires_at__gt=now,
        )

    def with_expiry(self, now: dt.datetime) -> Self:
        """Each with `expired`: whether it left the site by silence; one click brings it back."""
        return self.annotate(expired=Q(state=Request.State.OPEN, expires_at__lte=now))

    def expiring(self, now: dt.datetime, *, within: dt.timedelta) -> Self:
        """Open requests that soon leave the site, though their dates are still to come then."""
        soon = self.open(now).filter(expires_at__lte=now + within)
        return soon.filter(until_date__gt=Cast(F("expires_at"), models.DateField()))

    def awaiting_decision(self) -> Self:
        """First requests of new associations, oldest first."""
        return self.filter(state=Request.State.IN_REVIEW).order_by("created_at", "pk")

    def managed_by(self, user: User) -> Self:
        return self.filter(association__in=Association.objects.managed_by(user))


@tracked()
class Request(Claimable):
    """What an association looks for: a room with computers near a place, in a season."""

    class State(models.TextChoices):
        IN_REVIEW = "in_review", "en cours d’examen"
        OPEN = "open", "ouverte"
        HIDDEN = "hidden", "masquée"
        IN_PROGRESS = "in_progress", "créneau réservé"
        FULFILLED = "fulfilled", "atelier tenu"
        WITHDRAWN = "withdrawn", "retirée"

    LASTS = dt.timedelta(days=60)

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.IN_REVIEW: [State.OPEN, State.HIDDEN, State.WITHDRAWN],
        State.OPEN: [State.IN_PROGRESS, State.HIDDEN, State.WITHDRAWN],
        State.HIDDEN: [State.OPEN],
        State.IN_PROGRESS: [State.OPEN, State.FULFILLED],
        State.FULFILLED: [],
        State.WITHDRAWN: [],
    }

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="requests")
    topic = WordField("thème", max_length=50, choices=Topic)
    level = WordField("niveau", max_length=20, choices=Level, default=Level.BEGINNER)
    participants = models.PositiveSmallIntegerField("participants", validators=between(1, MOST_PARTICIPANTS))
    computers = models.PositiveSmallIntegerField("ordinateurs", validators=between(0, MOST_PARTICIPANTS))
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    radius_km = models.PositiveSmallIntegerField(
        "rayon", help_text="kilomètres", validators=between(1, WIDEST_RADIUS_KM)
    )
    moment = WordField("moment", max_length=20, choices=Moment, default=Moment.ANY)
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    state_changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    hidden_reason = models.CharField("motif", max_length=1000, blank=True)
    expires_at = models.DateTimeField(editable=False, help_text="sauf si l’association dit qu’elle cherche toujours")
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="quand les créneaux qui la servent ont été cherchés"
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(name="request_queue", fields=["created_at", "id"], condition=Q(state="in_review")),
            models.Index(name="request_unmatched", fields=["id"], condition=Q(state="open", matched_at=None)),
        ]
        constraints = [
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="request_claim_while_in_review", condition=Q(state="in_review") | Q(claimed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="request_hidden_with_reason", condition=~Q(state="hidden") | ~Q(hidden_reason="")
            ),
            models.CheckConstraint(name="request_dates_in_order", condition=Q(until_date__gte=F("from_date"))),
            models.CheckConstraint(
                name="request_sizes_plausible",
                condition=Q(
                    participants__range=(1, MOST_PARTICIPANTS),
                    computers__lte=MOST_PARTICIPANTS,
                    radius_km__range=(1, WIDEST_RADIUS_KM),
                ),
            ),
            models.CheckConstraint(
                name="request_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.commune}"


class InsuranceCertificateQuerySet(models.QuerySet["InsuranceCertificate"]):
    """Certificates by what they are worth."""

    def counting(self) -> Self:
        """Those that were not set aside, the one that counts first: the latest end, then the latest word."""
        return self.filter(withdrawn_at=None).order_by("-valid_until_date", "-pk")

    def that_count(self) -> Self:
        """The one of each association that counts."""
        own = InsuranceCertificate.objects.counting().filter(association=OuterRef("association"))
        return self.filter(pk=Subquery(own.values("pk")[:1]))

    def of_association(self, association: Association) -> Self:
        return self.filter(association=association)


def certificate_path(certificate: InsuranceCertificate, _name: str) -> str:
    """Where the file is kept: under a name of our own, never under that of the file that came."""
    return f"attestations/{uuid.uuid4()}.{certificate.kind}"


def _portal_day(instant: Combinable) -> TruncDate:
    """The day of an instant on the portal's own calendar."""
    return TruncDate(instant, tzinfo=ZoneInfo(settings.TIME_ZONE))


class InsuranceCertificate(models.Model):
    """That an association is insured, until when, and the paper that says so.

    A newer one stands beside the older ones; of those that were not set aside, that with the latest end counts.
    Days are those of the portal's own time zone.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpg", "image JPEG"

    # A certificate is of a year; a longer end is a slip of the keyboard.
    LONGEST = dt.timedelta(days=2 * 366)
    FACTS = ("insurer", "policy_number", "valid_until_date")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="certificates")
    insurer = models.CharField(
        "assureur", max_length=120, validators=[visible], help_text="Le nom de la compagnie ou de la mutuelle."
    )
    policy_number = models.CharField("numéro de contrat", max_length=60, validators=[visible])
    valid_until_date = models.DateField("valable jusqu’au", help_text="La date écrite sur l’attestation.")
    file = models.FileField(upload_to=certificate_path, editable=False)
    kind = WordField(max_length=3, choices=Kind, editable=False)
    sha256 = models.CharField("empreinte du fichier", max_length=64, editable=False)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False, help_text="mise de côté\u00a0: elle ne compte plus")
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = InsuranceCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "attestation d’assurance"
        verbose_name_plural = "attestations d’assurance"
        ordering = ("-valid_until_date", "-pk")
        indexes = [
            models.Index(name="certificate_counting", fields=["valid_until_date"], condition=Q(withdrawn_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                name="certificate_of_something", condition=~Q(insurer="") & ~Q(policy_number="") & ~Q(file="")
            ),
            models.CheckConstraint(
                name="certificate_ends_later",
                condition=GreaterThan(
                    F("valid_until_date"), TruncDate("added_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
                ),
            ),
            models.CheckConstraint(
                name="certificate_ends_in_two_years",
                condition=LessThanOrEqual(
                    F("valid_until_date"), _portal_day(F("added_at") + dt.timedelta(days=2 * 366))
                ),
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_stamped",
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_by__isnull=True),
            ),
        ]
        triggers = [
            never_truncated("certificates_stay"),
            pgtrigger.Protect(name="certificate_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="certificate_unchanged",
                operation=pgtrigger.Update,
                # Two entries of one association may be united.
                condition=changed("insurer", "policy_number", "valid_until_date", "file", "kind", "sha256", "added_at")
                | another_person("added_by")
                | (
                    pgtrigger.Q(old__withdrawn_at__isnull=False)
                    & (changed("withdrawn_at") | another_person("withdrawn_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer}, {self.policy_number}"
