"""Companies, their members, and whether they are signatories of the charter."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.audit import tracked
from accounts.models import FormerEntry as AbstractFormerEntry
from accounts.models import Invitation as AbstractInvitation
from accounts.models import JoinRequest as AbstractJoinRequest
from accounts.models import Membership as AbstractMembership
from accounts.models import Organisation, OrganisationQuerySet
from accounts.models.ownership import last_owner_stays, starts_with_owner
from accounts.vocabulary import Topic
from companies.models.promises import promises_stand
from territories.closed_lists import WordField, WordsField


def signatory(now: dt.datetime, prefix: str = "") -> Q:
    """Whether the company at the end of `prefix` (`"room__site__company__"`) is a signatory at this instant."""
    since, until = f"{prefix}charter_approved_at", f"{prefix}charter_until_at"
    return Q(**{f"{since}__isnull": False}) & (Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": now}))


class CompanyQuerySet(OrganisationQuerySet):
    """Companies by what they may do."""

    def signatories(self, now: dt.datetime) -> Self:
        """Companies whose signature of the charter stands at this instant: only their slots are public."""
        return self.filter(signatory(now))


@tracked(exclude=["known_topics"])
class Company(Organisation):
    """An organisation that opens its doors. In law it may be an association or a foundation."""

    SPACE: ClassVar[str] = "companies"

    charter_approved_at = models.DateTimeField("signataire depuis", null=True, editable=False)
    charter_until_at = models.DateTimeField(
        "signataire jusqu’au",
        null=True,
        editable=False,
        help_text="Fin du délai pour signer une nouvelle version ; vide tant qu’aucune n’est publiée.",
    )
    known_topics = WordsField(
        WordField(max_length=50, choices=Topic),
        verbose_name="thèmes de ses bénévoles",
        default=list,
        db_default=[],
        editable=False,
        help_text="tous ceux de leurs profils, tenus par PostgreSQL",
    )
    objects: ClassVar = CompanyQuerySet.as_manager()

    class Meta(Organisation.Meta):
        verbose_name = "entreprise"
        constraints = [
            *Organisation.Meta.constraints,
            models.CheckConstraint(
                name="company_standing_in_order",
                condition=Q(charter_until_at__isnull=True) | Q(charter_approved_at__isnull=False),
            ),
        ]
        triggers = [starts_with_owner(memberships="companies_membership", key="company_id")]


class FormerEntry(AbstractFormerEntry):
    """An entry that was united with a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="former_entries")

    class Meta:
        verbose_name = "ancienne fiche d’une entreprise"
        verbose_name_plural = "anciennes fiches d’entreprises"


@tracked()
class Membership(AbstractMembership):
    """A person's place in a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")

    class Meta(AbstractMembership.Meta):
        verbose_name = "membre d’une entreprise"
        verbose_name_plural = "membres des entreprises"
        constraints = [
            models.UniqueConstraint(name="company_member_once", fields=["company", "user"]),
        ]
        triggers = [
            last_owner_stays(organisations="companies_company", key="company_id"),
            promises_stand(
                name="member_keeps_promises",
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("company_id", "user_id"),  # type: ignore[no-untyped-call]
                func="PERFORM promises_stand(OLD.company_id, OLD.user_id); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="member_takes_topics_along",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("company_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF EXISTS (
                        SELECT FROM companies_volunteerprofile WHERE membership_id = OLD.id AND topics <> '{}'
                    ) THEN
                        PERFORM company_knows(OLD.company_id);
                        PERFORM company_knows(NEW.company_id);
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    @property
    def organisation(self) -> Company:
        return self.company


class Invitation(AbstractInvitation):
    """A way into a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")

    class Meta(AbstractInvitation.Meta):
        verbose_name = "invitation"
        constraints = [
            *AbstractInvitation.Meta.constraints,
            models.UniqueConstraint(
                name="company_invitation_open_once",
                fields=["company", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True) & ~Q(email=""),
            ),
        ]

    @property
    def organisation(self) -> Company:
        return self.company


class JoinRequest(AbstractJoinRequest):
    """Somebody asks to be let into a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="join_requests")

    class Meta(AbstractJoinRequest.Meta):
        verbose_name = "demande d’entrée"
        verbose_name_plural = "demandes d’entrée"
        constraints = [
            *AbstractJoinRequest.Meta.constraints,
            models.UniqueConstraint(
                name="company_join_asked_once", fields=["company", "user"], condition=Q(state="pending")
            ),
        ]

    @property
    def organisation(self) -> Company:
        return self.company
