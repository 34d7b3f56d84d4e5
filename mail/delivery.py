"""Delivery: one message at a time, its row locked while the mail server takes it.

A crash between the server's last answer and our commit sends that one message again, under the same
Message-ID: the only window that SMTP leaves open. Nothing is marked as sent before it was.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import smtplib
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from mail import wanted, wishes
from mail.bounces import ENHANCED_CODE, SET_ASIDE, set_aside
from mail.models import Message, Suppression
from mail.pace import take_turn
from mail.rendering import Rendered, build_email, one_line, render
from mail.turns import take_turns

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
Rest = Callable[[float], None]

RUN_AT_MOST = dt.timedelta(seconds=50)
# Of a message without a limit of its own (`not_after`): about four days, as mail servers do (RFC 5321, 4.5.4.1).
ATTEMPTS_AT_MOST = 20
LONGEST_WAIT = dt.timedelta(hours=8)
FIRST_WAIT = dt.timedelta(minutes=1)

# While a row is held the server answers at most EHLO, HELO, MAIL, RCPT, DATA, the final dot and RSET.
ANSWERS_PER_MESSAGE = 8

# RFC 5321, 4.2.3.
SERVICE_CLOSING = 421
PERMANENT = 500
TOO_LARGE = 552

# RFC 3463, RFC 7505: what is said of the address itself, after DATA too; and what servers say of it at RCPT alone.
ADDRESS_REFUSAL = re.compile(r"\b5\.(1\.(1|2|3|6|10)|2\.1)\b")
RECIPIENT_REFUSAL = re.compile(r"\b5\.(0\.0|1\.0|4\.1|5\.0\b.*\bmailbox unavailable)\b", re.IGNORECASE)
# Of a server that gives no such code: no mailbox, not here, not a mailbox name, takes no mail (RFC 5321, RFC 7504).
NO_MAILBOX = frozenset({550, 551, 553, 556})
# Words on the sender, on our server, on a policy or on room that is left: without a code they say nothing of a mailbox.
OTHER_THAN_THE_ADDRESS = re.compile(
    r"\b(relay\w*|(un)?block\w*|(black|deny|gr[ae]y)[ -]?list\w*|banned|prohibit\w*|polic(y|ies)|reputation"
    r"|\w*spam\w*|junk\w*|abus\w*|virus|rbl|dnsbl|spf|dkim|dmarc|(un)?auth\w*|senders?|client|ip|helo|ehlo|r?dns|ptr"
    r"|your (server|host|domain|network)|rate|limit\w*|too many|quota|full)\b",
    re.IGNORECASE,
)
# A full mailbox, and our own sender: that may be repaired, on one side or the other.
PASSING_REFUSAL = re.compile(r"\b5\.(2\.2|1\.7|1\.8)\b")


# Stands for the present in a statement that is written once.
SOME_INSTANT = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


class Outcome(StrEnum):
    """What became of one due message."""

    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    GATHERED = "gathered"
    POSTPONED = "postponed"
    READY = "ready"
    """To be sent, once the provider's pace leaves it a turn: nothing was done yet."""


@dataclass
class Tally:
    """What one run did. `paused`: the mail server asked for a rest or does not answer."""

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    gathered: int = 0
    postponed: int = 0
    paused: bool = False

    @property
    def handled(self) -> int:
        return self.sent + self.failed + self.skipped + self.gathered + self.postponed

    def add(self, outcome: Outcome) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)


class Refusal(NamedTuple):
    """Why a message was not taken, and what follows from it."""

    reason: str
    permanent: bool = False
    """The server said 5xx: asking again is useless."""
    bounced: bool = False
    """The address itself was refused for good."""
    pauses: bool = False
    """The server wants no message at all for now."""
    hang_up: bool = False
    """The connection is of no more use."""


class Result(NamedTuple):
    outcome: Outcome
    refusal: Refusal | None = None

    @property
    def spends_turn(self) -> bool:
        """Whether the mail server was spoken to."""
        return self.outcome == Outcome.SENT or self.refusal is not None


def deliver_due(
    *, now: dt.datetime, limit: int, clock: Clock, stop_at: dt.datetime | None = None, rest: Rest = time.sleep
) -> Tally:
    """Deliver what is due at `now` over one connection: at most `limit` messages, none begun after `stop_at`.

    Any number may run at once: each row is taken by one of them, and together they keep the provider's pace. What
    cannot leave now stays queued with its error. `clock` gives the instants that are stamped, `rest` lets seconds
    pass. Must not run inside a transaction.
    """
    tally = Tally()
    if not Message.objects.due(now).exists():
        return tally
    take_turns(at=now)
    line = mailers.default
    stop_at = stop_at or now + RUN_AT_MOST
    has_turn = False
    try:
        while not tally.paused and tally.handled < limit and clock() < stop_at:
            if not open_line(line):
                tally.paused = True
            elif not (result := deliver_next(line, now=max(now, clock()), clock=clock, has_turn=has_turn)):
                break
            elif result.outcome != Outcome.READY:
                settle_line(line, result, tally)
                has_turn = has_turn and not result.spends_turn
            elif not (has_turn := await_turn(clock, rest, stop_at)):
                break
    finally:
        line.close()
    return tally


