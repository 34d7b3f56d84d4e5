"""Which mails about requests are overtaken by facts before they leave."""

from __future__ import annotations

from associations.models import Request
from mail import wanted
from mail.models import Message


@wanted.while_so("request_expiring")
def _still_ends_then(message: Message) -> str:
    """A request that was kept, withdrawn or served has another end, or none."""
    request = Request.objects.filter(pk=wanted.number_in(message.about), state=Request.State.OPEN).first()
    ends = request is not None and message.key.startswith(
        f"request_expiring:{request.pk}:{request.expires_at:%Y%m%dT%H%M%S}:"
    )
    return "" if ends else "La demande ne se termine plus à cette date."
