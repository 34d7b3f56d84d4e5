"""Links in mails that need no login and serve one purpose: they name a message, and act for its address only."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mail.models import Message


def preferences_url(message: Message) -> str:
    """Where the address of this message chooses its mail."""
    return settings.SITE_URL + reverse("mail:preferences", args=[_signer("preferences").sign(str(message.pk))])


def unsubscribe_url(message: Message) -> str:
    """Where the address of this message refuses mail of its kind, in one click (RFC 8058)."""
    return settings.SITE_URL + reverse("mail:unsubscribe", args=[_signer("unsubscribe").sign(str(message.pk))])


def message_of_preferences(token: str) -> Message | None:
    return _message(token, "preferences")


def message_of_unsubscribe(token: str) -> Message | None:
    return _message(token, "unsubscribe")


def _message(token: str, purpose: str) -> Message | None:
    """The message that a link of this purpose names; None for any other text."""
    try:
        number = int(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None
    return Message.objects.filter(pk=number).first()


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"mail.{purpose}", sep=".")
