"""Which mails about requests are overtaken by facts before they leave."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from associations.emails import Published
from associations.models import Request
from mail import wanted
from mail.models import Message


@wanted.retold("request_published")
def _is_online_still(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """Its dates may have passed since; of what was hidden or taken back nothing is said. The key names the request."""
    shown = Request.objects.with_expiry(at).exclude(state__in=(Request.State.HIDDEN, Request.State.WITHDRAWN))
    request = shown.select_related("association").filter(pk=int(message.key.split(":")[-2])).first()
    if request is None:
        return "La demande n’est plus en ligne."
    with translation.override(message.language):
        return {**message.context, **Published(request, request.over).facts()}


@wanted.retold("request_expiring")
def _still_ends_then(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """A request that was kept, withdrawn or served has another end, or none; so has that of who may not ask now."""
    request = Request.objects.expiring(at).filter(pk=wanted.number_in(message.about)).first()
    ends = request is not None and message.key.startswith(
        f"request_expiring:{request.pk}:{request.expires_at:%Y%m%dT%H%M%S}:"
    )
    return dict(message.context) if ends else "La demande ne se termine plus à cette date."
