"""Facts and the mails that tell them."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from mail.models import Message
from mail.wanted import NOT_FOR_THEM


def told_of(number: str, template: str, *, kind: str = "booking") -> Q:
    """Whether this mail was written about a thing of a kind; by the outbox's index of what messages are about.

    Not when it stayed because its reader is no longer whom it is for: who is now has yet to be told, and keys keep the
    others from being told twice.
    """
    about = Concat(Value(f"{kind}:"), Cast(OuterRef(number), models.TextField()))
    written = Message.objects.filter(about=about, template=template)
    replaced = written.filter(state=Message.State.SKIPPED, last_error__startswith=NOT_FOR_THEM)
    return Q(Exists(written)) & ~Q(Exists(replaced))
