"""Companies: registering, describing, standing towards the charter, members who leave."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least

from accounts.actions import members as accounts
from accounts.actions.files import flag_page
from accounts.actions.holding import hold
from accounts.actions.registration import register_once
from accounts.models import Role, User
from companies import emails
from companies.models import Company, Membership, SlotVolunteer
from territories.instants import tell_database


@transaction.atomic
def register_company(*, company: Company, by: User, now: dt.datetime) -> Company:
    """Save a new company, whose first owner is the person who registers it; sent twice, it is one.

    Raises:
        AlreadyRegistered: somebody was faster with the same number.
    """
    company.created_at = company.members_confirmed_at = now

    def save(new: Company) -> None:
        new.save()
        Membership.objects.create(company=new, user=by, role=Role.OWNER, joined_at=now)

    return register_once(company, by=by, now=now, save=save)


@transaction.atomic
def describe_company(*, company: Company, now: dt.datetime) -> Company:
    """Save what an owner corrected in the company's identity; its page keeps its address.

    A signatory that takes another name or number is shown to the moderators: the public list says who signed.

    Raises:
        Gone: it was united with another one meanwhile.
    """
    before = hold(company)
    company.save(update_fields=Company.IDENTITY)
    if before.charter_approved_at and (before.name, before.siren) != (company.name, company.siren):
        was, becomes = (f"«\u00a0{one.name}\u00a0» (SIREN {one.siren or 'non donné'})" for one in (before, company))
        said = f"Cette entreprise signataire a changé d’identité\u00a0: {was} devient {becomes}."
        flag_page(path=f"/signataires/{company.slug}/", message=said, now=now)
    return company


@transaction.atomic
def remove_member(*, organisation: Company, member: Membership, by: User, now: dt.datetime) -> None:
    """Take a member out, or leave. What they promised for coming slots is taken back with it, of which they are told.

    Raises:
        accounts.actions.LastOwner: nobody would answer for the company any more.
    """
    accounts.remove_member(organisation=organisation, member=member, by=by, now=now)
    tell_database(now)
    coming = SlotVolunteer.objects.of_company(organisation).coming(now).filter(volunteer=member.user)
    ended = list(coming.with_place().order_by("starts_at", "pk"))
    coming.delete()
    if ended:
        emails.promises_ended(promises=ended, reason="", left_company=True, now=now)


@transaction.atomic
def set_charter_standing(*, company: Company, since: dt.datetime | None, until: dt.datetime | None = None) -> None:
    """Record from when to when the company is a signatory; `since` None takes its slots out of the catalogue."""
    company.charter_approved_at, company.charter_until_at = since, until
    company.save(update_fields=["charter_approved_at", "charter_until_at"])


@transaction.atomic
def limit_charter_standings(*, until: dt.datetime) -> int:
    """A new version of the charter is out: signatories have until then to sign it. Returns how many there are."""
    signatories = Company.objects.filter(charter_approved_at__isnull=False)
    return signatories.update(charter_until_at=Least("charter_until_at", Value(until)))
