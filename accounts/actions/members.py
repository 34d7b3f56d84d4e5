"""Members of an organisation: inviting, letting in, roles, leaving, handing over. The same for every kind.

Each action locks the organisation first, so that two of them on one organisation happen one after the other, and
reads the role of who acts only then: whoever lost it meanwhile does nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import emails
from accounts.actions.holding import hold
from accounts.audit import was_removed
from accounts.mailboxes import PUBLIC_DOMAINS, domain_of
from accounts.models import Invitation, JoinRequest, Membership, Organisation, Role, User
from accounts.permissions import may_decide_on_members, role_of, roles_to_invite
from accounts.refusals import Refused, refusing
from accounts.scans import one_by_one
from accounts.silence import NOT_REACHED, is_silent, tell_if_all_silent, tell_if_silent

INVITATIONS_A_DAY = 20
JOIN_REQUESTS_AT_MOST = 10
DAY = dt.timedelta(days=1)


class NotAllowed(Refused):
    """The role of the person does not allow it."""


class AlreadyMember(Refused):
    """The person is a member already."""


class NotReached(Refused):
    """Our mail does not reach the address that is invited."""

    field = "email"


class TooMany(Refused):
    """More invitations or requests than one person may make."""


class InvitationClosed(Refused):
    """Used, revoked or expired."""


class OtherAddress(Refused):
    """The invitation is for an address that the person has not shown to be theirs."""


class LastOwner(Refused):
    """Nobody would answer for the organisation any more."""


class RemovedBefore(Refused):
    """Who was taken out comes back by an invitation in their name, not by a link for everybody."""


class PublicDomain(Refused):
    """A domain where anybody gets an address."""


class AlreadyAnswered(Refused):
    """Another owner was first."""


@transaction.atomic
def invite_member(*, organisation: Organisation, email: str, role: Role, by: User, now: dt.datetime) -> Invitation:
    """Invite one address for 14 days; an earlier invitation to it is replaced.

    Raises:
        NotAllowed, AlreadyMember, TooMany, NotReached: nothing is written.
    """
    hold(organisation)
    address = email.strip().lower()
    _check_invites(organisation, by, role)
    if organisation.members().filter(user__in=_people_at(address)).exists():
        raise AlreadyMember("Cette personne est déjà membre.")
    if _invited_since(by, now - DAY) >= INVITATIONS_A_DAY:
        raise TooMany(f"Vous avez envoyé {INVITATIONS_A_DAY} invitations en un jour\u00a0: continuez demain.")
    if is_silent(address):
        raise NotReached(NOT_REACHED)
    invitations = organisation.invitations_sent()
    invitations.filter(email=address, accepted_at=None, revoked_at=None).update(revoked_at=now, revoked_by=by)
    invitation: Invitation = invitations.create(
        email=address, role=role, created_at=now, created_by=by, expires_at=now + Invitation.LASTS
    )
    emails.member_invited(organisation=organisation, invitation=invitation, by=by, now=now)
    return invitation


@transaction.atomic
def open_volunteer_link(
    *, organisation: Organisation, domains: Iterable[str], by: User, now: dt.datetime
) -> Invitation:
    """A link, to print or to pass on, by which people of these mail domains become volunteers; replaces the last one.

    Raises:
        NotAllowed, PublicDomain: nothing is written.
    """
    hold(organisation)
    _check_invites(organisation, by, Role.VOLUNTEER)
    wanted = sorted({domain.strip().lower().removeprefix("@") for domain in domains})
    for domain in PUBLIC_DOMAINS.intersection(wanted):
        raise PublicDomain(f"N’importe qui peut avoir une adresse {domain}\u00a0: indiquez un domaine à vous.")
    invitations = organisation.invitations_sent()
    invitations.filter(email="", revoked_at=None).update(revoked_at=now, revoked_by=by)
    invitation: Invitation = invitations.create(
        domains=wanted, role=Role.VOLUNTEER, created_at=now, created_by=by, expires_at=now + Invitation.LASTS
    )
    return invitation


@transaction.atomic
def revoke_invitation(*, organisation: Organisation, invitation: Invitation, by: User, now: dt.datetime) -> None:
    """Take an invitation back; of a link, all that are open: two entries that were united may each have had one.

    Raises:
        NotAllowed: the role of who acts gives nothing away.
        InvitationClosed: it was used or taken back before.
    """
    hold(organisation)
    _check_invites(organisation, by, Role.VOLUNTEER)
    meant = {"pk": invitation.pk} if invitation.email else {"email": ""}
    still_open = organisation.invitations_sent().filter(**meant, accepted_at=None, revoked_at=None)
    if not still_open.update(revoked_at=now, revoked_by=by):
        raise InvitationClosed("Cette invitation a déjà servi, ou elle est déjà retirée.")


@transaction.atomic
def accept_invitation(*, organisation: Organisation, invitation: Invitation, by: User, now: dt.datetime) -> Membership:
    """Become a member, or get the role of the invitation where it is a higher one.

    Raises:
        InvitationClosed, OtherAddress, RemovedBefore: nothing is written.
    """
    hold(organisation)
    current = organisation.invitations_sent().open(now).filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationClosed("Cette invitation ne sert plus\u00a0: demandez-en une nouvelle à qui vous l’a envoyée.")
    _check_address(current, by)
    if not current.email and was_removed(organisation, by):
        raise RemovedBefore(
            "Vous avez été retiré de cette organisation\u00a0: demandez une invitation à une personne responsable."
        )
    if current.email:
        organisation.invitations_sent().filter(pk=current.pk).update(accepted_at=now, accepted_by=by)
    member, entered = _let_in(organisation, by, Role(current.role), now)
    if entered:
        emails.member_joined(organisation=organisation, member=member, now=now)
    return member


def _check_address(invitation: Invitation, user: User) -> None:
    own = set(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
    addresses = {address.lower() for address in own}
    if invitation.email and invitation.email not in addresses:
        raise OtherAddress(
            f"Cette invitation est pour {invitation.email}\u00a0: connectez-vous avec cette adresse, "
            "ou ajoutez-la à votre compte."
        )
    if not invitation.email and not {domain_of(address) for address in addresses}.intersection(invitation.domains):
        domains = " ou ".join(f"@{domain}" for domain in invitation.domains)
        raise OtherAddress(
            f"Ce lien est pour les adresses en {domains}\u00a0: connectez-vous avec l’une d’elles, "
            "ou ajoutez-la à votre compte."
        )


def _let_in(organisation: Organisation, user: User, role: Role, now: dt.datetime) -> tuple[Membership, bool]:
    """The membership, and whether it is new. A member's role is only ever raised."""
    member, entered = organisation.members().get_or_create(user=user, defaults={"role": role, "joined_at": now})
    if role.outranks(Role(member.role)):
        member.role = role
        member.save(update_fields=["role"])
    tell_if_silent(person=user, organisation=organisation, now=now)
    return member, entered


