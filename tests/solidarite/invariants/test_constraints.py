"""What PostgreSQL itself refuses of the life of a workshop, asked in SQL past every form and action."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import World

# What breaks each constraint. Those of one row for one thing are broken by a second one: a copy of the first.
BREAKS = {
    "course_has_a_title": "UPDATE workshops_course SET title = ''",
    "course_of_somebody": "UPDATE workshops_course SET participants = 0",
    "booking_moved_is_one_event": "UPDATE workshops_booking SET event_of_id = id WHERE moved_from_id IS NULL",
    "workshop_state_stamped": "UPDATE workshops_workshop SET state = 'closed', closed_at = NULL",
    "workshop_company_agreed_at_an_instant": """
        UPDATE workshops_workshop SET company_agreed_by_id = (SELECT min(id) FROM accounts_user),
            company_agreed_at = NULL
    """,
    "workshop_association_agreed_at_an_instant": """
        UPDATE workshops_workshop SET association_agreed_by_id = (SELECT min(id) FROM accounts_user),
            association_agreed_at = NULL
    """,
    "reply_says_something": "UPDATE workshops_reply SET text = ''",
    "report_rating_in_scale": "UPDATE workshops_report SET rating = 6",
    "report_minutes_of_somebody": """
        UPDATE workshops_report SET volunteers = 0, volunteer_minutes = 60, mecenat_minutes = 0 WHERE side = 'company'
    """,
}
TWICE = {
    "attendance_told_once": "workshops_attendance",
    "match_told_once": "workshops_matchnotice",
    "reply_once_per_side": "workshops_reply",
    "report_once_per_side": "workshops_report",
    "waitlist_one_place": "workshops_waitlistentry",
}


@pytest.mark.parametrize(("constraint", "statement"), BREAKS.items())
def test_broken_row_is_refused(life: World, constraint: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("constraint", "table"), TWICE.items())
def test_second_row_is_refused(life: World, constraint: str, table: str) -> None:
    with connection.cursor() as cursor:
        columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
        names = ", ".join(connection.ops.quote_name(name) for name in columns if name != "id")
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}")
