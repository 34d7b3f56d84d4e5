"""Which mails about members are overtaken by facts before they leave."""

from __future__ import annotations

from typing import Any

from accounts.models import Invitation, JoinRequest, Organisation
from mail import wanted
from mail.models import Message


@wanted.while_so("member_invited")
def _still_open(message: Message) -> str:
    """An invitation that was taken back, or answered by its page, is not sent."""
    kind = _kind_of(message, Invitation)
    open_still = kind.objects.filter(pk=wanted.number_in(message.about), accepted_at=None, revoked_at=None)
    return "" if open_still.exists() else "L’invitation est retirée, ou elle a servi."


@wanted.while_so("join_requested")
def _still_asked(message: Message) -> str:
    kind = _kind_of(message, JoinRequest)
    waiting = kind.objects.filter(pk=wanted.number_in(message.about), state=JoinRequest.State.PENDING)
    return "" if waiting.exists() else "Quelqu’un a déjà répondu."


@wanted.while_so("members_to_confirm")
def _still_to_confirm(message: Message) -> str:
    found = _kind_of(message, Organisation).objects.filter(pk=wanted.number_in(message.about)).first()
    asked = found is not None and f":{found.members_confirmed_at:%Y%m%d}:" in message.key
    return "" if asked else "La liste des membres est vérifiée."


def _kind_of(message: Message, base: Any) -> Any:
    """The model of the app that the message names before its first dash."""
    space = message.about.partition("-")[0]
    return next(kind for kind in base.__subclasses__() if kind._meta.app_label == space)  # noqa: SLF001  # Django's public API
