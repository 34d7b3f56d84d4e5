"""One conditional update a move: the database decides who was first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from accounts.actions.files import AlreadyDecided, drop_appeals, hour
from accounts.actions.holding import hold_row
from accounts.models import Decision
from charter.models import Signature
from companies.models import Company


def move(
    signature: Signature, to: Signature.State, *, held: Mapping[str, object] | None = None, **stamps: object
) -> bool:
    """One conditional update from where the signature was read, so that nobody decides on what changed meanwhile."""
    if to not in Signature.TRANSITIONS[Signature.State(signature.state)]:
        return False
    here = Signature.objects.filter(pk=signature.pk, state=signature.state, **(held or {}))
    moved = here.update(state=to, **stamps)
    if moved:
        for field, value in {"state": to, **stamps}.items():
            setattr(signature, field, value)
    return bool(moved)


def settled(signature: Signature) -> AlreadyDecided:
    """Who was first, and when."""
    signature.refresh_from_db()
    who = signature.ended_by or signature.decided_by or signature.claimed_by
    when = signature.ended_at or signature.decided_at or signature.claimed_at
    by = f" par {who}" if who else ""
    at = f" à {hour(when)}" if when else ""
    return AlreadyDecided(f"Déjà traité{by}{at}\u00a0: la signature est {signature.get_state_display()}.")


def lock_company(signature: Signature) -> Company:
    """The company's row, held until the end: bookings and other moves of its signatures wait.

    Raises:
        Gone: it was united with another one this very moment.
    """
    signature.refresh_from_db(fields=["company"])
    company = hold_row(Company, signature.company_id)
    signature.company = company
    return company


def drop_appeals_of(company: Company, now: dt.datetime) -> None:
    """The company has another file, or a signature that stands: appeals against its refusals have no object."""
    refused = Signature.objects.of_company(company).filter(state=Signature.State.REFUSED)
    drop_appeals(subject=Decision.Subject.SIGNATURE, numbers=list(refused.values_list("pk", flat=True)), now=now)
