"""Links in mails that need no login and serve one purpose: they name a message, and act for its address only."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mail.models import Message

SIGNED = "signed"


class AnotherAddress(Exception):
    """A link was opened whose message goes to another address by now than the one that got it."""


def preferences_url(message: Message) -> str:
    """Where the address of this message chooses its mail."""
    return _url("preferences", message)


def unsubscribe_url(message: Message) -> str:
    """Where the address of this message refuses mail of its kind, in one click (RFC 8058)."""
    return _url("unsubscribe", message)


def _url(purpose: str, message: Message) -> str:
    path = _path(purpose).replace(SIGNED, _signer(purpose).sign(f"{message.pk}-{_mark(message)}"))
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
    """The message that a link of this purpose names; None for any other text.

    Raises:
        AnotherAddress: it went elsewhere than where it goes by now.
    """
    try:
        number, _, mark = _signer(purpose).unsign(token).partition("-")
        message = Message.objects.filter(pk=int(number)).first()
    except (BadSignature, ValueError):
        return None
    if message and not _got_it(message, mark):
        raise AnotherAddress
    return message


def _got_it(message: Message, mark: str) -> bool:
    """Whether the address of this message got the link. Those of former releases name none."""
    return mark == _mark(message) if mark else not message.readdressed


def _mark(message: Message) -> str:
    """What a link holds of its address, which is nobody else's business."""
    return hashlib.sha256(f"{message.pk} {message.to_email.lower()}".encode()).hexdigest()[:16]


@cache
def _signer(purpose: str) -> Signer:
    return Signer(salt=f"mail.{purpose}", sep=".")
