"""Who speaks when: who has much to tell takes one turn a second, so that nobody else waits behind all of it.

The seconds are the queue's own: it stands where its front is, however old that is, and who comes joins the next round.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

TURN = dt.timedelta(seconds=1)
# Names the lock of who gives turns.
TAKING = 5_110_016

# What a claim steps over must not hold the front back, nor be stepped over each time. A row that is in hand stays.
GIVE_BACK = """
UPDATE mail_message SET turn_at = NULL
WHERE EXISTS (SELECT FROM mail_pause WHERE template <> '') AND id IN (
    SELECT id FROM mail_message
    WHERE state = 'queued' AND turn_at IS NOT NULL AND template IN (SELECT template FROM mail_pause)
    FOR UPDATE SKIP LOCKED
)
"""
# So many at once, the earliest due first: the next run goes on.
TAKE = """
WITH come AS (
    SELECT id, on_behalf_of, priority, next_attempt_at FROM mail_message
    WHERE state = 'queued' AND turn_at IS NULL AND next_attempt_at <= %(at)s
        AND template NOT IN (SELECT template FROM mail_pause)
    ORDER BY next_attempt_at, id LIMIT 10000
    FOR UPDATE SKIP LOCKED
), taken AS (
    SELECT
        id,
        COALESCE(GREATEST(
            (SELECT min(turn_at) FROM mail_message WHERE priority = come.priority AND state = 'queued'),
            (
                SELECT max(turn_at) FROM mail_message
                WHERE on_behalf_of = come.on_behalf_of AND priority = come.priority AND state = 'queued'
            )
        ) + %(turn)s, min(next_attempt_at) OVER (PARTITION BY priority))
        + %(turn)s * (row_number() OVER (PARTITION BY on_behalf_of, priority ORDER BY next_attempt_at, id) - 1)
            AS turn_at
    FROM come
)
UPDATE mail_message SET turn_at = taken.turn_at FROM taken WHERE mail_message.id = taken.id
"""


def take_turns(*, at: dt.datetime) -> None:
    """What waited for its own hour, or came back into the queue, takes its turn once it is due; what is held has none.

    Whoever is without a turn comes last. One worker at a time, and the others wait: a claim that began meanwhile would
    find the rows locked, and its worker go home.
    """
    values: dict[str, Any] = {"at": at, "turn": TURN}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING])
        cursor.execute(GIVE_BACK)
        cursor.execute(TAKE, values)
