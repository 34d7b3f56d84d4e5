"""Where every other app tells something by e-mail: in its own transaction, once per key."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parseaddr
from typing import Any, NamedTuple

from celery import signature
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from psycopg.types.json import Jsonb
from redis.exceptions import RedisError

from mail.addresses import validate_address
from mail.bounces import LOST, SET_ASIDE
from mail.models import Message, MessageQuerySet
from mail.models.messages import STAMPS
from mail.readers import Ways, readdress, ways_to
from mail.rendering import RESERVED_NAMES, one_line
from mail.turns import TURN
from mail.wanted import NOT_FOR_THEM, is_for_them
from territories.prepared import run_planned

logger = logging.getLogger(__name__)


URGENT, NORMAL, BULK = 1, 5, 9
# By its name: the task's module stands above this one.
DELIVER = "mail.tasks.deliver"
# Whether a hint waits to be followed. Should it be lost with its broker, the next may go after so many seconds.
HINT, HINT_LASTS = "mail.hint", 5


class OutsideTransaction(RuntimeError):
    """A message was posted outside a transaction: it could be told although the deed was undone."""


class Address(NamedTuple):
    """Whom to write to. The name is shown, and greets; it may be empty."""

    email: str
    name: str = ""


class Rehearsal(NamedTuple):
    """What would be posted: the messages as they would stand in the outbox, unsaved, all in one language."""

    language: str
    messages: list[Message]


_rehearsal: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)


@contextmanager
def rehearsal(*, language: str) -> Iterator[Rehearsal]:
    """Within it, `post` refuses what it always refuses, and writes nothing: what it is given is gathered instead.

    Nobody is woken either. `accounts.letters` then speaks this language, whatever the readers' own is.
    """
    played = Rehearsal(language, [])
    token = _rehearsal.set(played)
    try:
        yield played
    finally:
        _rehearsal.reset(token)


def rehearsed_language() -> str | None:
    """The language of the rehearsal that is going on; None when mail is posted in earnest."""
    played = _rehearsal.get()
    return played.language if played else None


# One statement: whether the key is new and whether the address may be written to are decided by the
# database, under the caller's transaction. Two transactions that post one key wait for each other.
# The turn (`mail.turns`): one second after the last of its own that waits, else after the front of the queue. What is
# due later has none yet.
INSERT = """
INSERT INTO mail_message (
    key, template, to_email, to_name, language, context, about, thread, capacity, reply_to, calendar, calendar_method,
    secret, priority, instant, weekly, time_zone, on_behalf_of, turn_at, message_id, created_at, due_at, not_after,
    next_attempt_at, state, skipped_at, last_error
)
SELECT
    one.key, one.template, one.to_email, one.to_name, one.language,
    CASE WHEN one.secret AND refused.id IS NOT NULL THEN '{}'::jsonb ELSE one.context END,
    one.about, one.thread, one.capacity, one.reply_to, one.calendar, one.calendar_method, one.secret,
    one.priority, one.instant, one.weekly, one.time_zone, one.on_behalf_of,
    CASE WHEN one.due_at <= one.created_at THEN
        COALESCE(GREATEST(
            (SELECT min(turn_at) FROM mail_message WHERE priority = one.priority AND state = 'queued'),
            (
                SELECT max(turn_at) FROM mail_message
                WHERE on_behalf_of = one.on_behalf_of AND priority = one.priority AND state = 'queued'
            )
        ) + $2, one.due_at) + $2 * (row_number() OVER (
            PARTITION BY one.on_behalf_of, one.priority, one.due_at <= one.created_at ORDER BY number
        ) - 1)
    END,
    one.message_id, one.created_at, one.due_at, one.not_after, one.due_at,
    CASE WHEN refused.id IS NULL THEN 'queued' ELSE 'skipped' END,
    CASE WHEN refused.id IS NOT NULL THEN one.created_at END,
    CASE WHEN refused.id IS NULL THEN '' ELSE $3 || ' ' || refused.reason END
