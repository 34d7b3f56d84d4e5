"""What moderators decide on a signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions.files import AlreadyDecided, HeldByAnother, hour, record_decision
from accounts.models import Decision, User
from accounts.refusals import Refused, refusing
from charter import emails
from charter.actions.moves import lock_company, move, settled
from charter.actions.standing import counts_until, hold_newest
from charter.models import Signature
from companies import actions as companies

State, Outcome = Signature.State, Decision.Outcome


class NewerStands(Refused):
    """The company is a signatory by a later text already."""


class VersionOver(Refused):
    """The grace period of the version that was signed is over."""


@transaction.atomic
def claim_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """Take a file to work on it alone, for an hour.

    Raises:
        HeldByAnother, AlreadyDecided: somebody else works on it, or has decided.
    """
    waiting = Signature.objects.awaiting_decision().filter(pk=signature.pk)
    if not waiting.claim(by=by, now=now, state=State.IN_REVIEW):
        signature.refresh_from_db()
        if signature.state == State.IN_REVIEW:
            raise HeldByAnother(f"{signature.claimed_by} examine ce dossier depuis {hour(signature.claimed_at)}.")
        raise settled(signature)
    signature.refresh_from_db()


@transaction.atomic
def release_signature(*, signature: Signature, by: User) -> None:
    """Give a file back to the queue, at its old place."""
    held = Signature.objects.filter(pk=signature.pk, state=State.IN_REVIEW).held_by(by)
    held.update(state=State.SUBMITTED, claimed_at=None, claimed_by=None)


@transaction.atomic
def approve_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """Make the company a signatory: its open slots enter the catalogue at once. A signature that it renews lapses.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
        VersionOver: the text that was signed does not count any more.
        NewerStands: it would end a signature of a later text.
    """
    hold_newest()
    company = lock_company(signature)
    until = _still_counts(signature, now)
    _refuse_older(signature)
    former = Signature.objects.of_company(company).standing()
    former.exclude(pk=signature.pk).update(state=State.LAPSED, ended_at=now)
    _decide(signature, State.APPROVED, Outcome.APPROVED, by=by, now=now)
    companies.set_charter_standing(company=company, since=company.charter_approved_at or now, until=until)
    emails.signature_approved(signature=signature, now=now)


@transaction.atomic
def request_changes(
    *, signature: Signature, reason: str, comments: Mapping[str, str] | None = None, by: User, now: dt.datetime
) -> None:
    """Send the file back, saying what to correct, if need be beside each field.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
    """
    lock_company(signature)
    remarks = dict(comments or {})
    state, outcome = State.CHANGES_REQUESTED, Outcome.CHANGES_REQUESTED
    _decide(signature, state, outcome, reason=reason, comments=remarks, by=by, now=now)
    emails.signature_changes_requested(signature=signature, comments=remarks, now=now)


@transaction.atomic
def refuse_signature(*, signature: Signature, reason_code: str, reason: str, by: User, now: dt.datetime) -> None:
    """Refuse the signature, with a coded reason and an explanation that the company reads.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
    """
    lock_company(signature)
    _decide(signature, State.REFUSED, Outcome.REFUSED, reason_code=reason_code, reason=reason, by=by, now=now)
    emails.signature_refused(signature=signature, now=now)


@transaction.atomic
def suspend_signature(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """Take the company's slots out of the catalogue until further notice. Confirmed bookings stay.

    Raises:
        AlreadyDecided: the signature does not stand.
    """
    company = lock_company(signature)
    _decide(signature, State.SUSPENDED, Outcome.SUSPENDED, reason=reason, by=by, now=now)
    companies.set_charter_standing(company=company, since=None)
    emails.signature_suspended(signature=signature, now=now)


@transaction.atomic
def reinstate_signature(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """End a suspension: the slots are back in the catalogue at once.

    Raises:
        AlreadyDecided: the signature is not suspended.
        VersionOver: the text that was signed does not count any more.
    """
    hold_newest()
    company = lock_company(signature)
    until = _still_counts(signature, now)
    approved = Decision.objects.about(Decision.Subject.SIGNATURE, signature.pk).filter(outcome=Outcome.APPROVED).first()
    _decide(signature, State.APPROVED, Outcome.REINSTATED, reason=reason, by=by, now=now)
    since = approved.decided_at if approved else now
    companies.set_charter_standing(company=company, since=since, until=until)
    emails.signature_reinstated(signature=signature, now=now)


def _refuse_older(signature: Signature) -> None:
    standing = Signature.objects.of_company(signature.company).standing()
    newer = standing.filter(version__number__gt=signature.version.number).select_related("version").first()
    if newer is not None:
        raise NewerStands(
            f"L’entreprise a signé depuis la version {newer.version.number} de la charte, qui compte\u00a0: "
            "refusez celle-ci comme signée deux fois."
        )


def _still_counts(signature: Signature, now: dt.datetime) -> dt.datetime | None:
    """Until when a signature of this text counts; None for as long as no later one is out."""
    until = counts_until(signature.version)
    if until is not None and until <= now:
        raise VersionOver(
            f"La version {signature.version.number} de la charte ne compte plus\u00a0: "
            "demandez à l’entreprise de signer celle d’aujourd’hui."
        )
    return until


@transaction.atomic
def reopen_signature(*, signature: Signature, now: dt.datetime) -> None:
    """An appeal was accepted: the refused file goes back to the queue, at the place of a new one.

    A draft that nobody has signed yet ends.

    Raises:
        AlreadyDecided: the company has signed again since.
    """
    company = lock_company(signature)
    already = AlreadyDecided("L’entreprise a signé à nouveau depuis\u00a0: décidez sur ce dossier-là.")
    own = Signature.objects.of_company(company)
    if own.going_on().filter(version__number__gt=signature.version.number).exists():
        raise already
    own.filter(state=State.DRAFT).update(state=State.WITHDRAWN, ended_at=now)
    with refusing({"signature_one_file_per_version": already, "signature_one_unfinished": already}):
        stamps: dict[str, Any] = {"decided_at": None, "decided_by": None, "reason": "", "reason_code": ""}
        if not move(signature, State.SUBMITTED, submitted_at=now, **stamps):
            raise settled(signature)


def _decide(
    signature: Signature,
    state: Signature.State,
    outcome: Decision.Outcome,
    *,
    by: User,
    now: dt.datetime,
    reason: str = "",
    reason_code: str = "",
    comments: Mapping[str, str] | None = None,
) -> None:
    """Move, and add the row that says who decided what and why."""
    stamps = {"decided_at": now, "decided_by": by, "reason": reason, "reason_code": reason_code}
    held = {"claimed_by": by} if signature.state == State.IN_REVIEW else {}
    if not move(signature, state, held=held, claimed_at=None, claimed_by=None, **stamps):
        raise settled(signature)
    record_decision(
        Decision.Subject.SIGNATURE,
        signature.pk,
        outcome,
        by=by,
        now=now,
        reason=reason,
        reason_code=reason_code,
        comments=comments,
    )
