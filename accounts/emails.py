"""What people are told about their place in an organisation: one function per mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.contact import contact_url
from accounts.invitations import invitation_path
from accounts.letters import (
    Facts,
    Reader,
    as_operator,
    in_organisation,
    managers_of,
    operators,
    owners_of,
    writing,
    writing_to,
)
from accounts.models import AbuseReport, Appeal, Decision, Invitation, JoinRequest, Membership, Organisation, User
from accounts.models.organisations import MEMBERS_CONFIRMED_FOR
from accounts.models.recovery import FactorRecovery
from mail.bounces import told_to_others
from mail.kinds import Kind, told_as
from mail.models import Suppression
from mail.outbox import Address
from territories.wording import counted, long_date


def member_invited(*, organisation: Organisation, invitation: Invitation, by: User, now: dt.datetime) -> None:
    """To an address, in the language of who invites: the way in, and until when. The link is erased once sent."""
    local = invitation.expires_at.astimezone(ZoneInfo(organisation.local_zone))
    with writing(Address(invitation.email), language=by.language) as post:
        post(
            "member_invited",
            key=f"member_invited:{organisation.SPACE}:{invitation.pk}",
            context={
                "organisation": organisation.name,
                "by": by.name,
                "role": invitation.get_role_display(),
                "until": long_date(local.date()),
                "url": settings.SITE_URL + invitation_path(organisation, invitation),
            },
            about=f"{organisation.SPACE}-invitation:{invitation.pk}",
            on_behalf_of=f"{organisation.SPACE}:{organisation.pk}",
            not_after=invitation.expires_at,
            secret=True,
            now=now,
        )


@told_as(Kind.ORGANISATION)
def member_joined(*, organisation: Organisation, member: Membership, now: dt.datetime) -> None:
    """To the owners: somebody came in."""
    person = member.user

    def facts() -> dict[str, object]:
        return {"person": person.name, "address": person.email, "role": member.get_role_display()}

    _tell_owners("member_joined", organisation, f"{member.pk}", facts, now, but=person)


def role_changed(*, organisation: Organisation, member: Membership, by: User, now: dt.datetime) -> None:
    """To a member: another role."""

    def facts() -> dict[str, object]:
        return {"role": member.get_role_display(), "by": by.name}

    _tell("role_changed", organisation, Reader(member.user), f"{member.pk}:{now:%Y%m%dT%H%M%S%f}", facts, now)


def member_removed(*, organisation: Organisation, person: User, now: dt.datetime) -> None:
    """To who was taken out."""
    _tell("member_removed", organisation, Reader(person), f"{now:%Y%m%dT%H%M%S%f}", dict, now)


@told_as(Kind.ORGANISATION)
def join_requested(*, organisation: Organisation, asked: JoinRequest, now: dt.datetime) -> None:
    """To the owners: somebody asks to be let in."""
    facts = {"person": asked.user.name, "address": asked.user.email, "message": asked.message}
    about = f"{organisation.SPACE}-join:{asked.pk}"
    _tell_owners("join_requested", organisation, f"{asked.pk}", lambda: facts, now, about=about)


def join_answered(*, organisation: Organisation, asked: JoinRequest, accepted: bool, now: dt.datetime) -> None:
    """To who asked: the answer of the owners."""
    _tell("join_answered", organisation, Reader(asked.user), f"{asked.pk}", lambda: {"accepted": accepted}, now)


@told_as(Kind.ORGANISATION)
def members_to_confirm(*, organisation: Organisation, now: dt.datetime) -> None:
    """To the owners, once a year until somebody answers: a look at who belongs here."""
    last = organisation.members_confirmed_at
    year = (now - last) // MEMBERS_CONFIRMED_FOR
    members = organisation.members().count()

    def facts() -> dict[str, object]:
        return {"members": counted(members, "membre", "membres"), "since": long_date(last.date())}

    about = f"{organisation.SPACE}-members:{organisation.pk}"
    _tell_owners("members_to_confirm", organisation, f"{last:%Y%m%d}:{year}", facts, now, about=about)


def organisations_merged(
    *,
    organisation: Organisation,
    absorbed: str,
    number: int,
    suspended: str,
    people: Iterable[User],
    now: dt.datetime,
) -> None:
    """To the owners of both entries: they are one now, under one name; `suspended` is why, when it is."""
    page = reverse(organisation._meta.model_name or "", args=[organisation.slug])  # noqa: SLF001  # Django's own name
    facts = {"absorbed": absorbed, "suspended": suspended, "contact_url": contact_url(page)}
    for person in people:
        _tell("organisations_merged", organisation, Reader(person), f"{number}", lambda: facts, now)


def report_settled(*, report: AbuseReport, reason: str, now: dt.datetime) -> None:
    """To who reported an abuse: what became of it."""
    assert report.created_by is not None
    facts = {
        "path": report.path,
        "upheld": report.state == AbuseReport.State.UPHELD,
        "reason": reason,
        "contact_url": contact_url(report.path),
    }
    _tell_person("report_settled", Reader(report.created_by), f"{report.pk}", lambda: facts, now)


def appeal_answered(*, appeal: Appeal, organisation: Organisation, may_try_again: bool, now: dt.datetime) -> None:
    """To the managers of who appealed, as every decision: the answer, its reasons, and what to do next."""
    facts = {
        "accepted": appeal.state == Appeal.State.ACCEPTED,
        "online": appeal.decision.subject == Decision.Subject.REQUEST,
        "again": may_try_again,
        "answer": appeal.answer,
    }
    for manager in managers_of(organisation):
        _tell("appeal_answered", organisation, manager, f"{appeal.pk}", lambda: facts, now)


def recovery_opened(*, recovery: FactorRecovery, now: dt.datetime) -> None:
    """To the person: somebody asks to remove their second factor."""
    facts = {"by": recovery.opened_by.name}
    _tell_person("recovery_opened", Reader(recovery.user), f"{recovery.pk}", lambda: facts, now)


def recovery_confirmed(*, recovery: FactorRecovery, now: dt.datetime) -> None:
    """To the person: it is removed, and every session is closed."""
    url = settings.SITE_URL + reverse("mfa_index")
    _tell_person("recovery_confirmed", Reader(recovery.user), f"{recovery.pk}", lambda: {"url": url}, now)


def signups_near_limit(*, percent: int, now: dt.datetime) -> None:
    """To the operators, at most once a day for each percentage: we may be in somebody's mail bombing."""
    url = settings.SITE_URL + reverse("admin:accounts_user_changelist")

    def facts() -> dict[str, object]:
        limit = counted(settings.SIGNUPS_PER_DAY, "inscription", "inscriptions")
        return {"percent": percent, "limit": limit, "url": url}

    for operator in operators():
        _tell_person("signups_near_limit", operator, f"{now:%Y%m%d}:{percent}", facts, now)


