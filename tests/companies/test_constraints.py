"""What PostgreSQL refuses, whoever writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from companies import actions
from companies.models import Room, Site, Slot, SlotVolunteer
from tests import factories
from tests.factories import World


def violated(name: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=name)


def settle() -> None:
    """Check the keys that wait for the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_slots_of_a_room_do_not_overlap(world: World) -> None:
    with violated("slot_room_free"), transaction.atomic():
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(hours=1))


def test_slots_may_follow_each_other(world: World) -> None:
    factories.make_slot(world.room, world.slot.ends_at)
    assert Slot.objects.count() == 2


def test_withdrawn_slot_leaves_its_room_free(world: World, now: dt.datetime) -> None:
    Slot.objects.filter(pk=world.slot.pk).update(state="withdrawn", withdrawn_at=now)
    factories.make_slot(world.room, world.slot.starts_at)
    assert Slot.objects.count() == 2


def test_slot_offers_no_more_places_than_its_room(world: World) -> None:
    with violated("slot_places_within_room"), transaction.atomic():
        Slot.objects.filter(pk=world.slot.pk).update(places=11)


def test_slot_cannot_claim_a_larger_room(world: World) -> None:
    with violated("slot_follows_room"), transaction.atomic():
        Slot.objects.filter(pk=world.slot.pk).update(room_capacity=50, places=50)
        settle()


def test_room_cannot_shrink_below_its_slots(world: World) -> None:
    with violated("slot_places_within_room"), transaction.atomic():
        Room.objects.filter(pk=world.room.pk).update(capacity=9)


def test_room_that_grows_takes_its_slots_along(world: World) -> None:
    Room.objects.filter(pk=world.room.pk).update(capacity=12)
    world.slot.refresh_from_db()
    assert (world.slot.room_capacity, world.slot.places) == (12, 10)


def test_site_cannot_admit_fewer_than_its_rooms_seat(world: World) -> None:
    with violated("room_capacity_within_site"), transaction.atomic():
        Site.objects.filter(pk=world.site.pk).update(max_visitors=9)


@pytest.mark.parametrize("change", [{"state": "withdrawn"}, {"withdrawn_at": dt.datetime(2026, 12, 1, tzinfo=dt.UTC)}])
def test_withdrawal_and_its_stamp_go_together(world: World, change: dict[str, object]) -> None:
    with violated("slot_withdrawn_stamped"), transaction.atomic():
        Slot.objects.filter(pk=world.slot.pk).update(**change)


def test_volunteer_is_in_one_place_at_a_time(world: World, now: dt.datetime) -> None:
    other = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at + dt.timedelta(hours=1))
    factories.make_promise(now, world.slot, world.volunteer)
    with violated("volunteer_in_one_place"), transaction.atomic():
        factories.make_promise(now, other, world.volunteer)


def test_promise_follows_a_slot_that_moves(world: World, now: dt.datetime) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    later = world.slot.starts_at + dt.timedelta(hours=1)
    Slot.objects.filter(pk=world.slot.pk).update(starts_at=later, ends_at=later + dt.timedelta(hours=2))
    settle()
    assert SlotVolunteer.objects.get().starts_at == later


def test_local_date_and_time_are_those_of_the_place(world: World, now: dt.datetime) -> None:
    site = factories.make_site(now, world.company, commune_id=factories.NOUMEA)
    slot = factories.make_slot(factories.make_room(now, site), dt.datetime(2026, 12, 8, 7, 30, tzinfo=dt.UTC))
    assert (slot.time_zone, slot.local_date, slot.local_time, slot.weekday) == (
        "Pacific/Noumea",
        dt.date(2026, 12, 8),
        dt.time(18, 30),
        2,
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE companies_availability SET places = 999",
        "UPDATE companies_availability SET places = 0",
        "UPDATE companies_availability SET computers = 999",
        "UPDATE companies_room SET capacity = 1",
        "UPDATE companies_room SET computers = 0",
    ],
)
def test_series_offers_what_its_room_has(world: World, now: dt.datetime, change: str) -> None:
    world.slot.delete()
    factories.make_series(now, world.room)
    with violated("offers what its room has"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_room_is_not_made_smaller_than_its_series(world: World, now: dt.datetime) -> None:
    world.slot.delete()
    factories.make_series(now, world.room)
    world.room.capacity = 1
    with pytest.raises(actions.SlotsStillLarger, match="séries"):
        actions.describe_room(room=world.room, now=now)