@transaction.atomic
def change_role(*, organisation: Organisation, member: Membership, role: Role, by: User, now: dt.datetime) -> None:
    """Give a member another role, and tell them.

    A lower one takes back the invitations above it, those that they sent and those that they have.

    Raises:
        NotAllowed: who acts does not answer for the organisation.
        LastOwner: nobody would answer for the organisation any more.
    """
    hold(organisation)
    _check_decides(organisation, by)
    if role != Role.OWNER:
        _check_another_owner(organisation, member)
    was = role_of(member.user, organisation)
    if was is None or was == role:
        return
    organisation.members().filter(pk=member.pk).update(role=role)
    if was.outranks(role):
        _revoke_sent(organisation, member.user, keep=roles_to_invite(role), by=by, now=now)
        higher = [one for one in Role if one.outranks(role)]
        _revoke_received(organisation, member.user, higher, by=by, now=now)
    member.role = role
    emails.role_changed(organisation=organisation, member=member, by=by, now=now)
    if role in Role.managing():
        tell_if_silent(person=member.user, organisation=organisation, now=now)
    elif was in Role.managing():
        tell_if_all_silent(organisation=organisation, now=now)


@transaction.atomic
def hand_over(*, organisation: Organisation, to: Membership, by: User, now: dt.datetime) -> None:
    """Make another member an owner and step back to manager, in one move.

    Raises:
        NotAllowed: the other one has left meanwhile, or who acts does not answer for the organisation any more.
    """
    hold(organisation)
    _check_decides(organisation, by)
    if not organisation.members().filter(pk=to.pk).update(role=Role.OWNER):
        raise NotAllowed("Cette personne n’est plus membre\u00a0: choisissez quelqu’un d’autre.")
    organisation.members().filter(user=by).exclude(pk=to.pk).update(role=Role.MANAGER)
    _revoke_sent(organisation, by, keep=roles_to_invite(Role.MANAGER), by=by, now=now)
    to.role = Role.OWNER
    emails.role_changed(organisation=organisation, member=to, by=by, now=now)
    tell_if_silent(person=to.user, organisation=organisation, now=now)


@transaction.atomic
def remove_member(*, organisation: Organisation, member: Membership, by: User, now: dt.datetime) -> None:
    """Take a member out, or leave: what they see of the organisation is closed to them at once.

    The invitations that they sent end with it: one may be to another address of theirs. Who is taken out loses those
    to their own addresses too.

    Raises:
        NotAllowed: somebody else is taken out by who does not answer for the organisation.
        LastOwner: nobody would answer for the organisation any more.
    """
    hold(organisation)
    if member.user_id != by.pk:
        _check_decides(organisation, by)
    _check_another_owner(organisation, member)
    gone, _ = organisation.members().filter(pk=member.pk).delete()
    _revoke_sent(organisation, member.user, keep=[], by=by, now=now)
    if gone and member.user_id != by.pk:
        _revoke_received(organisation, member.user, list(Role), by=by, now=now)
        emails.member_removed(organisation=organisation, person=member.user, now=now)
    if gone and member.role in Role.managing():
        tell_if_all_silent(organisation=organisation, now=now)


