"""Each check finds the row that breaks its promise: a check that cannot fail is no check."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from solidarite.demonstration import seed
from solidarite.invariants import CHECKS, FACTS, broken, catalogue, states
from tests.factories import World

# What keeps a row of a table from being wrong, but for triggers and keys, which are switched off.
UNGUARD = """
DO $$ DECLARE one RECORD; BEGIN
    FOR one IN SELECT conname FROM pg_constraint
        WHERE conrelid = %(table)s::regclass AND contype IN ('c', 'u', 'x')
    LOOP EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', %(table)s, one.conname); END LOOP;
    FOR one IN SELECT indexrelid::regclass::text AS name FROM pg_index
        WHERE indrelid = %(table)s::regclass AND indisunique AND NOT indisprimary
    LOOP EXECUTE 'DROP INDEX ' || one.name; END LOOP;
END $$
"""

COPY_BOOKING = """
INSERT INTO workshops_booking (slot_id, association_id, request_id, participants, topic, message, key, state,
    created_at, expires_at, settled_at, cancelled_at, is_late, reason_code, reason, moved_from_id, event_of_id,
    sequence)
SELECT slot_id, {association}, request_id, participants, topic, message, gen_random_uuid(), state,
    created_at, expires_at, settled_at, cancelled_at, is_late, reason_code, reason, moved_from_id, event_of_id, sequence
