"""Which mails about requests are overtaken by facts before they leave."""

from __future__ import annotations

import datetime as dt

from associations.models import Request
from mail import wanted
from mail.models import Message


@wanted.retold("request_expiring")
def _still_ends_then(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """A request that was kept, withdrawn or served has another end, or none; so has that of who may not ask now."""
    request = Request.objects.expiring(at).filter(pk=wanted.number_in(message.about)).first()
    ends = request is not None and message.key.startswith(
        f"request_expiring:{request.pk}:{request.expires_at:%Y%m%dT%H%M%S}:"
    )
    return dict(message.context) if ends else "La demande ne se termine plus à cette date."
