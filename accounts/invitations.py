"""Links that let somebody in, or let them ask: the number of a row under our signature. Nothing secret is stored."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import Invitation, Organisation


def invitation_path(organisation: Organisation, invitation: Invitation) -> str:
    """The path that lets somebody in."""
    return reverse(
        f"{organisation.SPACE}:invitation", args=[_signer(organisation.SPACE, "invitation").sign(invitation.pk)]
    )


def invitation_number(space: str, token: str) -> int | None:
    """The invitation that a link to this kind of organisation means; None when we did not sign it."""
    return _number(_signer(space, "invitation"), token)


def join_path(organisation: Organisation) -> str:
    """The path to ask to be let in: given to who named the organisation, so that nobody lists them by guessing."""
    return reverse(f"{organisation.SPACE}:join", args=[_signer(organisation.SPACE, "join").sign(organisation.pk)])


def joinable_number(space: str, token: str) -> int | None:
    """The organisation that such a path means; None when we did not sign it."""
    return _number(_signer(space, "join"), token)


def _number(signer: Signer, token: str) -> int | None:
    try:
        return int(signer.unsign(token))
    except BadSignature:
        return None


def _signer(space: str, purpose: str) -> Signer:
    return Signer(salt=f"{space}.{purpose}", sep=".")
