"""Demand: associations that train people, and the requests that they post."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Invitation as AbstractInvitation
from accounts.models import JoinRequest as AbstractJoinRequest
from accounts.models import Membership as AbstractMembership
from accounts.models import Organisation, OrganisationQuerySet, User
from accounts.models.ownership import last_owner_stays, starts_with_owner
from accounts.vocabulary import Level, Topic
from territories.models import Commune


class AssociationQuerySet(OrganisationQuerySet):
    """Associations by what they may do."""

    def admitted(self) -> Self:
        return self.filter(state=Association.State.ADMITTED)

    def awaiting_decision(self) -> Self:
        return self.filter(state=Association.State.NEW).order_by("created_at", "pk")


class Association(Organisation):
    """An organisation that books. A new one prepares and asks; once admitted it books at once."""

    class State(models.TextChoices):
        NEW = "new", "nouvelle"
        ADMITTED = "admitted", "admise"
        REFUSED = "refused", "refusée"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.NEW: [State.ADMITTED, State.REFUSED],
        State.ADMITTED: [],
        State.REFUSED: [],
    }

    SPACE: ClassVar[str] = "associations"

    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    decided_at = models.DateTimeField("décision", null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decision_reason = models.CharField("motif", max_length=1000, blank=True)

    objects: ClassVar = AssociationQuerySet.as_manager()

    class Meta(Organisation.Meta):
        verbose_name = "association"
        triggers = [starts_with_owner(memberships="associations_membership", key="association_id")]
        constraints = [
            *Organisation.Meta.constraints,
            models.CheckConstraint(
                name="association_decision_stamped",
                condition=Q(state="new", decided_at__isnull=True)
                | Q(state__in=["admitted", "refused"], decided_at__isnull=False),
            ),
        ]


class Membership(AbstractMembership):
    """A person's place in an association."""

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="memberships")

    class Meta(AbstractMembership.Meta):
        verbose_name = "membre d’une association"
        verbose_name_plural = "membres des associations"
        constraints = [
            *AbstractMembership.Meta.constraints,
            models.UniqueConstraint(name="association_member_once", fields=["association", "user"]),
        ]
        triggers = [last_owner_stays(organisations="associations_association", key="association_id")]


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


class Moment(models.TextChoices):
    """When an association can come."""

    ANY = "any", "le soir ou le week-end"
    EVENING = "evening", "le soir, du lundi au vendredi"
    WEEKEND = "weekend", "le samedi ou le dimanche"


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests by state and by who may see them."""

    def open(self, now: dt.datetime) -> Self:
        """Requests of admitted associations that a slot may still serve."""
        return self.filter(
            state=Request.State.OPEN,
            association__state=Association.State.ADMITTED,
            until_date__gte=now.date(),
        )

    def managed_by(self, user: User) -> Self:
        return self.filter(association__in=Association.objects.managed_by(user))


class Request(models.Model):
    """What an association looks for: a room with computers near a place, in a season."""

    class State(models.TextChoices):
        OPEN = "open", "ouverte"
        IN_PROGRESS = "in_progress", "créneau réservé"
        FULFILLED = "fulfilled", "atelier tenu"
        WITHDRAWN = "withdrawn", "retirée"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.OPEN: [State.IN_PROGRESS, State.WITHDRAWN],
        State.IN_PROGRESS: [State.OPEN, State.FULFILLED],
        State.FULFILLED: [],
        State.WITHDRAWN: [],
    }

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="requests")
    topic = models.CharField("thème", max_length=50, choices=Topic)
    level = models.CharField("niveau", max_length=20, choices=Level, default=Level.BEGINNER)
    participants = models.PositiveSmallIntegerField("participants")
    computers = models.PositiveSmallIntegerField("ordinateurs")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    radius_km = models.PositiveSmallIntegerField("rayon", help_text="kilomètres")
    moment = models.CharField("moment", max_length=20, choices=Moment, default=Moment.ANY)
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    state_changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="quand les créneaux qui la servent ont été cherchés"
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(name="request_unmatched", fields=["id"], condition=Q(state="open", matched_at=None)),
        ]
        constraints = [
            models.CheckConstraint(name="request_dates_in_order", condition=Q(until_date__gte=F("from_date"))),
            models.CheckConstraint(
                name="request_sizes_plausible",
                condition=Q(participants__range=(1, 200), computers__lte=200, radius_km__range=(1, 200)),
                violation_error_message="Indiquez de 1 à 200 participants et un rayon de 1 à 200 km.",
            ),
            models.CheckConstraint(
                name="request_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.commune}"
