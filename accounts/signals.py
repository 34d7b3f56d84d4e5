"""What follows from what the packages for accounts tell: of second factors, and of another address."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.sessions import end_sessions
from accounts.models import User
from mail.actions import follow_to
from territories import clock

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@receiver(authenticator_added, dispatch_uid="other sessions end with a second factor")
def end_other_sessions(*, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Whoever holds one of them signs in again, and gives the second factor."""
    if authenticator.type in SECOND_FACTORS:
        end_sessions(user=user, but=request.session.session_key or "")


@receiver(email_changed, dispatch_uid="mail, and what was chosen about it, goes along to another address")
def take_mail_along(
    *, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_kwargs: Any
) -> None:
    """At the moment when another address becomes the one that mail is sent to."""
    if from_email_address is not None:
        old, new = from_email_address.email, to_email_address.email
        follow_to(was=old, becomes=new, reader=user.pk, now=clock.now())
