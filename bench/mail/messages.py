"""Messages to measure with, and what must have become of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bench.mail.ledger import Ledger
from bench.mail.sink import Taken

# What is told to these recipients, by the first word of their address.
LATER, NEVER, CUT, LOST, BRIEF, EXPIRED, EARLY, REMINDER, PLAIN = (
    "later",
    "never",
    "cut",
    "lost",
    "brief",
    "expired",
    "early",
    "reminder",
    "plain",
)
ANSWERS = {f"{LATER}-*": "451 4.7.1 come back", f"{NEVER}-*": "550 5.1.1 no such user"}
AT_ONCE = 50
# The hours in which nobody is woken, written here a second time: the product does not judge itself.
WALL, NIGHT_FROM, NIGHT_UNTIL = ZoneInfo("Europe/Paris"), 22, 7
# How much later than `not_after` the mail server may hear of a message that was in time when it was taken in hand.
IN_HAND_SECONDS = 2.0

FACTS: dict[str, Any] = {
    "day": "jeudi 3 décembre",
    "hours": "18 h 30 – 20 h 30",
    "company": "L’Atelier des Lilas",
    "place": "1 rue des Lilas, 59000 Lille",
    "places": "12 places",
    "computers": "8 ordinateurs",
    "association": "Les Amis du clavier",
    "participants": "10 participants",
    "topic": "la messagerie",
    "access": [["Entrée", "Par la cour,\nsonnez deux fois"], ["Sur place", "Hélène Carpentier, 03 20 00 00 00"]],
    "url": "https://portail.example.org/reservations/1234/",
}


def post(
    part: str, kinds: Iterable[str], *, now: dt.datetime, every: dt.timedelta = dt.timedelta(), **fields: Any
) -> None:
    """Write a message of each kind into the outbox, each due so much later than the one before.

    Brief ones are without object after a few seconds, the last of them after five minutes.
    """
    from django.db import transaction  # noqa: PLC0415

    from mail import outbox  # noqa: PLC0415

    numbered = list(enumerate(kinds))
    for begin in range(0, len(numbered), AT_ONCE):
        with transaction.atomic():
            for number, kind in numbered[begin : begin + AT_ONCE]:
                outbox.post(
                    "workshop_reminder" if kind == REMINDER else "booking_confirmed",
                    key=f"{part}:{kind}:{number}",
                    to=(f"{kind}-{part}-{number}@example.org", "Ana Dupont"),
                    context=FACTS,
                    time_zone="Europe/Paris",
                    now=now,
                    **{"due_at": now + number * every, **_limit(kind, number, now), **fields},
                )


def _limit(kind: str, number: int, now: dt.datetime) -> dict[str, Any]:
    return {"not_after": now + dt.timedelta(seconds=1 + 7 * number % 300)} if kind == BRIEF else {}


@dataclass
class Verdict:
    """What became of the messages of one part."""

    posted: int = 0
    accepted: int = 0
    lost: int = 0
    """Not accepted by any server although they should have been, or said to be sent and never accepted."""
    wrong_states: int = 0
    """The outbox says otherwise than what happened."""
    expired_sent: int = 0
    early_sent: int = 0
    woke: int = 0
    """What may wait was sent in the night of the wall, whatever our own code says of its hours."""
    doubled: list[Taken] = field(default_factory=list)
    outside_window: list[Taken] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    """Seconds from the final dot to our commit, of what was recorded."""

    def add(self, other: Verdict) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def judge(part: str, ledger: Ledger) -> Verdict:
    """Hold the outbox against what was accepted, for the messages of this part."""
    ledger.read()
    rows, times, verdict = _rows(part), ledger.by_message(), Verdict()
    after = [0.0]
    for row in rows:
        taken = times.get(row["message_id"], [])
        _count(verdict, row, taken)
        if taken and row["committed_at"] and row["state"] == "sent":
            verdict.windows.append(row["committed_at"] - taken[-1].dot_at)
            after.append(row["committed_at"] - taken[-1].at)
    ours = {row["message_id"] for row in rows}
    verdict.doubled = [one for one in ledger.doubled() if one.message_id in ours]
    verdict.outside_window = ledger.outside_window(verdict.doubled, window=max(after))
    return verdict


def _count(verdict: Verdict, row: dict[str, Any], taken: list[Taken]) -> None:
    kind, state = row["key"].split(":")[1], row["state"]
    verdict.posted += 1
    verdict.accepted += bool(taken)
    should_leave = kind not in (NEVER, EXPIRED) and not (kind == BRIEF and state in ("skipped", "failed"))
    verdict.lost += (should_leave or state == "sent") and not taken
    verdict.wrong_states += state not in _ends(kind) or (bool(taken) and state != "sent")
    verdict.expired_sent += kind == EXPIRED and bool(taken)
    verdict.expired_sent += kind == BRIEF and any(
        one.begun_at > row["not_after"].timestamp() + IN_HAND_SECONDS for one in taken
    )
    verdict.early_sent += bool(row["sent_at"]) and row["sent_at"] < row["due_at"]
    verdict.woke += kind == REMINDER and bool(row["sent_at"]) and _is_night(row["sent_at"])


def _is_night(at: dt.datetime) -> bool:
    hour = at.astimezone(WALL).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def _ends(kind: str) -> tuple[str, ...]:
    return {NEVER: ("failed",), EXPIRED: ("skipped", "failed"), BRIEF: ("sent", "skipped", "failed")}.get(
        kind, ("sent",)
    )


def _rows(part: str) -> list[dict[str, Any]]:
    """The messages of this part; `committed_at` is when PostgreSQL committed what it says of them."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, message_id, state, sent_at, not_after, due_at,"
            " extract(epoch FROM pg_xact_commit_timestamp(xmin))::float AS committed_at"
            " FROM mail_message WHERE key LIKE %s",
            [f"{part}%"],
        )
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def told_in_ms(windows: list[float]) -> str:
    """How long the window is, in words."""
    inner = sorted(windows)
    return f"{median(inner) * 1000:.1f} ms, 99 % below {inner[int(len(inner) * 0.99)] * 1000:.0f} ms"