def await_turn(clock: Clock, rest: Rest, stop_at: dt.datetime) -> bool:
    """Wait until the provider takes another message; False when that is not before `stop_at`."""
    now = clock()
    turn = take_turn(now=now, latest=stop_at) if now < stop_at else None
    if turn is None:
        return False
    if turn > now:
        rest((turn - now).total_seconds())
    return True


def open_line(line: BaseEmailBackend) -> bool:
    """Connect unless connected; False, with the reason logged, when the mail server cannot be had."""
    try:
        line.open()
    except OSError as error:  # every error of smtplib, sockets and TLS is one
        logger.warning("The mail server is unreachable, messages wait: %s", describe(error))
        return False
    return True


def settle_line(line: BaseEmailBackend, result: Result, tally: Tally) -> None:
    """Count the result, after its transaction, and leave the connection fit for the next message."""
    tally.add(result.outcome)
    if result.refusal is None:
        return
    tally.paused = result.refusal.pauses
    if result.refusal.hang_up:
        line.close()


@transaction.atomic(durable=True)
def deliver_next(line: BaseEmailBackend, *, now: dt.datetime, clock: Clock, has_turn: bool = False) -> Result | None:
    """Lock the most urgent due message, send and mark it in this one transaction; None: nothing is due.

    Where the provider sets a pace, one that is to be sent is let go until there is a turn: no row is locked meanwhile,
    and what is more urgent by then goes first.
    """
    allow_slow_server()
    message = claim(now)
    if message is None:
        return None
    at = clock()
    try:
        if held := hold_back(message, at=at):
            return Result(held)
        if settings.MAIL_PER_SECOND and not has_turn:
            return Result(Outcome.READY)
        rendered = render(message)
        hand_over(line, build_email(message, rendered, sent_at=at))
    except OSError as error:
        refusal = read_refusal(error)
        logger.warning("Message %s was not taken: %s", message.pk, refusal.reason)
    except Exception as error:
        # A fault of ours, such as a broken template or check, must not hold up the messages behind this one.
        logger.exception("Message %s could not be sent", message.pk)
        refusal = Refusal(describe(error))
    else:
        mark(message, Message.State.SENT, sent_at=clock(), **kept_body(message, rendered))
        return Result(Outcome.SENT)
    return Result(record_refusal(message, refusal, at=at), refusal)


def claim(now: dt.datetime) -> Message | None:
    """Lock the most urgent message that is due and that nobody else has in hand."""
    sql, values = claim_statement()
    return next(iter(Message.objects.raw(sql, [now if value == SOME_INSTANT else value for value in values])), None)


@cache
def claim_statement() -> tuple[str, tuple[object, ...]]:
    """Written once: Django takes twice as long to write it as to run it and read the answer."""
    claimed = Message.objects.due(SOME_INSTANT).select_for_update(skip_locked=True)[:1]
    return claimed.query.sql_with_params()


def hold_back(message: Message, *, at: dt.datetime) -> Outcome | None:
    """Do what takes the place of sending: nothing is true any more, or the person wishes otherwise. None: send it."""
    if reason := why_unwanted(message, at=at):
        mark(message, Message.State.SKIPPED, skipped_at=at, last_error=reason)
        return Outcome.SKIPPED
    match wishes.instead_of_sending(message, at=at):
        case wishes.Instead(state=Message.State.SKIPPED):
            mark(message, Message.State.SKIPPED, skipped_at=at, last_error=wishes.UNWANTED)
            return Outcome.SKIPPED
        case wishes.Instead(state=Message.State.GATHERED, until=until):
            mark(message, Message.State.GATHERED, gathered_at=at, next_attempt_at=until)
            return Outcome.GATHERED
        case wishes.Instead(until=dt.datetime() as until):
            # It does not wait for a server any more, should one have refused it.
            Message.objects.filter(pk=message.pk).update(next_attempt_at=until, turn_at=None, last_error="")
            return Outcome.POSTPONED
    return None


