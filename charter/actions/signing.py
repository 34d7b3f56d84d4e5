"""Signing the charter, by oneself or by the legal signatory, and taking the signature back."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import transaction

from accounts.actions.holding import hold, hold_row
from accounts.models import User
from accounts.refusals import Refused, refusing
from accounts.silence import NOT_REACHED, is_silent
from charter import emails
from charter.actions.moves import drop_appeals_of, lock_company, move, settled
from charter.actions.standing import hold_newest
from charter.models import CharterVersion, Signature
from companies import actions as companies
from companies.models import Company

State = Signature.State
LINKS_A_DAY = 20


class AlreadySigned(Refused):
    """The company has a live signature of this version."""


class NewerVersion(Refused):
    """Another version is to be signed since the text was read."""


class TooManyLinks(Refused):
    """More links than one company sends in a day."""

    field = "signatory_email"


class NotReached(Refused):
    """Our mail does not reach the address of who signs."""

    field = "signatory_email"


class LinkClosed(Refused):
    """The link was used, replaced, or is too old."""


class Pledge(NamedTuple):
    """Who signs and what the company pledges; the form's fields."""

    signatory_name: str
    signatory_capacity: str
    signatory_email: str
    shows_name: bool
    pledged_rooms: int
    pledged_computers: int
    pledged_hours: int


@transaction.atomic
def sign_charter(*, company: Company, version: CharterVersion, pledge: Pledge, by: User, now: dt.datetime) -> Signature:
    """Sign in one's own name, or sign again after changes were asked for. The text's hash is kept as proof.

    Raises:
        AlreadySigned, NewerVersion: nothing is written.
    """
    signature = _file(company, version, pledge, now)
    return _sign(signature, by=by, now=now)


@transaction.atomic
def send_signing_link(
    *, company: Company, version: CharterVersion, pledge: Pledge, by: User, now: dt.datetime
) -> Signature:
    """Keep what was typed, and send the legal signatory a link to sign it. A link sent before is replaced.

    Raises:
        AlreadySigned, NewerVersion, TooManyLinks, NotReached: nothing is written.
    """
    _limit_links(by, now)
    if is_silent(pledge.signatory_email):
        raise NotReached(NOT_REACHED)
    signature = _file(company, version, pledge, now, by_link=True)
    signature.link_sent_at = now
    signature.save(update_fields=["link_sent_at"])
    emails.signature_link(signature=signature, by=by, now=now)
    return signature


@transaction.atomic
def sign_by_link(
    *, signature: Signature, version: CharterVersion, name: str, capacity: str, shows_name: bool, now: dt.datetime
) -> Signature:
    """The legal signatory signs the text that they read, without an account: the link went to their address.

    When another version came out since the link was sent, it is that one; what is pledged goes on to it.

    Raises:
        LinkClosed, NewerVersion: nothing is written.
    """
    hold_newest()
    hold_row(Company, signature.company_id)
    current = Signature.objects.select_for_update(of=("self",)).with_file().get(pk=signature.pk)
    if not current.link_is_open(now):
        raise LinkClosed("Ce lien ne sert plus\u00a0: demandez-en un nouveau à l’entreprise.")
    check_newest(version)
    current.version = version
    current.signatory_name, current.signatory_capacity, current.shows_name = name, capacity, shows_name
    current.save(update_fields=["version", "signatory_name", "signatory_capacity", "shows_name"])
    signed = _sign(current, by=None, now=now)
    emails.signature_signed(signature=signed, now=now)
    return signed


def _limit_links(by: User, now: dt.datetime) -> None:
    """Each link writes to an address that somebody typed: our mail is not to be had for that without a limit."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    own = list(Company.objects.owned_by(by).values_list("pk", flat=True))
    if Signature.links_sent(companies=own, by=by, since=now - dt.timedelta(days=1)) >= LINKS_A_DAY:
        raise TooManyLinks(f"Vous avez envoyé {LINKS_A_DAY} liens en un jour\u00a0: continuez demain.")


def _ends(unfinished: Signature, version: CharterVersion, pledge: Pledge, *, by_link: bool) -> bool:
    """Whether a new file takes the place of this one: it was for an earlier text, or somebody else is to sign."""
    was_signed = unfinished.state == State.CHANGES_REQUESTED
    by_another = by_link or unfinished.signatory_name != pledge.signatory_name
    return unfinished.version_id != version.pk or (was_signed and by_another)


def _file(
    company: Company, version: CharterVersion, pledge: Pledge, now: dt.datetime, *, by_link: bool = False
) -> Signature:
    """The one file of this company and version, with what was typed: new, a draft, or one to be completed."""
    check_newest(version)
    hold(company)
    unfinished = Signature.objects.of_company(company).filter(state__in=Signature.UNFINISHED).first()
    if unfinished is not None and _ends(unfinished, version, pledge, by_link=by_link):
        # That file ends with its own proof; what was typed goes on in a new one.
        Signature.objects.filter(pk=unfinished.pk, state=unfinished.state).update(
            state=State.WITHDRAWN, ended_at=now, claimed_at=None, claimed_by=None
        )
        unfinished = None
    elif unfinished is not None and unfinished.state in Signature.AWAITING:
        raise AlreadySigned("Votre entreprise a déjà signé cette version.")
    signature = unfinished or Signature(company=company, version=version, created_at=now)
    for field, value in pledge._asdict().items():
        setattr(signature, field, value)
    already = AlreadySigned("Votre entreprise a déjà signé cette version.")
    with refusing({"signature_one_file_per_version": already, "signature_one_unfinished": already}):
        signature.save()
    return signature


def check_newest(version: CharterVersion) -> None:
    hold_newest()
    if CharterVersion.objects.newest() != version:
        raise NewerVersion(
            "Une nouvelle version de la charte vient d’être publiée\u00a0: lisez-la, puis signez. "
            "Ce que vous avez écrit est gardé."
        )


def _sign(signature: Signature, *, by: User | None, now: dt.datetime) -> Signature:
    moved = move(
        signature,
        State.SUBMITTED,
        company_name=signature.company.name,
        company_siren=signature.company.siren,
        text_sha256=signature.version.sha256,
        signed_by=by,
        signed_at=now,
        submitted_at=now,
        decided_at=None,
        decided_by=None,
        reason="",
        reason_code="",
    )
    if not moved:
        raise AlreadySigned("Votre entreprise a déjà signé cette version.")
    drop_appeals_of(signature.company, now)
    return signature


@transaction.atomic
def describe_signatory(*, company: Company, now: dt.datetime) -> Company:
    """Save what an owner corrected in the company's identity.

    A file that a moderator is reading goes back to the queue when the name or the number changes: who approves has
    read what they approve.

    Raises:
        Gone: it was united with another one meanwhile.
    """
    before = hold(company)
    companies.describe_company(company=company, now=now)
    if (before.name, before.siren) != (company.name, company.siren):
        reading = Signature.objects.of_company(company).filter(state=State.IN_REVIEW)
        reading.update(state=State.SUBMITTED, claimed_at=None, claimed_by=None)
    return company


@transaction.atomic
def withdraw_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """The owner takes the signature back: when it stood, the slots leave the catalogue at once; bookings stay.

    Raises:
        AlreadyDecided: a moderator was first.
    """
    lock_company(signature)
    stood = signature.state == State.APPROVED
    if not move(signature, State.WITHDRAWN, ended_at=now, ended_by=by, claimed_at=None, claimed_by=None):
        raise settled(signature)
    if stood:
        companies.set_charter_standing(company=signature.company, since=None)
    emails.signature_withdrawn(signature=signature, now=now)