def _revoke_received(
    organisation: Organisation, person: User, roles: Collection[Role], *, by: User, now: dt.datetime
) -> None:
    """Take back what a person is invited to at any address of their account."""
    own = [address.lower() for address in EmailAddress.objects.filter(user=person).values_list("email", flat=True)]
    unused = organisation.invitations_sent().filter(accepted_at=None, revoked_at=None, role__in=roles)
    unused.filter(email__in=own).update(revoked_at=now, revoked_by=by)


def _revoke_sent(
    organisation: Organisation, sender: User, *, keep: Collection[Role], by: User, now: dt.datetime
) -> None:
    """Take back what a person invited others to, but for the roles that they may still give."""
    unused = organisation.invitations_sent().filter(created_by=sender, accepted_at=None, revoked_at=None)
    unused.exclude(email="").exclude(role__in=keep).update(revoked_at=now, revoked_by=by)


def _check_decides(organisation: Organisation, by: User) -> None:
    if not may_decide_on_members(role_of(by, organisation)):
        raise NotAllowed(
            "Vous ne répondez plus de cette organisation\u00a0: demandez à une personne responsable de le faire."
        )


def _check_invites(organisation: Organisation, by: User, role: Role) -> None:
    if role not in roles_to_invite(role_of(by, organisation)):
        raise NotAllowed("Votre rôle ne permet pas d’inviter à ce titre\u00a0: demandez à une personne responsable.")


def _check_another_owner(organisation: Organisation, member: Membership) -> None:
    if not organisation.members().owners().exclude(pk=member.pk).exists():
        raise LastOwner(
            "Une organisation garde toujours une personne responsable\u00a0: passez d’abord la main à une autre."
        )


@transaction.atomic
def ask_to_join(*, organisation: Organisation, message: str, by: User, now: dt.datetime) -> JoinRequest:
    """Ask the owners of an organisation that stands here already to be let in.

    Raises:
        AlreadyMember, TooMany: nothing is written.
    """
    if organisation.members().filter(user=by).exists():
        raise AlreadyMember("Vous êtes déjà membre de cette organisation.")
    waiting = sum(
        kind.objects.filter(user=by, state=JoinRequest.State.PENDING).count() for kind in JoinRequest.__subclasses__()
    )
    if waiting >= JOIN_REQUESTS_AT_MOST:
        raise TooMany("Vous attendez déjà dix réponses\u00a0: laissez le temps aux responsables de répondre.")
    already = AlreadyAnswered("Votre demande est déjà partie\u00a0: les responsables vont vous répondre.")
    with refusing({"company_join_asked_once": already, "association_join_asked_once": already}):
        asked: JoinRequest = organisation.join_requests_received().create(user=by, message=message, created_at=now)
    emails.join_requested(organisation=organisation, asked=asked, now=now)
    return asked


@transaction.atomic
def answer_join_request(
    *, organisation: Organisation, asked: JoinRequest, role: Role | None, by: User, now: dt.datetime
) -> None:
    """Let who asked in with a role, or decline (`role` None).

    Raises:
        NotAllowed: who answers does not answer for the organisation.
        AlreadyAnswered: another owner was first.
    """
    hold(organisation)
    _check_decides(organisation, by)
    state = JoinRequest.State.ACCEPTED if role else JoinRequest.State.DECLINED
    waiting = organisation.join_requests_received().filter(pk=asked.pk, state=JoinRequest.State.PENDING)
    if not waiting.update(state=state, decided_at=now, decided_by=by):
        raise AlreadyAnswered("Une autre personne responsable a déjà répondu.")
    if role:
        _let_in(organisation, asked.user, role, now)
    emails.join_answered(organisation=organisation, asked=asked, accepted=bool(role), now=now)


@transaction.atomic
def confirm_members(*, organisation: Organisation, by: User, now: dt.datetime) -> None:
    """Note that an owner looked at the list of members and found it right.

    Raises:
        NotAllowed: who looked does not answer for the organisation.
    """
    held = hold(organisation)
    _check_decides(held, by)
    held.members_confirmed_at = now
    held.save(update_fields=["members_confirmed_at"])


def ask_to_confirm_members(*, organisations: Iterable[Organisation], now: dt.datetime) -> int:
    """Ask the owners of organisations whose members nobody has looked at for a year. Once a year each."""
    return one_by_one(organisations, lambda organisation: emails.members_to_confirm(organisation=organisation, now=now))


def _people_at(address: str) -> Any:
    return EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")


def _invited_since(user: User, since: dt.datetime) -> int:
    """How many invitations this person sent since, for organisations of every kind."""
    return sum(
        kind.objects.filter(created_by=user, created_at__gt=since).count() for kind in Invitation.__subclasses__()
    )
