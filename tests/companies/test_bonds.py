"""At commit, in SQL: a slot, its series, its room and its promises belong together."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.factories import World

HOUR = dt.timedelta(hours=1)
LEAVE = "DELETE FROM companies_slotvolunteer"
WITHDRAW = "UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now()"
CLOSE = "UPDATE companies_room SET archived_at = now()"


def attempt(statement: str, *, at: dt.datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('solidarite.now', %s, true)", [at.isoformat()])
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def violated(statement: str, *, at: dt.datetime) -> str:
    with pytest.raises(IntegrityError) as refusal:
        attempt(statement, at=at)
    return str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_slot_is_not_taken_back_under_a_promise(world: World, now: dt.datetime) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    assert violated(WITHDRAW, at=now) == "volunteer_of_an_open_slot"
    attempt(f"{LEAVE}; {WITHDRAW}", at=now)


def test_series_and_dates_are_of_one_room(world: World, now: dt.datetime) -> None:
    series = factories.make_series(now, world.room)
    other = factories.make_series(now, factories.make_room(now, world.site))
    joins = "UPDATE companies_slot SET availability_id = {}, original_date = '2026-12-08'"
    assert violated(joins.format(other.pk), at=now) == "slot_of_the_room_of_its_series"
    attempt(joins.format(series.pk), at=now)
    moves = "UPDATE companies_availability SET room_id = {} WHERE id = {}"
    assert violated(moves.format(other.room_id, series.pk), at=now) == "slot_of_the_room_of_its_series"


def test_room_closes_once_nothing_is_to_come(world: World, now: dt.datetime) -> None:
    assert violated(CLOSE, at=now) == "slot_of_a_room_in_use"
    attempt(f"{CLOSE}; {WITHDRAW}", at=now)


def test_site_closes_with_all_its_rooms(world: World, now: dt.datetime) -> None:
    close_site, reopen = CLOSE.replace("_room", "_site"), CLOSE.replace("now()", "NULL")
    assert violated(close_site, at=now) == "site_closed_with_its_rooms"
    attempt(f"{close_site}; {WITHDRAW}; {CLOSE}", at=now)
    assert violated(reopen, at=now) == "site_closed_with_its_rooms"
    with pytest.raises(IntegrityError, match="is not"), transaction.atomic(), connection.cursor() as cursor:
        factories.make_room(now, world.site)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_was_in_a_room_stays_when_it_closes(world: World) -> None:
    attempt(CLOSE, at=world.slot.starts_at + HOUR)
    world.slot.refresh_from_db()
    assert world.slot.state == "open"


def test_no_date_of_a_closed_room_moves_to_a_day_to_come(world: World) -> None:
    after = world.slot.starts_at + HOUR
    attempt(CLOSE, at=after)
    later = "UPDATE companies_slot SET starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day'"
    assert violated(later, at=after) == "slot_of_a_room_in_use"


def test_no_date_opens_in_a_closed_room(world: World, now: dt.datetime) -> None:
    room = factories.make_room(now, world.site, archived_at=now)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        factories.make_slot(room, dt.datetime(2199, 12, 8, 17, 30, tzinfo=dt.UTC))


def test_promise_is_looked_at_again_at_the_end(world: World, now: dt.datetime) -> None:
    """The site may become another company's between the promise and the commit."""
    other = factories.make_company(now)
    with pytest.raises(IntegrityError, match="needs a member"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('solidarite.now', %s, true)", [now.isoformat()])
        # What the site's own trigger could not see.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE companies_site DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        factories.make_promise(now, world.slot, world.volunteer)
        cursor.execute("UPDATE companies_site SET company_id = %s", [other.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_room_that_closes_while_a_date_is_opened_offers_nothing(world: World, now: dt.datetime) -> None:
    """What the first look could not see is seen at the end."""
    room = factories.make_room(now, world.site)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('solidarite.now', %s, true)", [now.isoformat()])
        # Of the room's own trigger only this one's is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE companies_room DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        factories.make_slot(room, world.slot.starts_at)
        cursor.execute("UPDATE companies_room SET archived_at = now() WHERE id = %s", [room.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
