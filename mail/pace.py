"""How fast the provider lets us speak: one turn for each message, taken by all workers from one row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection

# Nobody reserves a turn farther ahead: a row that says so was written by a clock that has been set back since.
FARTHEST = dt.timedelta(minutes=10)
# Who takes a turn moves the row on, in a transaction of its own: nobody waits for another's mail server.
TAKE_TURN = """
INSERT INTO mail_pace AS pace (id, free_at) VALUES (1, %(now)s + %(step)s)
ON CONFLICT (id) DO UPDATE SET free_at = %(step)s
    + CASE WHEN pace.free_at > %(farthest)s THEN %(now)s ELSE GREATEST(pace.free_at, %(now)s) END
WHERE pace.free_at <= %(latest)s OR pace.free_at > %(farthest)s
RETURNING free_at - %(step)s
"""


def take_turn(*, now: dt.datetime, latest: dt.datetime) -> dt.datetime | None:
    """The instant from which the next message may leave; None when there is none up to `latest`.

    Without a limit (MAIL_PER_SECOND is 0), `now`.
    """
    if not settings.MAIL_PER_SECOND:
        return now
    step = dt.timedelta(seconds=1 / settings.MAIL_PER_SECOND)
    values: dict[str, Any] = {"now": now, "latest": latest, "step": step, "farthest": now + FARTHEST + step}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, values)
        row = cursor.fetchone()
    return max(now, row[0]) if row else None
