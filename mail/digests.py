"""Digests: what an address wishes to hear once a day or once a week, in one mail."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from mail import outbox, wanted
from mail.kinds import DIGEST, Frequency
from mail.models import Message, MessageQuerySet, Preferences
from mail.outbox import Address
from mail.readers import language_of
from mail.rendering import render
from mail.wishes import (
    UNWANTED,
    digest_in_time,
    frequency_of,
    hears_daily,
    is_in_time,
    is_weekly,
    last_digest,
    preferences_of,
    zone_of,
)

logger = logging.getLogger(__name__)

IN_FULL = 30
TAKEN_OVER = "Repris dans un récapitulatif plus récent."
ADDRESSES_AT_ONCE = 500


class Waiting(NamedTuple):
    """A message that waits for a digest."""

    message: Message
    is_weekly: bool
    is_called: bool
    """Its hour has come, on the clock of its own place."""
    daily: dt.datetime
    """When the last digest of a day was due on that clock."""
    weekly: dt.datetime
    """When the last one of a week was."""

    def last_due(self, *, weekly: bool) -> dt.datetime:
        return self.weekly if weekly else self.daily

    def is_due(self, called: Iterable[Waiting]) -> bool:
        """It was to be told before the last digest that may hold it, on its own clock or on that of who is called."""
        return self.message.due_at < max(one.last_due(weekly=self.is_weekly) for one in (self, *called))


def tell_digests(*, now: dt.datetime) -> int:
    """Write one digest to each address whose hour has come. May run twice, late or at once. Returns how many."""
    told, last = 0, ""
    due = Message.objects.for_digests(now).order_by().values_list("to_email", flat=True).distinct()
    while addresses := list(due.filter(to_email__gt=last).order_by("to_email")[:ADDRESSES_AT_ONCE]):
        last = addresses[-1]
        told += sum(_try_to_tell(address, now) for address in addresses)
    return told


def _try_to_tell(address: str, now: dt.datetime) -> bool:
    """A fault of ours, such as a broken template, must not hold up the digests of others."""
    try:
        return _tell_digest(address, now)
    except Exception:
        logger.exception("A digest could not be written")
        return False


@transaction.atomic
def _tell_digest(address: str, now: dt.datetime) -> bool:
    """The key names the day when it was due: of two runs, the second writes nothing and leaves what the first took."""
    wishes = preferences_of(address)
    waiting = _without_instant(_waiting(address, wishes, now), wishes, now)
    called = [one for one in waiting if one.is_called]
    if not called:
        return False
    # Whose place has another clock comes along, and so does what an earlier digest should have held: one address has
    # one digest a day, and nothing waits for ever.
    there = [one for one in waiting if one.is_due(called)]
    _speak([one.message for one in there])
    true = [one for one in there if not _skipped(one.message, wishes, now)]
    due = [one for one in true if is_in_time(one.message, wishes, digest=now)]
    digest = _post(due, wishes, now) if due and not _has_one(due[-1].message, wishes, now) else None
    told = {one.message.pk for one in due} if digest else set()
    Message.objects.filter(pk__in=told).update(gathered_into=digest)
    # What is not told now, because a wish changed or today's digest is written, waits for the next one.
    for one in [one for one in called if one.message.pk not in told]:
        _put_off(one.message, wishes, now, overdue=one in there)
    return digest is not None


def _has_one(message: Message, wishes: Preferences, now: dt.datetime) -> bool:
    """Whether one has left for its reader on this day, or in this week where none of a day is wanted.

    What an outage had delayed came first: the next one waits, since one a day or a week at most is what was promised.
    """
    today = now.astimezone(zone_of(message, wishes)).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today if hears_daily(wishes) else today - dt.timedelta(days=today.weekday())
    return Message.objects.digests_got_since(since, message.to_email).exists()


def _without_instant(waiting: list[Waiting], wishes: Preferences, now: dt.datetime) -> list[Waiting]:
    """What its reader wishes to hear at once by now is let go: it leaves by itself."""
    instant = [one.message.pk for one in waiting if frequency_of(one.message, wishes) == Frequency.INSTANT]
    if instant and _let_go(Message.objects.filter(pk__in=instant), now):
        outbox.wake_at_commit()
    return [one for one in waiting if one.message.pk not in instant]


def _put_off(message: Message, wishes: Preferences, now: dt.datetime, *, overdue: bool) -> None:
    """To the next digest or, when that one would come too late, back into the queue: it leaves alone."""
    waiting = Message.objects.filter(pk=message.pk, state=Message.State.GATHERED)
    if digest := digest_in_time(message, wishes, after=now, overdue=overdue):
        waiting.update(next_attempt_at=digest)
    elif _let_go(waiting, now):
        outbox.wake_at_commit()


def _let_go(gathered: MessageQuerySet, now: dt.datetime) -> int:
    """Those that still wait for a digest back into the queue, where what their reader wishes is asked anew; how many.

    A server that refused it before it was kept has not been asked since: it is not late.
    """
    back = {"gathered_at": None, "gathered_into": None, "next_attempt_at": now, "last_error": ""}
    return gathered.filter(state=Message.State.GATHERED).move(Message.State.QUEUED, **back)


def tell_at_once(about: str, *, now: dt.datetime) -> None:
    """What waits for a digest to tell of this is wished at once: each leaves by itself, as its reader wishes by now."""
    waiting = Message.objects.awaiting_digest().filter(about=about)
    numbers = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Message.objects.filter(pk__in=numbers).update(weekly=False)
    if _let_go(Message.objects.filter(pk__in=numbers), now):
        outbox.wake_at_commit()


def _waiting(address: str, wishes: Preferences, now: dt.datetime) -> list[Waiting]:
    """All that waits for a digest to this address, locked; what another run has in hand is left to it."""
    rows = Message.objects.awaiting_digest().filter(to_email=address).select_for_update(skip_locked=True)
    return [
        Waiting(
            one,
            is_weekly=is_weekly(one, wishes),
            is_called=one.next_attempt_at <= now,
            daily=last_digest(one, wishes, until=now, weekly=False),
            weekly=last_digest(one, wishes, until=now, weekly=True),
        )
        for one in rows
    ]


def _post(due: list[Waiting], wishes: Preferences, now: dt.datetime) -> Message | None:
    """The digest of that day, or of that week; None when it was written before.

    It takes over what earlier ones hold that have not left: once they may, one mail leaves in the place of all.
    """
    last = due[-1].message
    zone = zone_of(last, wishes)
    day = _day_of(due, wishes).astimezone(zone).date()
    # Addresses may be longer than a key.
    key = f"{DIGEST}:{hashlib.sha256(last.to_email.lower().encode()).hexdigest()[:32]}:{day}"
    unsent = list(Message.objects.unsent_digests(last.to_email).exclude(key=key).select_for_update(skip_locked=True))
    held = list(Message.objects.filter(gathered_into__in=unsent).order_by("gathered_at", "pk"))
    messages = held + [one.message for one in due]
    written = outbox.post(
        DIGEST,
        key=key,
        to=Address(last.to_email, last.to_name),
        context=facts_of(messages),
        language=language_of(messages),
        time_zone=str(zone),
        priority=outbox.BULK,
        capacity=_reader_of(messages),
        now=now,
    )
    if not written:
        return None
    digest = Message.objects.get(key=key)
    Message.objects.filter(pk__in=[one.pk for one in held]).update(gathered_into=digest)
    replaced = Message.objects.filter(pk__in=[one.pk for one in unsent])
    replaced.move(Message.State.SKIPPED, skipped_at=now, last_error=TAKEN_OVER)
    return digest


def _day_of(due: list[Waiting], wishes: Preferences) -> dt.datetime:
    """When it was due: whoever hears of everything once a week has one digest a week, on whatever day it is written."""
    weekly = all(one.is_weekly for one in due) and not hears_daily(wishes)
    return max(one.last_due(weekly=weekly) for one in due)


def _reader_of(messages: list[Message]) -> str:
    """The one person whom they are for: should they change their address, the digest follows. Else nobody's."""
    readers = {one.capacity.rpartition(":")[2] for one in messages}
    return f"person:{readers.pop()}" if len(readers) == 1 and "" not in readers else ""


