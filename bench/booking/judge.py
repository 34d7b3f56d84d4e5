"""What must hold after any number of races, asked of PostgreSQL alone. Each query finds what is wrong."""

from __future__ import annotations

from typing import Any

LIVE = "('held', 'confirmed', 'completed', 'no_show')"

OVERSOLD = f"SELECT slot_id FROM workshops_booking WHERE state IN {LIVE} GROUP BY slot_id HAVING count(*) > 1"  # noqa: S608

WRONG = {
    "oversold": OVERSOLD,
    "a volunteer in two places": """
        SELECT a.id FROM companies_slotvolunteer a JOIN companies_slotvolunteer b
        ON a.volunteer_id = b.volunteer_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    """,
    "confirmed without its workshop": """
        SELECT b.id FROM workshops_booking b LEFT JOIN workshops_workshop w ON w.booking_id = b.id
        WHERE b.state = 'confirmed' AND w.state IS DISTINCT FROM 'planned'
    """,
    "a workshop of no confirmed booking": """
        SELECT w.id FROM workshops_workshop w JOIN workshops_booking b ON b.id = w.booking_id
        WHERE w.state = 'planned' AND b.state <> 'confirmed'
    """,
    "still pending beside a live one": """
        SELECT p.id FROM workshops_booking p JOIN workshops_booking c USING (slot_id)
        WHERE p.state = 'pending' AND c.state IN ('held', 'confirmed')
    """,
    "not one confirmation a recipient": """
        SELECT b.id FROM workshops_booking b JOIN workshops_workshop w ON w.booking_id = b.id
        JOIN companies_slot s ON s.id = b.slot_id JOIN companies_room r ON r.id = s.room_id
        JOIN companies_site site ON site.id = r.site_id
        LEFT JOIN (
            SELECT about, template, array_agg(to_email::text ORDER BY to_email) AS people FROM mail_message
            WHERE template IN ('booking_confirmed', 'booking_moved') AND capacity NOT LIKE 'volunteer:%'
            GROUP BY about, template
        ) AS told ON told.about = 'booking:' || b.id
            AND told.template = CASE WHEN b.moved_from_id IS NULL THEN 'booking_confirmed' ELSE 'booking_moved' END
        WHERE told.people IS DISTINCT FROM ARRAY(
            SELECT email::text FROM accounts_user u WHERE u.id IN (
                SELECT user_id FROM companies_membership
                WHERE company_id = site.company_id AND role IN ('owner', 'manager')
                UNION SELECT user_id FROM associations_membership WHERE association_id = b.association_id
            ) ORDER BY email
        )
    """,
    "not selected, and not told once": """
        SELECT b.id FROM workshops_booking b LEFT JOIN (
            SELECT about, count(*) AS mails FROM mail_message WHERE template = 'booking_not_selected' GROUP BY about
        ) AS told ON told.about = 'booking:' || b.id
        WHERE b.state = 'not_selected' AND told.mails IS DISTINCT FROM 1
    """,
    "held, and not told once": """
        SELECT b.id FROM workshops_booking b LEFT JOIN (
            SELECT about, template, count(*) AS mails FROM mail_message
            WHERE template IN ('waitlist_hold', 'slot_offered') GROUP BY about, template
        ) AS told ON told.about = 'booking:' || b.id
            AND told.template = CASE WHEN b.offered_at IS NULL THEN 'waitlist_hold' ELSE 'slot_offered' END
        WHERE b.state = 'held' AND told.mails IS DISTINCT FROM 1
    """,
    "offered without a hold, or held without an offer": """
        SELECT 1 FROM workshops_waitlistentry e FULL JOIN workshops_booking b ON b.id = e.booking_id
        WHERE (e.state = 'offered') IS DISTINCT FROM (b.state = 'held')
        AND (e.state = 'offered' OR b.state = 'held' AND b.offered_at IS NULL)
    """,
    "one request is offered two slots": """
        SELECT request_id FROM workshops_booking WHERE state = 'held' AND offered_at IS NOT NULL
        GROUP BY request_id HAVING count(*) > 1
    """,
    "free while somebody waits": f"""
        SELECT e.id FROM workshops_waitlistentry e WHERE e.state = 'waiting' AND NOT EXISTS (
            SELECT FROM workshops_booking b WHERE b.slot_id = e.slot_id AND b.state IN {LIVE}
        )
    """,  # noqa: S608
}

WON = f"""
SELECT s.id FROM unnest(%s::bigint[]) AS s (id)
WHERE 1 <> (SELECT count(*) FROM workshops_booking b WHERE b.slot_id = s.id AND b.state IN {LIVE})
"""  # noqa: S608
JOINED = """
SELECT s.volunteer FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS s (volunteer, one, other)
WHERE 1 <> (
    SELECT count(*) FROM companies_slotvolunteer p
    WHERE p.volunteer_id = s.volunteer AND p.slot_id IN (s.one, s.other)
)
"""
MOVED = f"""
SELECT m.association FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (association, own, other)
WHERE 1 <> (
    SELECT count(*) FROM workshops_booking b
    WHERE b.association_id = m.association AND b.slot_id IN (m.own, m.other) AND b.state IN {LIVE}
)
"""  # noqa: S608
KEPT = """
SELECT a.booking FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS a (booking, association, slot)
LEFT JOIN workshops_booking b ON b.id = a.booking AND b.association_id = a.association AND b.slot_id = a.slot
WHERE b.id IS NULL
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def rows(sql: str, parameters: list[Any] | None = None) -> list[Any]:
    """The first column."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def wrong_states() -> list[str]:
    """A line for each thing that is wrong."""
    return [f"{what}: {number}" for what, sql in WRONG.items() for number in rows(sql)]
