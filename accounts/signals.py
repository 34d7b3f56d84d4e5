"""What follows from what the packages for accounts tell: other sessions end once a second factor is there."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.sessions import end_sessions
from accounts.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@receiver(authenticator_added, dispatch_uid="other sessions end with a second factor")
def end_other_sessions(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Whoever holds one of them signs in again, and gives the second factor."""
    if authenticator.type in SECOND_FACTORS:
        end_sessions(user=user, but=request.session.session_key or "")