@wanted.retold(DIGEST)
def what_is_still_so(digest: Message, at: dt.datetime) -> wanted.Facts | None:
    """A digest that leaves later than it was written says what has not been overtaken meanwhile.

    What an operator holds back since is left out, and holds up nothing else: it waits in the queue like all that is
    held back. Afterwards it is asked anew what its reader wishes, and the next digest takes it. What its reader has
    refused since is left out too. It speaks the language that its reader reads by now.
    """
    _let_go(digest.gathers.held_back(), at)
    wishes = preferences_of(digest.to_email)
    gathered = list(digest.gathers.order_by("gathered_at", "pk"))
    digest.language = language_of([*gathered, digest])
    Message.objects.filter(pk=digest.pk).update(language=digest.language)
    _speak(gathered)
    still = [one for one in gathered if not (_is_refused(one, wishes) or wanted.overtaken(one, at=at))]
    return facts_of(still) if still else None


def _speak(messages: list[Message]) -> None:
    """In the language that their reader reads by now, all of which every word is told anew.

    The others stay in their own, whole: words of one about facts of another would be read by nobody, and alone they
    would come more often than is wished.
    """
    language = language_of(messages) if messages else ""
    for message in messages:
        if wanted.is_told_anew(message.template):
            message.language = language


def facts_of(messages: list[Message]) -> dict[str, Any]:
    """What a digest says: of each message all that it would have said alone, so that its reader can act from it.

    Of the last of many it says the subject, and where the rest is to be read: none is left out.
    """
    told = wanted.join(messages)
    items: list[dict[str, Any]] = []
    briefly: list[dict[str, Any]] = []
    for message in told:
        subject, url = render(message).subject, message.context.get("url")
        said = {"subject": subject, "language": message.language}
        # What has not one link of its own could not be told in brief.
        if len(items) < IN_FULL or not url:
            items.append(said | {"template": message.template, "facts": message.context})
        else:
            briefly.append(said | {"url": url})
    return {"items": items, "briefly": briefly, "count": len(told)}


def _skipped(message: Message, wishes: Preferences, now: dt.datetime) -> bool:
    """What is no longer true, or no longer wanted, leaves the queue and says why."""
    reason = UNWANTED if _is_refused(message, wishes) else wanted.overtaken(message, at=now)
    if reason:
        Message.objects.filter(pk=message.pk).move(Message.State.SKIPPED, skipped_at=now, last_error=reason)
    return bool(reason)


def _is_refused(message: Message, wishes: Preferences) -> bool:
    return frequency_of(message, wishes) == Frequency.NEVER