FROM ROWS FROM (jsonb_to_recordset($1) AS (
    key text, template text, to_email text, to_name text, language text, context jsonb, about text, thread text,
    capacity text, reply_to text, calendar text, calendar_method text, secret boolean, priority smallint,
    instant boolean, weekly boolean, time_zone text, on_behalf_of text, message_id text, created_at timestamptz,
    due_at timestamptz, not_after timestamptz
)) WITH ORDINALITY AS one (
    key, template, to_email, to_name, language, context, about, thread, capacity, reply_to, calendar, calendar_method,
    secret, priority, instant, weekly, time_zone, on_behalf_of, message_id, created_at, due_at, not_after, number
)
LEFT JOIN mail_suppression AS refused ON refused.address = lower(one.to_email)
ORDER BY number
ON CONFLICT (key) DO NOTHING
RETURNING id
"""
# What `together` gathers, in this thread or task.
_gathered: ContextVar[list[dict[str, Any]] | None] = ContextVar("gathered", default=None)


def post(
    template: str,
    *,
    key: str,
    to: Address | tuple[str, str],
    context: Mapping[str, object],
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    priority: int = NORMAL,
    instant: bool = False,
    weekly: bool = False,
    on_behalf_of: str = "",
    time_zone: str = "",
    about: str = "",
    thread: str = "",
    capacity: str = "",
    reply_to: str = "",
    calendar: str = "",
    calendar_method: str = "",
    secret: bool = False,
    language: str = "fr",
) -> bool:
    """Write a message into the outbox; True when it is new, False when its key was already told.

    What never left, for its reader had their `capacity` no longer, was not told: it is new once they have it again.

    It leaves after the caller's commit, not before `due_at` (default: `now`) and not after `not_after`;
    among those due, the lowest `priority` first, and then in turn for each `on_behalf_of` ("company:3"; default: the
    address). What the owner of the address wishes is asked when it leaves: quiet hours are those of `time_zone`
    (IANA), no digest holds an `instant` one, and that of a week holds a `weekly` one. `about` ("booking:12") is what
    is looked at once more before it leaves (`mail.wanted`), and the thread that it stands in unless a `thread` is
    named; so is the `capacity` ("manager:companies:3:17") in which somebody reads it. An address set aside gets a row
    too, skipped, with the reason. `secret` erases the context once the message left the queue and keeps no body.
    In a `rehearsal` nothing is written, and every message is new.

    Raises `OutsideTransaction` outside `atomic()`, `TypeError` when the context holds anything but JSON,
    `ValueError` for an address that is none or a context name that the layout uses itself.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"'{key}' was posted outside a transaction.")
    address = Address(*to)
    check_address(address.email)
    if reply_to:
        check_address(reply_to)
    check_context(context)
    due_at = due_at or now
    row: dict[str, Any] = {
        "key": key,
        "template": template,
        "to_email": address.email,
        "to_name": one_line(address.name)[:200],
        "language": language,
        "context": dict(context),
        "about": about,
        "thread": thread,
        "capacity": capacity,
        "reply_to": reply_to,
        "calendar": calendar,
        "calendar_method": calendar_method,
        "secret": secret,
        "priority": priority,
        "instant": instant,
        "weekly": weekly,
        "time_zone": time_zone,
        "on_behalf_of": on_behalf_of or address.email.lower(),
        "message_id": new_message_id(),
        "due_at": due_at,
        "not_after": not_after,
    }
    if played := _rehearsal.get():
        played.messages.append(Message(**row, created_at=now, next_attempt_at=due_at))
        return True
    row |= {
        "created_at": now.isoformat(),
        "due_at": due_at.isoformat(),
        "not_after": not_after and not_after.isoformat(),
    }
    wakes = due_at <= now
    gathered = _gathered.get()
    if gathered is not None:
        gathered.append(row)
        written = True
    else:
        written = bool(_write([row]))
    if written and wakes:
        wake_at_commit()
    return written


@contextmanager
def together() -> Iterator[None]:
    """Write all that the block posts in one statement at its end; `post` tells of none whether its key is new."""
    rows: list[dict[str, Any]] = []
    before = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(before)
    if rows:
        _write(rows)


def _write(rows: list[dict[str, Any]]) -> int:
    """How many of them are new, or told after all."""
    new = len(run_planned(INSERT, [Jsonb(rows), TURN, SET_ASIDE]))
    in_capacity = {row["key"]: row for row in rows if row["capacity"]}
    return new if new == len(rows) or not in_capacity else new + _tell_after_all(in_capacity)


