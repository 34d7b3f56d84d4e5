"""What PostgreSQL refuses whoever writes, in raw SQL: bookings, withdrawn slots, signed texts, decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from associations.models import Association
from companies.models import Slot
from tests import factories
from tests.factories import World
from tests.races import Move, second_waits
from workshops.models import Booking

NEVER_TRUNCATED = [
    model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.operation == pgtrigger.Truncate
]


def refused(name: str, statement: str, *values: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.diag.constraint_name == name  # type: ignore[attr-defined]  # psycopg's


BOOK = """
INSERT INTO workshops_booking
    (slot_id, association_id, participants, topic, message, key, state, created_at, reason, sequence)
VALUES (%s, %s, %s, 'email', '', gen_random_uuid(), 'pending', %s, '', 0)
"""


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("UPDATE companies_company SET charter_approved_at = NULL, charter_until_at = NULL", "booking_of_signatory"),
        ("UPDATE companies_company SET charter_until_at = '2026-12-01 09:00Z'", "booking_of_signatory"),
        (
            "UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now()",
            "booking_of_open_slot",
        ),
        (
            "WITH one AS (INSERT INTO companies_availability (room_id, every, weekdays, ordinals, start_time, end_time,"
            " from_date, excluded_dates, extended_to_date, notice_hours, confirm_by_at, created_at, places, computers,"
            " volunteers_offered, booking_mode) SELECT room_id, 'week', '{2}', '{}', '18:30', '20:30', '2026-12-01',"
            " '{}', '2026-12-01', 24, '2026-12-01 09:00Z', created_at, places, computers, 0, 'instant'"
            " FROM companies_slot RETURNING id)"
            " UPDATE companies_slot SET availability_id = one.id, original_date = local_date FROM one",
            "booking_of_open_slot",
        ),
        (
            "UPDATE associations_association SET state = 'suspended', decision_reason = 'Non.'",
            "booking_by_association_that_may",
        ),
        (
            "UPDATE associations_association SET state = 'refused', decision_reason = 'Non.'",
            "booking_by_association_that_may",
        ),
    ],
)
def test_booking_is_of_an_open_slot_of_a_signatory_by_who_may(
    world: World, now: dt.datetime, before: str, name: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(before)
    refused(name, BOOK, world.slot.pk, world.association.pk, 6, now)


def test_new_association_waits_for_an_answer(world: World, now: dt.datetime) -> None:
    """Nobody confirms its booking at once; once it is agreed to, its company may bring the workshop elsewhere."""
    Association.objects.filter(pk=world.association.pk).update(state="new", decided_at=None)
    confirmed = {"state": "confirmed", "settled_at": now}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        factories.make_booking(now, world.slot, world.association, **confirmed)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.diag.constraint_name == "booking_by_association_that_may"  # type: ignore[attr-defined]  # psycopg's
    agreed = factories.make_booking(now, world.slot, world.association, state="pending")
    Booking.objects.filter(pk=agreed.pk).update(state="confirmed", settled_at=now, expires_at=None)
    later = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    moved = {"moved_from": agreed, "event_of_id": agreed.pk}
    assert factories.make_booking(now, later, world.association, **confirmed, **moved).pk


def test_booking_fits_its_slot(world: World, now: dt.datetime) -> None:
    refused("booking_within_places", BOOK, world.slot.pk, world.association.pk, world.slot.places + 1, now)
    booking = factories.make_booking(now, world.slot, world.association)
    refused("booking_within_places", "UPDATE workshops_booking SET participants = 5000 WHERE id = %s", booking.pk)


@pytest.mark.parametrize(
    ("stands", "comes"),
    [("pending", "held"), ("held", "pending"), ("confirmed", "pending"), ("completed", "pending")],
)
def test_nobody_waits_beside_who_has_the_slot(world: World, now: dt.datetime, stands: str, comes: str) -> None:
    factories.make_booking(now, world.slot, factories.make_association(now), state=stands)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        factories.make_booking(now, world.slot, world.association, state=comes)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.diag.constraint_name == "booking_nobody_waits_beside"  # type: ignore[attr-defined]  # psycopg's


@pytest.mark.parametrize(
    ("stands", "comes"),
    [("pending", "pending"), ("pending", "confirmed"), ("declined", "pending"), ("expired", "held")],
)
def test_several_wait_beside_each_other(world: World, now: dt.datetime, stands: str, comes: str) -> None:
    factories.make_booking(now, world.slot, factories.make_association(now), state=stands)
    assert factories.make_booking(now, world.slot, world.association, state=comes).pk


@pytest.mark.parametrize(("stands", "comes"), [("pending", "held"), ("held", "pending")])
def test_who_waits_no_more_hinders_nobody(world: World, now: dt.datetime, stands: str, comes: str) -> None:
    before = factories.make_booking(now, world.slot, factories.make_association(now), state=stands)
    assert before.expires_at is not None
    factories.make_booking(before.expires_at, world.slot, world.association, state=comes)


def test_confirmed_booking_is_cancelled_before_it_begins(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    cancel = """
    UPDATE workshops_booking SET state = 'cancelled_by_company', cancelled_at = %s, reason = 'Non.' WHERE id = %s
    """
    refused("booking_cancelled_in_time", cancel, world.slot.starts_at, booking.pk)
    with connection.cursor() as cursor:
        cursor.execute(cancel, [world.slot.starts_at - dt.timedelta(seconds=1), booking.pk])


@pytest.mark.parametrize("table", ["workshops_booking", "charter_signature", "associations_request"])
def test_state_is_one_of_the_table(world: World, now: dt.datetime, table: str) -> None:
    factories.make_booking(now, world.slot, world.association)
    factories.make_signature(now, world.company, world.charter)
    factories.make_request(now, world.association)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = 'zzz'")  # noqa: S608  # a name of the list above


@pytest.mark.parametrize("state", ["confirmed", "completed", "no_show"])
def test_booked_slot_is_not_withdrawn(world: World, now: dt.datetime, state: str) -> None:
    factories.make_booking(now, world.slot, world.association, state=state)
    withdraw = "UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s"
    refused("slot_withdrawn_unbooked", withdraw, world.slot.pk)
    free = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(withdraw, [free.pk])
    assert Slot.objects.get(pk=free.pk).state == "withdrawn"


def test_signed_text_is_that_of_the_version(world: World, now: dt.datetime) -> None:
    sent_back = {"state": "changes_requested", "decided_at": now, "reason": "Non."}
    factories.make_signature(now, world.company, world.charter, **sent_back)
    change = "UPDATE charter_signature SET text_sha256 = repeat('0', 64)"
    refused("signature_text_is_the_version", change)


@pytest.mark.django_db
@pytest.mark.parametrize("table", NEVER_TRUNCATED)
def test_records_are_not_truncated(table: str) -> None:
    with pytest.raises(DatabaseError, match="These rows stay"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("state", ["submitted", "approved", "suspended", "refused", "withdrawn"])
@pytest.mark.parametrize("change", ["signatory_name = 'Autre'", "signed_at = now()", "code = 'AAAAAAAAAAAA'"])
def test_proof_of_a_signature_stays(world: World, now: dt.datetime, state: str, change: str) -> None:
    of_states: dict[str, dict[str, Any]] = {
        "submitted": {},
        "approved": {"decided_at": now},
        "suspended": {"decided_at": now, "reason": "Non."},
        "refused": {"decided_at": now, "reason": "Non.", "reason_code": "other"},
        "withdrawn": {"ended_at": now},
    }
    factories.make_signature(now, world.company, world.charter, state=state, **of_states[state])
    update = f"UPDATE charter_signature SET {change}"  # noqa: S608  # of the list above
    for statement in (update, "DELETE FROM charter_signature"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_waiting_booking_is_confirmed_by_a_signatory_alone(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association, state="pending")
    confirm = "UPDATE workshops_booking SET state = 'confirmed', settled_at = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companies_company SET charter_approved_at = NULL, charter_until_at = NULL")
    refused("booking_of_signatory", confirm, now, booking.pk)


@pytest.mark.parametrize("state", ["held", "confirmed"])
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("starts_at = starts_at - interval '1 hour'", "slot_booked_stands"),
        ("ends_at = ends_at - interval '1 hour'", "slot_booked_stands"),
        ("places = 5, computers = 5", "slot_booked_has_places"),
        ("computers = computers - 1", "slot_booked_keeps_its_offer"),
        ("volunteers_offered = volunteers_offered - 1", "slot_booked_keeps_its_offer"),
    ],
)
def test_booked_slot_stays_as_it_was_booked(world: World, now: dt.datetime, state: str, change: str, name: str) -> None:
    factories.make_booking(now, world.slot, world.association, state=state)
    refused(name, f"UPDATE companies_slot SET {change}")  # noqa: S608  # words of our own


def test_slot_that_is_kept_for_somebody_ends_when_it_was_said(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association, state="held")
    refused("slot_booked_stands", "UPDATE companies_slot SET ends_at = ends_at + interval '1 hour'")


def test_free_slot_may_be_moved(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association, state="declined")
    moved = Slot.objects.filter(pk=world.slot.pk).update(ends_at=world.slot.ends_at + dt.timedelta(hours=1), places=5)
    assert moved == 1


STAMPS = {
    "expires_at": "'2026-12-05 09:00Z'",
    "settled_at": "'2026-12-02 09:00Z'",
    "cancelled_at": "'2026-12-02 09:00Z'",
}
STAMPED: dict[str, tuple[str, ...]] = {
    "pending": ("expires_at",),
    "held": ("expires_at",),
    "cancelled_by_association": ("settled_at", "cancelled_at"),
    "cancelled_by_company": ("settled_at", "cancelled_at"),
}


@pytest.mark.parametrize("origin", Booking.State)
@pytest.mark.parametrize("end", Booking.State)
def test_booking_goes_as_drawn(world: World, now: dt.datetime, origin: Booking.State, end: Booking.State) -> None:
    """`Booking.TRANSITIONS` and the trigger say the same; what was reported changes as a moderator decides, only."""
    cancelled = {"cancelled_at": now} if origin in Booking.CANCELLED else {}
    booking = factories.make_booking(now, world.slot, world.association, state=origin, **cancelled)
    stamps = {**dict.fromkeys(STAMPS, "NULL"), **{one: STAMPS[one] for one in STAMPED.get(end, ("settled_at",))}}
    changes = ", ".join(f"{column} = {value}" for column, value in stamps.items())
    move = f"UPDATE workshops_booking SET state = '{end}', {changes} WHERE id = {booking.pk}"  # noqa: S608  # our own
    undisputed = origin not in (Booking.State.COMPLETED, Booking.State.NO_SHOW)
    if end == origin or (end in Booking.TRANSITIONS[origin] and undisputed):
        with connection.cursor() as cursor:
            cursor.execute(move)
    else:
        refused("booking_goes_as_drawn", move)


BUSY = """
INSERT INTO companies_busytime (room_id, starts_at, ends_at) SELECT room_id, starts_at, ends_at FROM companies_slot
"""


@pytest.mark.parametrize(
    ("origin", "before", "name"),
    [
        ("pending", BUSY, "booking_of_free_room"),
        ("held", BUSY, "booking_of_free_room"),
        ("pending", "UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now()", "booking_of_open_slot"),
    ],
)
def test_booking_that_waited_goes_on_where_the_slot_is_free(
    world: World, now: dt.datetime, origin: str, before: str, name: str
) -> None:
    booking = factories.make_booking(now, world.slot, world.association, state=origin)
    with connection.cursor() as cursor:
        cursor.execute(before)
    refused(name, "UPDATE workshops_booking SET state = 'confirmed', settled_at = %s WHERE id = %s", now, booking.pk)
    if origin == "held":
        refused(name, "UPDATE workshops_booking SET state = 'pending' WHERE id = %s", booking.pk)


def test_booking_stays_on_its_slot(world: World, now: dt.datetime) -> None:
    """Or goes over to the same evening in its room, made anew."""
    asked = factories.make_booking(now, world.slot, world.association, state="pending")
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    elsewhere = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    change = "UPDATE workshops_booking SET slot_id = %s WHERE id = %s"
    for slot in (other, elsewhere):
        refused("booking_stays_on_its_slot", change, slot.pk, asked.pk)
    Slot.objects.filter(pk=world.slot.pk).update(state="withdrawn", withdrawn_at=now)
    anew = factories.make_slot(world.room, world.slot.starts_at)
    with connection.cursor() as cursor:
        cursor.execute(change, [anew.pk, asked.pk])
    agreed = factories.make_booking(now, elsewhere, factories.make_association(now))
    refused("booking_stays_on_its_slot", change, anew.pk, agreed.pk)


def test_what_is_to_come_goes_to_no_association_that_may_not_book(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    suspended = factories.make_association(now, state="suspended", decision_reason="Non.")
    change = "UPDATE workshops_booking SET association_id = %s WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
    refused("booking_by_association_that_may", change, suspended.pk, booking.pk)


def test_slot_is_not_withdrawn_while_it_is_being_booked(committed: None, world: World, now: dt.datetime) -> None:
    def book(pause: Move) -> None:
        factories.make_booking(now, world.slot, world.association)
        pause()

    def withdraw() -> None:
        with pytest.raises(IntegrityError, match="slot_withdrawn_unbooked"):
            Slot.objects.filter(pk=world.slot.pk).update(state="withdrawn", withdrawn_at=now)

    assert second_waits(book, withdraw)
