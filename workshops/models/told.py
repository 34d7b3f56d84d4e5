"""Facts and the mails that tell them."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from mail.models import Message


def told_of(number: str, template: str, *, kind: str = "booking") -> Exists:
    """Whether this mail was written about a thing of a kind; by the outbox's index of what messages are about."""
    about = Concat(Value(f"{kind}:"), Cast(OuterRef(number), models.TextField()))
    return Exists(Message.objects.filter(about=about, template=template))
