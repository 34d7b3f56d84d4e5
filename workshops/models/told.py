"""Facts and the mails that tell them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, Min, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat, Left, Length

from associations.models import Association
from companies.models import Company
from mail.bounces import LOST, LOST_ANYWAY
from mail.models import Message, MessageQuerySet
from mail.wanted import NOT_FOR_THEM
from workshops.models.sides import Side

# What a key tells to all its readers (`workshops.told.fact`): it ends with the capacity of one of them.
FACT = Left("key", Length("key") - Length("capacity") - 1)


def _acts_for(space: str) -> Q:
    return Q(capacity__startswith=f"manager:{space}:") | Q(capacity__startswith=f"owner:{space}:")


# For which side the reader of a message acts; empty of a volunteer and of who runs the portal.
SIDE = Case(
    When(_acts_for(Company.SPACE), then=Value(Side.COMPANY.value)),
    When(_acts_for(Association.SPACE), then=Value(Side.ASSOCIATION.value)),
    default=Value(""),
)


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


def reached_nobody(number: str, template: str, *, side: str, kind: str = "booking", **fields: object) -> Q:
    """Whether this mail was lost on its way to all of a side to whom it was written (`unheard`).

    Of several, one with these fields.
    """
    return Q(Exists(unheard(_written(number, template, kind).filter(**fields)).filter(side=side)))


def unheard(messages: MessageQuerySet) -> Any:  # rows of values
    """What these messages tell that was lost on its way to everybody of a side: what it is about, the mail, the side.

    One that waits, or that an operator holds back, may still reach somebody. One that stayed for another reason than
    its address is not lost.
    """
    waits_or_left = Q(state__in=(Message.State.QUEUED, Message.State.GATHERED, Message.State.SENT))
    told: Any = messages.order_by().annotate(fact=FACT, side=SIDE)
    facts = told.values("about", "template", "fact", "side")
    lost, on_its_way = Count("pk", filter=LOST_ANYWAY), Count("pk", filter=waits_or_left & ~LOST_ANYWAY)
    return facts.annotate(lost=lost, on_its_way=on_its_way, first=Min("created_at")).filter(lost__gt=0, on_its_way=0)


def _written(number: str, template: str, kind: str) -> MessageQuerySet:
    about = Concat(Value(f"{kind}:"), Cast(OuterRef(number), models.TextField()))
    return Message.objects.filter(about=about, template=template)


def _to_others(written: MessageQuerySet) -> MessageQuerySet:
    return written.filter(state=Message.State.SKIPPED, last_error__startswith=NOT_FOR_THEM)