def address_silent(*, suppression: Suppression, name: str, organisation: Organisation, now: dt.datetime) -> None:
    """To the others who act for it, and to the operators: mail reaches this address no more.

    Where nobody else whom mail reaches acts for the organisation its other members hear it too.
    """
    address = suppression.address
    acting = _reached(organisation.managers())
    others = acting or _reached(organisation.people())
    facts = {"person": name or address, "address": address, "reason": told_to_others(suppression), "alone": not acting}
    fact = f"{suppression.pk}:{now:%Y%m%dT%H%M%S%f}"
    role = "manager" if acting else "member"
    for one in others:
        reader = in_organisation(role, organisation, one)
        _tell("address_silent", organisation, reader, fact, lambda: facts | {"address_url": ""}, now)
    page = _page_of(suppression)
    for one in _reached(User.objects.operators()):
        if one not in others:
            _tell("address_silent", organisation, as_operator(one), fact, lambda: facts | {"address_url": page}, now)


def _page_of(suppression: Suppression) -> str:
    """Where operators read why an address is set aside, and let mail go there again."""
    return settings.SITE_URL + reverse("admin:mail_suppression_change", args=[suppression.pk])


def _reached(people: QuerySet[User]) -> list[User]:
    """Those whom mail reaches."""
    return list(people.alias(mailbox=Lower("email")).exclude(mailbox__in=Suppression.objects.values("address")))


def address_lost(*, suppression: Suppression, name: str, now: dt.datetime) -> None:
    """To the operators: mail does not reach this person any more, who is of no organisation."""
    facts = {
        "person": name or suppression.address,
        "address": suppression.address,
        "reason": told_to_others(suppression),
        "address_url": _page_of(suppression),
    }
    fact = f"{suppression.pk}:{now:%Y%m%dT%H%M%S%f}"
    for operator in _reached(User.objects.operators()):
        _tell_person("address_lost", as_operator(operator), fact, lambda: facts, now)


def _tell_person(template: str, reader: Reader, fact: str, facts: Facts, now: dt.datetime) -> None:
    with writing_to(reader) as post:
        post(
            template,
            key=f"{template}:{fact}:{reader.pk}",
            context={**facts(), "dashboard_url": settings.SITE_URL + reverse("dashboard")},
            now=now,
        )


def _tell_owners(
    template: str,
    organisation: Organisation,
    fact: str,
    facts: Facts,
    now: dt.datetime,
    *,
    but: User | None = None,
    about: str = "",
) -> None:
    for owner in owners_of(organisation):
        if owner.person != but:
            _tell(template, organisation, owner, fact, facts, now, about=about)


def _tell(
    template: str,
    organisation: Organisation,
    reader: Reader,
    fact: str,
    facts: Facts,
    now: dt.datetime,
    *,
    about: str = "",
) -> None:
    with writing_to(reader) as post:
        post(
            template,
            key=f"{template}:{organisation.SPACE}:{organisation.pk}:{fact}:{reader.pk}",
            context={
                **facts(),
                "organisation": organisation.name,
                "members_url": settings.SITE_URL + reverse(f"{organisation.SPACE}:members", args=[organisation.slug]),
                "dashboard_url": settings.SITE_URL + reverse("dashboard"),
            },
            about=about,
            on_behalf_of=f"{organisation.SPACE}:{organisation.pk}",
            time_zone=organisation.time_zone,
            now=now,
        )
