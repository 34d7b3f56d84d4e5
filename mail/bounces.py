"""What becomes of a message after the mail server took it, and addresses that nothing reaches any more.

Whoever should know that an address fell silent registers a function when its app is loaded:

    @bounces.when_set_aside
    def tell_others(suppression: Suppression, now: dt.datetime) -> None: ...
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from mail.addresses import in_letters
from mail.models import Message, MessageQuerySet, Suppression
from mail.models.messages import STAMPS

logger = logging.getLogger(__name__)

Told = Callable[[Suppression, dt.datetime], None]

SOFT_TRIES_AT_MOST = 5
SOFT_WAIT = dt.timedelta(hours=1)
SET_ASIDE = "Adresse écartée\u00a0:"


def _lost(of: str = "") -> Q:
    """What reached nobody: refused, come back after it left, or kept because its address was set aside."""
    refused = {"state": Message.State.FAILED}
    came_back = {"state": Message.State.SENT, "outcome": Message.Outcome.BOUNCED}
    kept = {"state": Message.State.SKIPPED, "last_error__startswith": SET_ASIDE}
    ways = [Q(**{f"{of}{name}": value for name, value in way.items()}) for way in (refused, came_back, kept)]
    return ways[0] | ways[1] | ways[2]


LOST = _lost()
# By itself, or with the digest that holds it.
LOST_ANYWAY = LOST | _lost("gathered_into__")
COMPLAINT = "La personne a signalé un de nos courriels comme indésirable."
# Why it blocks the address it does not tell: after a refusal, or because its reader wished so.
BLOCKED = (
    "Notre service d’envoi bloque cette adresse et n’y remet plus rien\u00a0: débloquez-la d’abord chez lui, puis ici."
)

# RFC 3463: the class of a status code, 4 for what passes, 5 for what stays.
ENHANCED_CODE = re.compile(r"\b([45])\.\d{1,3}\.\d{1,3}\b")

_listeners: list[Told] = []


class Event(StrEnum):
    """What the provider tells of a message."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    FAILED = "failed"
    BLOCKED = "blocked"
    COMPLAINED = "complained"


OUTCOMES = {
    Event.DELIVERED: Message.Outcome.DELIVERED,
    Event.DEFERRED: Message.Outcome.DEFERRED,
    Event.HARD_BOUNCE: Message.Outcome.BOUNCED,
    Event.FAILED: Message.Outcome.BOUNCED,
    Event.BLOCKED: Message.Outcome.BOUNCED,
    Event.COMPLAINED: Message.Outcome.COMPLAINED,
}
# What is said last stays, but for these: a late word of the way there does not undo them.
FINAL = (Message.Outcome.BOUNCED, Message.Outcome.COMPLAINED)
# What may still be told of what has arrived; all else is told late, or out of order.
AFTER_ARRIVAL = (Event.HARD_BOUNCE, Event.COMPLAINED)


def when_set_aside(listener: Told) -> Told:
    """Function decorator: call this in the transaction that sets an address aside."""
    _listeners.append(listener)
    return listener


def told_to_others(suppression: Suppression) -> str:
    """What the mail server answered; empty where our mail was stopped for what its reader did: that is theirs alone.

    Empty too where it may have been that, and where no server answered.
    """
    return "" if suppression.reason in (COMPLAINT, BLOCKED) else suppression.reason


@transaction.atomic
def set_aside(*, address: str, reason: str, now: dt.datetime) -> bool:
    """Write to this address no more, and have those told who should know. False when it was set aside before."""
    suppression, new = Suppression.objects.get_or_create(
        address=address.lower(), defaults={"reason": reason[:500], "created_at": now}
    )
    if new:
        for listener in _listeners:
            _call(listener, suppression, now)
    return new


def _call(listener: Told, suppression: Suppression, now: dt.datetime) -> None:
    """A fault of ours in telling others must not hold up the messages behind this one."""
    try:
        with transaction.atomic():
            listener(suppression, now)
    except Exception:
        logger.exception("Others were not told that %s fell silent", suppression.pk)


def messages_to(address: str) -> MessageQuerySet:
    """Those that we wrote to an address that the provider names, in whatever letters it does."""
    return Message.objects.filter(Q(to_email__iexact=address) | Q(to_email__iexact=in_letters(address)))


@transaction.atomic
def note(*, event: Event, address: str, message_id: str, reason: str, now: dt.datetime) -> None:
    """Take down what the provider tells. Events may come twice, late and in any order.

    An address is set aside only when we have written to it: nobody else's word silences it.
    """
    to_address = messages_to(address)
    message = to_address.filter(message_id=message_id).select_for_update().first()
    if message is not None:
        _note_outcome(message, event, reason, now)
    known = message or to_address.first()
    silences = {
        Event.HARD_BOUNCE: reason or "Le serveur du destinataire refuse cette adresse.",
        Event.BLOCKED: BLOCKED,
        Event.COMPLAINED: COMPLAINT,
    }
    if event in silences and known:
        set_aside(address=known.to_email, reason=silences[event], now=now)


def _settle_arrived(message: Message, now: dt.datetime) -> None:
    """It has arrived, although it was to be tried again or was given up: two words crossed, or an answer got lost.

    It goes once. What a digest tells by now is left to it.
    """
    tried = Message.objects.filter(pk=message.pk, attempts__gt=0, gathered_into=None)
    stamps = dict.fromkeys(STAMPS) | {"sent_at": now}
    tried.move(Message.State.SENT, **stamps, **({"context": {}} if message.secret else {}))


def _note_outcome(message: Message, event: Event, reason: str, now: dt.datetime) -> None:
    if message.outcome == Message.Outcome.DELIVERED and event not in AFTER_ARRIVAL:
        return
    if event == Event.DELIVERED:
        _settle_arrived(message, now)
    sent = Message.objects.filter(pk=message.pk, state=Message.State.SENT).exclude(outcome__in=FINAL)
    if event == Event.SOFT_BOUNCE:
        again = now + SOFT_WAIT * 2**message.soft_bounces
        if not _may_go_again(message, again):
            sent.update(outcome=Message.Outcome.BOUNCED, outcome_at=now, last_error=reason)
            return
        # It left in time, and is due anew: what waits for a mailbox to be emptied is not late.
        sent.update(
            state=Message.State.QUEUED,
            sent_at=None,
            outcome="",
            outcome_at=None,
            attempts=message.attempts + 1,
            soft_bounces=message.soft_bounces + 1,
            due_at=again,
            next_attempt_at=again,
            turn_at=None,
            last_error=reason,
        )
        return
    sent.update(outcome=OUTCOMES[event], outcome_at=now, **({"last_error": reason} if reason else {}))


def _may_go_again(message: Message, again: dt.datetime) -> bool:
    """Another try makes sense: its words are there, it has an object then, and it has not come back often.

    What our own line or the server refused before says nothing of the mailbox, and does not count.
    """
    in_time = message.not_after is None or again < message.not_after
    return in_time and bool(message.context) and message.soft_bounces < SOFT_TRIES_AT_MOST


def is_passing(answer: str) -> bool:
    """Whether a mail server's answer names a state that passes, such as a full mailbox (RFC 3463)."""
    codes = ENHANCED_CODE.findall(answer)
    return bool(codes) and "5" not in codes