def _tell_after_all(rows: Mapping[str, dict[str, Any]]) -> int:
    """What never left since its reader was no longer whom it is for, and is again, by keys: it leaves; how many do.

    As it is told by now: a promise that was taken back and given anew is another one.
    """
    kept = Message.objects.filter(state=Message.State.SKIPPED, attempts=0, last_error__startswith=NOT_FOR_THEM)
    again = [one for one in kept.filter(key__in=rows).select_for_update() if is_for_them(one)]
    for message in again:
        row = rows[message.key] | {"message_id": message.message_id}
        anew = {**dict.fromkeys(STAMPS), "last_error": "", "next_attempt_at": row["due_at"]}
        Message.objects.filter(pk=message.pk).move(Message.State.QUEUED, **row, **anew)
    return len(again)


def requeue(ids: Iterable[int], *, now: dt.datetime) -> int:
    """Put messages that were lost (`_lost`) into the queue, all attempts anew; returns how many.

    Each goes to the address that its reader has by now. One to an address that is set aside stays as it is: it would
    not leave. So does one for somebody who has no account any more.
    """
    with transaction.atomic():
        ways = ways_to(_lost(ids, now).select_for_update())
        for message, mailbox in ways.open:
            readdress(message, mailbox)
        again = Message.objects.filter(pk__in=[message.pk for message, _ in ways.open])
        anew = {**dict.fromkeys(STAMPS), "outcome": "", "outcome_at": None, "attempts": 0, "soft_bounces": 0}
        count = again.move(Message.State.QUEUED, next_attempt_at=now, **anew)
        if count:
            wake_at_commit()
    return count


def ways_again(ids: Iterable[int], *, now: dt.datetime) -> Ways:
    """Which of these `requeue` sends, and how many it leaves for their address, or for want of their reader."""
    return ways_to(_lost(ids, now))


def _lost(ids: Iterable[int], now: dt.datetime) -> MessageQuerySet:
    """What failed, came back after it left, or was not sent because its address was set aside.

    Not what is too late. One whose words were erased, a secret one or an old one, would leave empty.
    """
    chosen = Message.objects.filter(LOST, pk__in=list(ids), secret=False)
    return chosen.exclude(context={}).exclude(not_after__lte=now)


def wake_at_commit() -> None:
    """Have the delivery woken once when this transaction commits, however many messages it posts."""
    if all(callback[1] is not wake_delivery for callback in connection.run_on_commit):
        transaction.on_commit(wake_delivery)


def wake_delivery() -> None:
    """Hint the workers that something is due. The periodic task delivers it anyway.

    One hint waits at a time: whoever follows it takes it back before looking (`take_hint`), and finds all that was
    committed until then.
    """
    try:
        if not _is_hinted():
            signature(DELIVER).delay()
    except OperationalError as error:
        logger.warning("The broker is unreachable (%s): the next tick delivers the mail.", error)


def take_hint() -> None:
    """The hint is followed now: what is posted from here on takes another."""
    try:
        cache.delete(HINT)
    except RedisError as error:
        logger.warning("The cache is unreachable (%s): hints wait for %s s.", error, HINT_LASTS)


def _is_hinted() -> bool:
    try:
        return not cache.add(HINT, value=True, timeout=HINT_LASTS)
    except RedisError:
        return False


def new_message_id() -> str:
    """A Message-ID (RFC 5322) under our sender's domain, fixed for all attempts of one message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain}>"


def check_address(email: str) -> None:
    """Raise `ValueError` unless this is one bare e-mail address."""
    try:
        validate_address(email)
    except ValidationError as error:
        raise ValueError(f"{email!r} is not an e-mail address.") from error


def check_context(context: Mapping[str, object]) -> None:
    """Raise `TypeError`, naming the place, unless the context is JSON all the way down."""
    for name, value in context.items():
        if name in RESERVED_NAMES:
            raise ValueError(f"The context may not redefine '{name}'.")
        check_json(value, at=name)


def check_json(value: object, *, at: str) -> None:
    """Raise `TypeError` when `value`, found at the path `at`, is nothing that JSON knows."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            check_json(item, at=f"{at}[{index}]")
    elif isinstance(value, dict) and all(isinstance(name, str) for name in value):
        for name, item in value.items():
            check_json(item, at=f"{at}.{name}")
    elif value is not None and not isinstance(value, str | int | float | bool):
        raise TypeError(f"The context holds a {type(value).__name__} at '{at}': give text, numbers, lists.")
