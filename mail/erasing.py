"""What was said in a mail is forgotten after a while; that it was sent, when and to whom, stays."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from mail.models import Message

AT_ONCE = 1000


def erase_bodies(*, now: dt.datetime) -> int:
    """Empty the words, the facts and the calendar of messages that were due so long ago. Returns how many."""
    before = now - dt.timedelta(days=settings.MAIL_BODIES_KEPT_DAYS)
    erased = 0
    while numbers := list(Message.objects.kept_since(before).values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Message.objects.filter(pk__in=numbers).update(text="", html="", context={}, calendar="", calendar_method="")
        erased += len(numbers)
    return erased
