"""Facts and the mails that tell them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from mail.bounces import LOST
from mail.models import Message, MessageQuerySet
from mail.wanted import NOT_FOR_THEM


def told_of(number: str, template: str, *, kind: str = "booking") -> Q:
    """Whether this mail was written about a thing of a kind; by the outbox's index of what messages are about.

    Not when it stayed because its reader is no longer whom it is for: who is now has yet to be told, and keys keep the
    others from being told twice.
    """
    written = _written(number, template, kind)
    return Q(Exists(written)) & ~Q(Exists(_to_others(written)))


def told_to_others(number: str, template: str, *, kind: str = "booking") -> Q:
    """Whether this mail was written, and stayed because its reader was no longer whom it is for."""
    return Q(Exists(_to_others(_written(number, template, kind))))


def left_until(until: dt.datetime, number: str, template: str, *, kind: str = "booking", **fields: object) -> Q:
    """Whether this mail left, by an instant, to somebody, and did not come back; of several, one with these fields."""
    left = _written(number, template, kind).filter(state=Message.State.SENT, sent_at__lte=until, **fields)
    return Q(Exists(left.exclude(LOST)))


def reached_nobody(number: str, template: str, *, kind: str = "booking", **fields: object) -> Q:
    """Whether this mail was lost on its way to whomever it was written; of several, those with these fields.

    One that waits, or that an operator holds back, may still reach somebody. One that stayed for another reason than
    its address is not lost.
    """
    written = _written(number, template, kind).filter(**fields)
    on_its_way = written.filter(state__in=(Message.State.QUEUED, Message.State.GATHERED, Message.State.SENT))
    return Q(Exists(written.filter(LOST))) & ~Q(Exists(on_its_way.exclude(LOST)))


def _written(number: str, template: str, kind: str) -> MessageQuerySet:
    about = Concat(Value(f"{kind}:"), Cast(OuterRef(number), models.TextField()))
    return Message.objects.filter(about=about, template=template)


def _to_others(written: MessageQuerySet) -> MessageQuerySet:
    return written.filter(state=Message.State.SKIPPED, last_error__startswith=NOT_FOR_THEM)