FROM workshops_booking WHERE {which}
"""
ONE_CONFIRMED = "id = (SELECT min(id) FROM workshops_booking WHERE state = 'confirmed')"
ONE_PENDING = "id = (SELECT min(id) FROM workshops_booking WHERE state = 'pending')"
ANOTHER = "(SELECT max(id) FROM associations_association)"
HELD_SLOT = "(SELECT slot_id FROM workshops_booking WHERE state = 'held')"

# The statement returns the numbers that the check is to name.
BREAKS = {
    "room_used_once": """
        UPDATE companies_slot SET starts_at = other.starts_at + interval '1 hour', ends_at = other.ends_at,
            closes_at = other.closes_at
        FROM (SELECT * FROM companies_slot ORDER BY id LIMIT 1) AS other
        WHERE companies_slot.id = (SELECT max(id) FROM companies_slot) RETURNING companies_slot.id
    """,
    "volunteer_in_one_place": """
        UPDATE companies_slotvolunteer SET volunteer_id = (
            SELECT volunteer_id FROM companies_slotvolunteer WHERE seat = 1 ORDER BY id LIMIT 1
        ) WHERE seat = 2 RETURNING id
    """,
    "company_knows_topics": "UPDATE companies_company SET known_topics = '{parentalite}' RETURNING id",
    "room_within_site": "UPDATE companies_room SET capacity = 21 RETURNING id",
    "slot_within_room": (
        "UPDATE companies_slot SET places = 11 WHERE id = (SELECT min(id) FROM companies_slot) RETURNING id"
    ),
    "series_within_room": "UPDATE companies_availability SET computers = 99 RETURNING id",
    "slot_period_in_order": (
        "UPDATE companies_slot SET closes_at = ends_at WHERE id = (SELECT min(id) FROM companies_slot) RETURNING id"
    ),
    "promise_follows_slot": (
        "UPDATE companies_slotvolunteer SET ends_at = ends_at + interval '1 minute' WHERE seat = 2 RETURNING id"
    ),
    "seat_taken_once": (
        "UPDATE companies_slotvolunteer SET seat = 1 WHERE seat = 2"
        " RETURNING (SELECT min(p.id) FROM companies_slotvolunteer AS p"
        " WHERE p.slot_id = companies_slotvolunteer.slot_id)"
    ),
    "promise_of_a_member": """
        WITH gone AS (DELETE FROM companies_membership WHERE role = 'volunteer' RETURNING user_id)
        SELECT p.id FROM companies_slotvolunteer AS p JOIN gone ON gone.user_id = p.volunteer_id
        WHERE p.starts_at > '2026-12-01 09:00Z'
    """,
    "promise_with_consent": (
        "UPDATE companies_slotvolunteer SET engagement_type = 'mecenat' WHERE seat = 2 RETURNING id"
    ),
    "slot_booked_once": COPY_BOOKING.format(association=ANOTHER, which=ONE_CONFIRMED) + " RETURNING slot_id",
    "association_asks_once": (
        COPY_BOOKING.format(association="association_id", which=ONE_PENDING)
        + " RETURNING (SELECT min(id) FROM workshops_booking WHERE state = 'pending')"
    ),
    "booking_of_an_open_slot": f"""
        WITH taken_back AS (
            UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now() WHERE id = {HELD_SLOT} RETURNING id
        ) SELECT b.id FROM workshops_booking AS b JOIN taken_back ON b.slot_id = taken_back.id WHERE b.state = 'held'
    """,
    "booking_within_places": f"UPDATE workshops_booking SET participants = 11 WHERE {ONE_PENDING} RETURNING id",
    "booking_for_its_own_request": f"""
        UPDATE workshops_booking SET request_id = (
            SELECT max(id) FROM associations_request WHERE association_id <> workshops_booking.association_id
        ) WHERE {ONE_PENDING} RETURNING id
    """,
    "wait_ends_before_the_workshop": f"""
        UPDATE workshops_booking SET expires_at = (
            SELECT starts_at + interval '1 minute' FROM companies_slot WHERE id = slot_id
        ) WHERE {ONE_PENDING} RETURNING id
    """,
    "nobody_waits_beside_live": f"""
        UPDATE workshops_booking SET slot_id = (SELECT slot_id FROM workshops_booking WHERE {ONE_CONFIRMED})
        WHERE {ONE_PENDING} RETURNING id
    """,
    "new_association_asks_once": COPY_BOOKING.format(association="association_id", which=ONE_PENDING)
    + " RETURNING association_id",
    "booking_of_its_own_course": f"""
        WITH course AS (
            INSERT INTO workshops_course (association_id, title, topic, participants, key, created_at)
            SELECT {ANOTHER}, 'Pas à pas', 'email', 6, gen_random_uuid(), now() RETURNING id
        ) UPDATE workshops_booking SET course_id = (SELECT id FROM course) WHERE {ONE_CONFIRMED} RETURNING id
    """,
    "course_in_one_place": f"""
        WITH course AS (
            INSERT INTO workshops_course (association_id, title, topic, participants, key, created_at)
            SELECT association_id, 'Pas à pas', 'email', 6, gen_random_uuid(), now()
            FROM workshops_booking WHERE {ONE_CONFIRMED} RETURNING id, association_id
        ) INSERT INTO workshops_booking (slot_id, association_id, course_id, participants, topic, message, key, state,
            created_at, settled_at, is_late, reason_code, reason, sequence)
        SELECT slot_id, association_id, course.id, participants, topic, '', gen_random_uuid(), state, created_at,
            settled_at, false, '', '', 0
        FROM workshops_booking JOIN course USING (association_id), generate_series(1, 2)
        WHERE workshops_booking.{ONE_CONFIRMED} RETURNING id
    """,
    "dispute_of_two_accounts": """
        UPDATE workshops_report SET absent = 'association', rating = NULL
        WHERE side = 'company' AND absent = '' RETURNING workshop_id
    """,
    "queue_keeps_its_order": """
        UPDATE workshops_waitlistentry SET created_at = created_at + interval '1 hour'
        WHERE state = 'offered' RETURNING id
    """,
    "hold_is_offered": "DELETE FROM workshops_waitlistentry WHERE state = 'offered' RETURNING booking_id",
    "one_offer_a_request": f"""
        INSERT INTO workshops_booking (slot_id, association_id, request_id, participants, topic, message, key, state,
            created_at, offered_at, expires_at, is_late, reason_code, reason, sequence)
        SELECT slot_id, association_id, (SELECT min(id) FROM associations_request), participants, topic, message,
            gen_random_uuid(), 'held', created_at, created_at, expires_at, false, '', '', 0
        FROM workshops_booking, generate_series(1, 2) WHERE {ONE_PENDING} RETURNING request_id
    """,
    "offer_is_the_answer": f"UPDATE workshops_booking SET offered_at = created_at WHERE {ONE_PENDING} RETURNING id",
    "queue_agrees_with_bookings": (
        "UPDATE workshops_waitlistentry SET state = 'taken', ended_at = now() WHERE state = 'offered' RETURNING id"
    ),
    "one_hold_a_slot": """
        INSERT INTO workshops_waitlistentry (slot_id, association_id, participants, topic, message, state, created_at)
        SELECT slot_id, (SELECT min(id) FROM associations_association), participants, topic, message, state, created_at
        FROM workshops_waitlistentry WHERE state = 'offered' RETURNING slot_id
    """,
    "one_place_in_a_queue": """
        INSERT INTO workshops_waitlistentry (slot_id, association_id, participants, topic, message, state, created_at)
        SELECT slot_id, association_id, participants, topic, message, state, created_at
        FROM workshops_waitlistentry WHERE state = 'waiting' ORDER BY id LIMIT 1
        RETURNING (SELECT min(id) FROM workshops_waitlistentry WHERE state = 'waiting')
    """,
    "queue_of_an_open_slot": f"""
        UPDATE workshops_waitlistentry SET association_id = (
            SELECT association_id FROM workshops_booking WHERE {ONE_CONFIRMED}
        ), slot_id = (SELECT slot_id FROM workshops_booking WHERE {ONE_CONFIRMED})
        WHERE id = (SELECT max(id) FROM workshops_waitlistentry WHERE state = 'waiting') RETURNING id
    """,
    "moved_to_one_place": (
        "UPDATE workshops_booking SET moved_from_id = NULL WHERE moved_from_id IS NOT NULL RETURNING event_of_id"
    ),
    "move_is_one_event": (
        "UPDATE workshops_booking SET event_of_id = NULL WHERE moved_from_id IS NOT NULL RETURNING id"
    ),
    "event_rises": "UPDATE workshops_booking SET sequence = 0 WHERE moved_from_id IS NOT NULL RETURNING id",
    "event_on_once": """
        UPDATE workshops_booking SET state = 'confirmed', cancelled_at = NULL WHERE reason_code = 'moved' RETURNING id
    """,
    "workshop_of_its_booking": f"""
        WITH gone AS (
            DELETE FROM workshops_workshop WHERE booking_id = (SELECT id FROM workshops_booking WHERE {ONE_CONFIRMED})
            RETURNING booking_id
        ) SELECT booking_id FROM gone
    """,
    "one_workshop_a_booking": """
        INSERT INTO workshops_workshop (booking_id, state, created_at, title, topics, level, material)
        SELECT booking_id, state, created_at, title, topics, level, material
        FROM workshops_workshop WHERE state = 'planned' ORDER BY id LIMIT 1 RETURNING booking_id
    """,
    "closed_by_both_reports": "DELETE FROM workshops_report WHERE side = 'company' RETURNING workshop_id",
    "report_of_what_was": (
        "UPDATE workshops_report SET created_at = created_at - interval '3 hours' WHERE side = 'company' RETURNING id"
    ),
    "outcome_was_reported": "UPDATE workshops_booking SET state = 'no_show' WHERE state = 'completed' RETURNING id",
    "attendance_of_a_promise": """
        WITH gone AS (DELETE FROM companies_slotvolunteer WHERE starts_at < '2026-12-01' RETURNING volunteer_id)
        SELECT t.id FROM workshops_attendance AS t JOIN gone USING (volunteer_id)
    """,
    "attendance_of_what_was": ("UPDATE workshops_attendance SET told_at = told_at - interval '4 hours' RETURNING id"),
    "request_in_progress": """
        UPDATE workshops_booking SET request_id = NULL WHERE state = 'confirmed' AND request_id IS NOT NULL
        RETURNING (SELECT id FROM associations_request WHERE state = 'in_progress')
    """,
    "request_fulfilled": (
        "UPDATE associations_request SET state = 'fulfilled' WHERE state = 'in_progress' RETURNING id"
    ),
    "request_follows_its_booking": """
        UPDATE associations_request SET state = 'open', state_changed_at = state_changed_at - interval '1 hour'
        WHERE state = 'in_progress' RETURNING id
    """,
    "request_of_a_new_association": (
        "UPDATE associations_request SET state = 'open' WHERE state = 'in_review' RETURNING id"
    ),
    "message_once": """
        UPDATE mail_message SET key = (SELECT key FROM mail_message ORDER BY id LIMIT 1)
        WHERE id = (SELECT max(id) FROM mail_message) RETURNING (SELECT min(id) FROM mail_message)
    """,
    "companies_company_has_owner": (
        "UPDATE companies_membership SET role = 'manager' WHERE role = 'owner' RETURNING company_id"
    ),
    "associations_association_has_owner": """
        DELETE FROM associations_membership WHERE id = (SELECT min(id) FROM associations_membership)
        RETURNING association_id
    """,
    "signatory_has_signed": (
        "UPDATE companies_company SET charter_approved_at = NULL, charter_until_at = NULL RETURNING id"
    ),
}
# A state without its stamps, in each table that has one.
STAMPLESS = {
    "workshops_booking": f"state = 'declined' WHERE {ONE_PENDING}",
    "workshops_waitlistentry": "booking_id = NULL WHERE state = 'offered'",
    "workshops_workshop": "closed_at = NULL WHERE state = 'closed'",
    "companies_slot": "state = 'withdrawn' WHERE id = (SELECT max(id) FROM companies_slot)",
    "associations_association": "state = 'admitted' WHERE state = 'new'",
    "associations_request": "state = 'hidden' WHERE state = 'in_review'",
    "charter_signature": "state = 'lapsed' WHERE state = 'approved'",
    "companies_joinrequest": "state = 'accepted' WHERE state = 'pending'",
    "associations_joinrequest": "state = 'declined' WHERE state = 'pending'",
    "accounts_abusereport": "state = 'upheld' WHERE state = 'open'",
    "accounts_appeal": "state = 'rejected', decided_at = now() WHERE state = 'open'",
    "workshops_plan": "ended_at = NULL WHERE state = 'ready'",
    "workshops_dispute": "state = 'held' WHERE state = 'open'",
    "mail_message": "state = 'sent' WHERE id = (SELECT min(id) FROM mail_message)",
}
BREAKS |= {f"{table}_stamped": f"UPDATE {table} SET {change} RETURNING id" for table, change in STAMPLESS.items()}

# Each statement, the check that sees it, and what it is to name.
MISSING = [
    (
        "ALTER TABLE mail_message DROP CONSTRAINT message_state_stamps",
        "constraints_in_force",
        "mail_message.message_state_stamps",
    ),
    (
        "DROP INDEX booking_one_live_per_slot",
        "constraints_in_force",
        "workshops_booking.booking_one_live_per_slot",
    ),
    (
        "ALTER TABLE companies_slot DROP CONSTRAINT slot_room_free",
        "constraints_in_force",
        "companies_slot.slot_room_free",
    ),
    (
        "ALTER TABLE companies_room DROP CONSTRAINT room_follows_site",
        "constraints_in_force",
        "companies_room.room_follows_site",
    ),
    (
        "ALTER TABLE workshops_booking DROP CONSTRAINT booking_somebody_comes; "
        "ALTER TABLE workshops_booking ADD CONSTRAINT booking_somebody_comes CHECK (participants >= 1) NOT VALID",
        "constraints_in_force",
        "workshops_booking.booking_somebody_comes",
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'waitlist_one_hold'::regclass",
        "constraints_in_force",
        "workshops_waitlistentry.waitlist_one_hold",
    ),
    (
        "ALTER TABLE workshops_booking DROP CONSTRAINT {key}",
        "columns_unique",
        "workshops_booking.key",
    ),
    ("ALTER TABLE workshops_booking DROP CONSTRAINT {slot_id}", "keys_in_force", "workshops_booking.slot_id"),
    (
        "ALTER TABLE companies_slot DISABLE TRIGGER slot_booked_stands",
        "triggers_in_force",
        "companies_slot.slot_booked_stands",
    ),
    (
        "DROP TRIGGER slot_withdrawn_unbooked ON companies_slot",
        "triggers_in_force",
        "companies_slot.slot_withdrawn_unbooked",
    ),
    ("COMMENT ON TRIGGER {fits} ON workshops_booking IS 'older'", "triggers_in_force", "workshops_booking.{fits}"),
    ("ALTER TABLE workshops_booking DISABLE TRIGGER ALL", "triggers_in_force", "workshops_booking.{slot_id}"),
    ("DROP TRIGGER {append_only} ON companies_companyevent", "history_append_only", "companies_companyevent"),
]

# Names that Django and pgtrigger make up.
NAMED = """
SELECT a.attname, c.conname FROM pg_constraint AS c
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.conrelid = 'workshops_booking'::regclass AND (
    c.contype = 'f' AND a.attname = 'slot_id' OR c.contype = 'u' AND a.attname = 'key'
)
UNION ALL SELECT 'fits', tgname FROM pg_trigger WHERE tgname ~ 'booking_fits_its_slot'
UNION ALL SELECT 'append_only', tgname FROM pg_trigger
WHERE tgrelid = 'companies_companyevent'::regclass AND tgname ~ 'append_only'
"""


def returned(statement: str, parameters: dict[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def unguard(table: str) -> None:
    """Let this transaction write what it wants into a table."""
    returned("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    returned(UNGUARD, {"table": table})
    returned("SET LOCAL session_replication_role = replica")


def test_life_breaks_nothing(life: World, now: dt.datetime) -> None:
    assert broken(now=now) == {}


def test_demonstration_breaks_nothing(db: None, now: dt.datetime) -> None:
    seed.load(now=now, progress=io.StringIO())
    assert broken(now=now) == {}


def written_to(statement: str) -> list[str]:
    return [table for table in TABLES if any(f"{verb} {table} " in statement for verb in VERBS)]


TABLES = sorted(model._meta.db_table for model in apps.get_models())
VERBS = ("UPDATE", "INSERT INTO", "DELETE FROM")


@pytest.mark.parametrize(("name", "statement"), BREAKS.items())
def test_check_finds_what_breaks_its_promise(life: World, now: dt.datetime, name: str, statement: str) -> None:
    [check] = [check for check in FACTS if check.name == name]
    assert broken(now=now, checks=[check]) == {}
    for table in written_to(statement):
        unguard(table)
    wrong = returned(statement)
    assert wrong
    found = broken(now=now, checks=[check])
    assert set(found[name]) == set(wrong)


def test_every_check_of_facts_is_tried() -> None:
    assert set(BREAKS) == {check.name for check in FACTS}


def test_check_names_are_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_every_stored_state_has_its_stamps() -> None:
    known = {check.table: check.sql for check in states.CHECKS if check.name.endswith("_stamped")}
    tables = {model._meta.db_table: model for model in apps.get_models() if hasattr(model, "TRANSITIONS")}
    assert set(known) == set(tables)
    for table, model in tables.items():
        written = {str(state) for state in model.TRANSITIONS}
        assert {state for state in written if f"WHEN '{state}' THEN" not in known[table]} == set(), table


@pytest.mark.django_db
@pytest.mark.parametrize(("statement", "name", "what"), MISSING)
def test_what_is_missing_in_the_catalogue_is_named(now: dt.datetime, statement: str, name: str, what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NAMED)
        made_up = dict(cursor.fetchall())
        cursor.execute("SET LOCAL allow_system_table_mods = on")
        cursor.execute(statement.format(**made_up))
    assert what.format(**made_up) in broken(now=now, checks=catalogue.CHECKS)[name]


def test_every_check_of_the_catalogue_is_tried() -> None:
    assert {name for _, name, _ in MISSING} == {check.name for check in catalogue.CHECKS}


def run(*options: str) -> tuple[int, list[str]]:
    out, status = io.StringIO(), 0
    try:
        call_command("check_invariants", *options, stdout=out)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, out.getvalue().splitlines()


def lines_about(lines: Iterable[str], start: str) -> list[str]:
    return [line for line in lines if line.startswith(start)]


def test_command_says_what_is_wrong_and_ends_with_1(life: World) -> None:
    status, lines = run()
    assert (status, len(lines)) == (0, len(CHECKS))
    assert lines_about(lines, "ok    ") == lines
    unguard("companies_room")
    wrong = returned("UPDATE companies_room SET capacity = 21 RETURNING id")
    status, lines = run()
    assert status == 1
    told = "FAUX  room_within_site\u00a0: une salle ne compte pas plus de places que son site n’admet de visiteurs."
    assert lines_about(lines, told) == [f"{told} 1 dans companies_room\u00a0: {wrong[0]}"]
    status, lines = run("--json")
    measured = {one["name"]: one["rows"] for one in map(json.loads, lines)}
    assert (status, measured["room_within_site"], measured["slot_booked_once"]) == (1, wrong, [])
