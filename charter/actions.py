"""Signing the charter, and deciding on a signature."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from charter import emails
from charter.models import CharterVersion, Decision, Signature
from companies import actions as companies
from companies.models import Company


class AlreadySigned(Refused):
    """The company has a live signature of this version."""


class AlreadyDecided(Refused):
    """Another moderator was first."""


@transaction.atomic
def sign_charter(  # the proof is made of all of these
    *,
    company: Company,
    version: CharterVersion,
    signatory_name: str,
    signatory_capacity: str,
    by: User,
    now: dt.datetime,
) -> Signature:
    """Sign, or sign again after changes were asked for. The text's hash is kept as proof.

    Raises:
        AlreadySigned: a signature of this version is under review or approved.
    """
    proof = {
        "signatory_name": signatory_name,
        "signatory_capacity": signatory_capacity,
        "text_sha256": version.sha256,
        "signed_by": by,
        "signed_at": now,
        "submitted_at": now,
    }
    to_complete = Signature.objects.filter(company=company, version=version, state=Signature.State.CHANGES_REQUESTED)
    corrected = to_complete.update(state=Signature.State.SUBMITTED, decided_at=None, decided_by=None, **proof)
    if corrected:
        return Signature.objects.get(company=company, version=version, state=Signature.State.SUBMITTED)
    with refusing({"signature_live_once": AlreadySigned("Votre entreprise a déjà signé cette version.")}):
        return Signature.objects.create(company=company, version=version, **proof)


@transaction.atomic
def approve_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """Make the company a signatory: its open slots enter the catalogue at once.

    Raises:
        AlreadyDecided: another moderator was first.
    """
    _decide(signature, Signature.State.APPROVED, reason="", by=by, now=now)
    companies.stamp_charter_approval(company=signature.company, at=now)
    emails.signature_approved(signature=signature, now=now)


@transaction.atomic
def request_changes(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """Send the file back, saying what to correct.

    Raises:
        AlreadyDecided: another moderator was first.
    """
    _decide(signature, Signature.State.CHANGES_REQUESTED, reason=reason, by=by, now=now)
    emails.signature_changes_requested(signature=signature, now=now)


@transaction.atomic
def refuse_signature(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """Refuse the signature, with a reason that the company reads.

    Raises:
        AlreadyDecided: another moderator was first.
    """
    _decide(signature, Signature.State.REFUSED, reason=reason, by=by, now=now)
    emails.signature_refused(signature=signature, now=now)


def _decide(signature: Signature, state: Signature.State, *, reason: str, by: User, now: dt.datetime) -> None:
    changed = Signature.objects.filter(pk=signature.pk, state=Signature.State.SUBMITTED).update(
        state=state, decided_at=now, decided_by=by, reason=reason
    )
    signature.refresh_from_db()
    if not changed:
        raise AlreadyDecided(f"Déjà traité par {signature.decided_by}.")
    Decision.objects.create(signature=signature, outcome=state, reason=reason, decided_at=now, decided_by=by)
