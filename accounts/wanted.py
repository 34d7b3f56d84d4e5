"""Which mails about members are overtaken by facts before they leave."""

from __future__ import annotations

from accounts.models import Invitation
from mail import wanted
from mail.models import Message


@wanted.while_so("member_invited")
def _still_open(message: Message) -> str:
    """An invitation that was taken back, or answered by its page, is not sent."""
    space = message.about.partition("-")[0]
    for kind in Invitation.__subclasses__():
        found = kind.objects.filter(pk=wanted.number_in(message.about), accepted_at=None, revoked_at=None)
        if kind._meta.app_label == space and found.exists():  # noqa: SLF001  # Django's public API
            return ""
    return "L’invitation est retirée, ou elle a servi."
