"""How the mail is doing: what waits and since when, what failed, which addresses are silent, whether beat beats."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, Min, Subquery, When
from django.db.models.functions import Greatest, Least

from mail.bounces import SET_ASIDE
from mail.models import Heartbeat, Message, Suppression
from mail.models.messages import HELD_UP

DAY = dt.timedelta(days=1)
# Beat ticks every half minute; delivery should not lag behind by more than a few runs.
SILENT_AFTER = dt.timedelta(minutes=3)
LATE_AFTER = dt.timedelta(minutes=15)
PULSE = "beat"


class Figures(NamedTuple):
    """Of the outbox at an instant. `waiting_since`: when the oldest message that could leave was due."""

    due: int
    waiting_since: dt.datetime | None
    sent: int
    failed: int
    bounced: int
    kept: int
    """Not sent because their address is set aside: no failure of the provider, and nobody read them."""
    silent_addresses: int

    @property
    def failed_percent(self) -> float:
        """Of what was sent or given up in the last day, in percent; 0 when nothing was."""
        failed = self.failed + self.bounced
        done = max(self.sent + self.failed, failed)
        return round(100 * failed / done, 1) if done else 0.0


def mail_figures(now: dt.datetime) -> Figures:
    """Six queries by index, however long the history."""
    due, since = _waiting(now)
    day = (now - DAY, now)
    sent = Message.objects.filter(state=Message.State.SENT, sent_at__range=day).count()
    failed = Message.objects.filter(state=Message.State.FAILED, failed_at__range=day).count()
    bounced = Message.objects.filter(outcome=Message.Outcome.BOUNCED, outcome_at__range=day).count()
    kept = Message.objects.filter(
        state=Message.State.SKIPPED, skipped_at__range=day, last_error__startswith=SET_ASIDE
    ).count()
    return Figures(due, since, sent, failed, bounced, kept, Suppression.objects.count())


def _waiting(now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many should have left, and since when they could: being refused does not make the first of them younger.

    A server that took another message meanwhile does not refuse everybody: what it refused waits since then at most.
    """
    sent = Message.objects.filter(state=Message.State.SENT).order_by("-sent_at").values("sent_at")[:1]
    refused = Least("next_attempt_at", Greatest("due_at", Subquery(sent)))
    since = Case(When(HELD_UP, then=refused), default=F("next_attempt_at"))
    waiting = Message.objects.waiting(now).order_by().aggregate(count=Count("pk"), since=Min(since))
    return waiting["count"], waiting["since"]


def note_beat(task: str, *, now: dt.datetime) -> None:
    """A periodic task was done; an earlier instant never overwrites a later one, unless the clock was set back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_heartbeat (task, beat_at) VALUES (%(task)s, %(now)s) ON CONFLICT (task) DO UPDATE "
            "SET beat_at = CASE WHEN mail_heartbeat.beat_at > %(farthest)s THEN EXCLUDED.beat_at "
            "ELSE GREATEST(mail_heartbeat.beat_at, EXCLUDED.beat_at) END",
            {"task": task, "now": now, "farthest": now + SILENT_AFTER},
        )


def last_beat() -> dt.datetime | None:
    """When beat last had its pulse taken by a worker; None when it never did."""
    return Heartbeat.objects.filter(task=PULSE).values_list("beat_at", flat=True).first()


def health(now: dt.datetime) -> dict[str, str | float]:
    """In words that a monitor reads: "ok", or what is wrong and since how many seconds; and the figures behind them.

    `mail_waiting_seconds`: the age of the oldest message that could leave; `mail_failed_percent`: of the last day.
    """
    beat, figures = last_beat(), mail_figures(now)
    since = figures.waiting_since
    return {
        "beat": _since(beat, now, SILENT_AFTER, "silent") if beat else "never",
        "mail": _since(since, now, LATE_AFTER, "late") if since else "ok",
        "mail_waiting_seconds": round((now - since).total_seconds()) if since else 0,
        "mail_failed_percent": figures.failed_percent,
        "mail_kept_by_silent_addresses": figures.kept,
    }


def _since(instant: dt.datetime, now: dt.datetime, most: dt.timedelta, wrong: str) -> str:
    return "ok" if now - instant <= most else f"{wrong} for {(now - instant).total_seconds():.0f} s"
