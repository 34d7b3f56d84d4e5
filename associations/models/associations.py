"""Associations, their people, and how one enters them."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.audit import tracked
from accounts.models import Claimable, Claims, Organisation, OrganisationQuerySet, User
from accounts.models import FormerEntry as AbstractFormerEntry
from accounts.models import Invitation as AbstractInvitation
from accounts.models import JoinRequest as AbstractJoinRequest
from accounts.models import Membership as AbstractMembership
from accounts.models.ownership import last_owner_stays, starts_with_owner
from territories.closed_lists import WordField


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
    # What these look for is shown; of a new one, once a moderator has seen it.
    MAY_ASK = (State.NEW, State.ADMITTED)

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
        triggers = [
            starts_with_owner(memberships="associations_membership", key="association_id"),
            pgtrigger.Trigger(
                name="who_is_admitted_looks_again",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
                condition=pgtrigger.Q(new__state="admitted") & pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    UPDATE associations_request SET matched_at = NULL
                    WHERE association_id = NEW.id AND matched_at IS NOT NULL;
                    RETURN NULL;
                """,
            ),
        ]
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

    @property
    def may_ask(self) -> bool:
        """Whether what it looks for is shown."""
        return self.state in self.MAY_ASK


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
