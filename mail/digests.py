"""Digests: what an address wishes to hear once a day or once a week, in one mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from mail import outbox, wanted
from mail.kinds import DIGEST, Frequency, kind_of
from mail.models import Message, Preferences
from mail.outbox import Address
from mail.rendering import render
from mail.wishes import TOO_LATE, UNWANTED, preferences_of

AT_HOUR = dt.time(8)
ON_WEEKDAY = 2  # Tuesday, as isoweekday counts
SHOWN_AT_MOST = 30
ADDRESSES_A_RUN = 500


class Due(NamedTuple):
    """A message whose digest is due, and the instant at which it was."""

    message: Message
    since: dt.datetime


def tell_digests(*, now: dt.datetime) -> int:
    """Write one digest to each address whose hour has come. May run twice, late or at once. Returns how many."""
    waiting = Message.objects.for_digests().order_by().values_list("to_email", flat=True).distinct()
    return sum(_tell_digest(address, now) for address in waiting.order_by("to_email")[:ADDRESSES_A_RUN])


@transaction.atomic
def _tell_digest(address: str, now: dt.datetime) -> bool:
    """The key names the day of the digest: of two runs, the second writes nothing and leaves what the first took."""
    wishes = preferences_of(address)
    waiting = list(Message.objects.for_digests().filter(to_email=address).select_for_update(skip_locked=True))
    due = [one for one in _due(waiting, wishes, now) if not _skipped(one.message, wishes, now)]
    if not due:
        return False
    last = due[-1].message
    day = max(one.since for one in due).astimezone(_zone(wishes, last)).date()
    key = f"{DIGEST}:{address.lower()}:{day}"
    written = outbox.post(
        DIGEST,
        key=key,
        to=Address(last.to_email, last.to_name),
        context=_facts([one.message for one in due]),
        language=last.language,
        time_zone=wishes.time_zone or last.time_zone,
        priority=outbox.BULK,
        now=now,
    )
    if written:
        digest = Message.objects.get(key=key)
        Message.objects.filter(pk__in=[one.message.pk for one in due]).update(gathered_into=digest)
    return written


def _facts(messages: list[Message]) -> dict[str, object]:
    shown = [
        {
            "subject": render(message).subject,
            "facts": message.context,
            "text": [f"mail/items/{message.template}.txt", "mail/items/item.txt"],
            "html": [f"mail/items/{message.template}.html", "mail/items/item.html"],
        }
        for message in messages[:SHOWN_AT_MOST]
    ]
    return {"items": shown, "count": len(messages), "more": len(messages) - len(shown)}


def _due(messages: Iterable[Message], wishes: Preferences, now: dt.datetime) -> list[Due]:
    """Those that were there when the last digest of their kind was due."""
    dues = [Due(message, _last_digest(message, wishes, now)) for message in messages]
    return [one for one in dues if one.message.gathered_at and one.message.gathered_at < one.since]


def _last_digest(message: Message, wishes: Preferences, now: dt.datetime) -> dt.datetime:
    """When the last digest up to `now` that holds this message was due, on the clock of the wall."""
    zone = _zone(wishes, message)
    local = now.astimezone(zone)
    day = local.date() if local.time() >= AT_HOUR else local.date() - dt.timedelta(days=1)
    if _frequency(message, wishes) == Frequency.WEEKLY:
        day -= dt.timedelta(days=(day.isoweekday() - ON_WEEKDAY) % 7)
    return dt.datetime.combine(day, AT_HOUR, tzinfo=zone).astimezone(dt.UTC)


def _skipped(message: Message, wishes: Preferences, now: dt.datetime) -> bool:
    """What is no longer true, or no longer wanted, leaves the queue and says why."""
    too_late = message.not_after is not None and now >= message.not_after
    unwanted = _frequency(message, wishes) == Frequency.NEVER
    reason = (TOO_LATE if too_late else "") or (UNWANTED if unwanted else "") or wanted.why_not(message)
    if reason:
        Message.objects.filter(pk=message.pk).move(Message.State.SKIPPED, skipped_at=now, last_error=reason)
    return bool(reason)


def _frequency(message: Message, wishes: Preferences) -> Frequency:
    kind = kind_of(message.template)
    return wishes.frequency(kind) if kind else Frequency.DAILY


def _zone(wishes: Preferences, message: Message) -> ZoneInfo:
    return ZoneInfo(wishes.time_zone or message.time_zone or settings.TIME_ZONE)
