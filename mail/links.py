"""Links in mails that need no login and serve one purpose: they name a message, and act for its address only."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mail.models import Message

SIGNED = "signed"


def preferences_url(message: Message) -> str:
    """Where the address of this message chooses its mail."""
    return _url("preferences", message)


def unsubscribe_url(message: Message) -> str:
    """Where the address of this message refuses mail of its kind, in one click (RFC 8058)."""
    return _url("unsubscribe", message)


def _url(purpose: str, message: Message) -> str:
    path = _path(purpose).replace(SIGNED, _signer(purpose).sign(str(message.pk)))
    return f"{settings.SITE_URL}{path}"


@cache
def _path(purpose: str) -> str:
    """Looked up once: every mail has such links."""
    return reverse(f"mail:{purpose}", args=[SIGNED])


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


@cache
def _signer(purpose: str) -> Signer:
    return Signer(salt=f"mail.{purpose}", sep=".")