def allow_slow_server() -> None:
    """Let this transaction idle as long as the mail server's answers may take, MAIL_TIMEOUT seconds each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true)",
            [f"{ANSWERS_PER_MESSAGE * settings.MAIL_TIMEOUT}s"],
        )


def why_unwanted(message: Message, *, at: dt.datetime) -> str:
    """Why this message should no longer be sent; empty when it should, with what is left of it."""
    suppression = Suppression.objects.filter(address=message.to_email.lower()).first()
    return f"{SET_ASIDE} {suppression.reason}" if suppression else wanted.overtaken(message, at=at)


def hand_over(line: BaseEmailBackend, email: EmailMessage) -> None:
    """Give the message to the mail server; returns once the server answers for it."""
    if line.send_messages([email]) != 1:
        raise ConnectionError("the mail backend did not take the message")


def read_refusal(error: OSError) -> Refusal:
    """What an error of the SMTP dialogue means (RFC 5321, 4.2.1).

    A server that refuses our sender for good refuses everything we send: the operator has something to
    repair, and no message is given up for it. 552 is the exception: that one message is too large.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reason = read_answer(*next(iter(error.recipients.values())))
        case smtplib.SMTPResponseException():
            code, reason = read_answer(error.smtp_code, error.smtp_error)
        case _:
            return Refusal(describe(error), hang_up=True)
    if code == SERVICE_CLOSING:
        return Refusal(reason, pauses=True, hang_up=True)
    if code < PERMANENT:
        return Refusal(reason)
    if isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_LARGE:
        return Refusal(reason, pauses=True)
    at_recipient = isinstance(error, smtplib.SMTPRecipientsRefused)
    if _may_pass(code, reason, at_recipient=at_recipient):
        return Refusal(reason)
    return Refusal(reason, permanent=True, bounced=_is_of_the_address(code, reason, at_recipient=at_recipient))


def _may_pass(code: int, reason: str, *, at_recipient: bool) -> bool:
    """A full mailbox, or our sender refused: said with a permanent code, and over once somebody has cleaned up."""
    if ENHANCED_CODE.search(reason):
        return bool(PASSING_REFUSAL.search(reason))
    return at_recipient and code == TOO_LARGE


def _is_of_the_address(code: int, reason: str, *, at_recipient: bool) -> bool:
    """Whether nothing will ever reach this address; where that is not clear, it is no such word."""
    if ADDRESS_REFUSAL.search(reason):
        return True
    if not at_recipient or OTHER_THAN_THE_ADDRESS.search(reason):
        return False
    if ENHANCED_CODE.search(reason):
        return bool(RECIPIENT_REFUSAL.search(reason))
    return code in NO_MAILBOX


def record_refusal(message: Message, refusal: Refusal, *, at: dt.datetime) -> Outcome:
    """Write down why the message did not leave, and either when to try again or that it is given up."""
    attempts = message.attempts + 1
    again_at = _again_at(message, attempts, at=at)
    if refusal.bounced:
        set_aside(address=message.to_email, reason=refusal.reason, now=at)
    # Where nothing at all is taken from us, an operator has something to repair, and no message is at fault.
    worn_out = message.not_after is None and attempts >= ATTEMPTS_AT_MOST and not refusal.pauses
    if refusal.permanent or worn_out or again_at is None:
        mark(message, Message.State.FAILED, failed_at=at, attempts=attempts, last_error=refusal.reason)
        return Outcome.FAILED
    Message.objects.filter(pk=message.pk).update(
        attempts=attempts, next_attempt_at=again_at, turn_at=None, last_error=refusal.reason
    )
    return Outcome.POSTPONED


def _again_at(message: Message, attempts: int, *, at: dt.datetime) -> dt.datetime | None:
    """When to try once more; None when what is left of its time is less than the shortest wait."""
    again_at = at + wait_before(attempts, seed=message.message_id)
    if message.not_after is None or again_at < message.not_after:
        return again_at
    halfway = at + (message.not_after - at) / 2
    return halfway if halfway - at >= FIRST_WAIT else None


def wait_before(attempt: int, *, seed: str) -> dt.timedelta:
    """How long to wait after the failed attempt number `attempt` ≥ 1: 1, 2, 4… minutes, eight hours at most.

    And up to a quarter more.

    The extra comes from the seed, so that messages refused together do not come back together.
    """
    extra = zlib.crc32(f"{seed}{attempt}".encode()) / 2**32 / 4
    return min(FIRST_WAIT * float(2 ** min(attempt - 1, 20)), LONGEST_WAIT) * (1 + extra)


def mark(message: Message, state: Message.State, **stamps: object) -> None:
    """Move the locked message to a final state; what a secret one said is erased with it."""
    if message.secret:
        stamps["context"] = {}
    Message.objects.filter(pk=message.pk).move(state, **stamps)


def kept_body(message: Message, rendered: Rendered) -> dict[str, str]:
    """What stays readable of a sent message: all of it, or nothing of a secret one outside DEBUG."""
    if message.secret and not settings.DEBUG:
        return {}
    return {**rendered._asdict(), "calendar": message.calendar}


def describe(error: Exception) -> str:
    """An error in one line, with its kind."""
    return one_line(f"{type(error).__name__}: {error}")


def read_answer(code: int, answer: bytes | str) -> tuple[int, str]:
    """A server's answer: its code, and code and words in one line, whatever its bytes."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return code, one_line(f"{code} {words}")
