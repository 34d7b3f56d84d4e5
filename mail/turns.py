"""Who speaks when: who has much to tell takes one turn a second, so that nobody else waits behind all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection

TURN = dt.timedelta(seconds=1)

TAKE = """
UPDATE mail_message SET turn_at = taken.turn_at
FROM (
    SELECT
        id,
        GREATEST(%(at)s, (
            SELECT max(turn_at) FROM mail_message
            WHERE on_behalf_of = own.on_behalf_of AND priority = own.priority AND state = 'queued'
                AND next_attempt_at <= %(at)s AND id <> ALL(%(numbers)s)
        ) + %(turn)s) + %(turn)s * (row_number() OVER (PARTITION BY on_behalf_of, priority ORDER BY id) - 1) AS turn_at
    FROM mail_message AS own
    WHERE id = ANY(%(numbers)s)
) AS taken
WHERE mail_message.id = taken.id
"""


def take_turns(numbers: Collection[int], *, at: dt.datetime) -> None:
    """Messages that come back into the queue and are due at an instant go behind those of their own organisation."""
    values: dict[str, Any] = {"numbers": list(numbers), "at": at, "turn": TURN}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
