"""Two people book one slot at the same moment. A control run without the guards must oversell."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association
from companies import actions as companies
from companies.models import Company, Slot, SlotVolunteer
from mail.models import Message
from tests import factories
from tests.addresses import insure
from tests.races import Move, at_once, second_waits
from workshops import actions
from workshops.models import Booking, HostingAgreement, Workshop

CLIENTS, ROUNDS = 8, 6
SOON = dt.timedelta(minutes=6)


def with_action(slot: Slot, association: Association, now: dt.datetime) -> None:
    actions.book_slot(
        slot_id=slot.pk,
        association=association,
        participants=6,
        topic=Topic.EMAIL,
        message="",
        key=uuid.uuid4(),
        request=None,
        by=association.managers()[0],
        now=now,
    )


def test_one_wins_and_the_others_are_refused(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    rivals = [factories.make_association(now) for _ in range(CLIENTS)]
    for number in range(ROUNDS):
        slot = factories.make_slot(world.room, world.slot.ends_at + dt.timedelta(hours=3 * number))
        outcome = at_once(*[partial(with_action, slot, rival, now) for rival in rivals])
        assert outcome == {"done": 1, "SlotTaken": CLIENTS - 1}
    assert Booking.objects.count() == Workshop.objects.count() == ROUNDS
    assert Message.objects.filter(template="booking_confirmed").count() == 2 * ROUNDS


def test_control_without_lock_and_constraint_oversells(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    rivals = [factories.make_association(now) for _ in range(CLIENTS)]
    both_have_read = threading.Barrier(CLIENTS)

    def read_then_insert(association: Association) -> None:
        free = not Booking.objects.live(now).filter(slot=world.slot).exists()
        both_have_read.wait()
        if free:
            factories.make_booking(now, world.slot, association)

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX booking_one_live_per_slot")
    try:
        at_once(*[partial(read_then_insert, rival) for rival in rivals])
        assert Booking.objects.live(now).filter(slot=world.slot).count() == CLIENTS
    finally:
        Workshop.objects.all().delete()
        Booking.objects.all().delete()
        with connection.schema_editor() as editor:
            unique = next(one for one in Booking._meta.constraints if one.name == "booking_one_live_per_slot")
            editor.add_constraint(Booking, unique)


def test_two_moderators_decide_once(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    Slot.objects.update(booking_mode="on_approval")
    with_action(world.slot, world.association, now)
    booking = Booking.objects.with_everything().get()
    mine, yours = (Booking.objects.with_everything().get(pk=booking.pk) for _ in range(2))
    outcome = at_once(
        partial(actions.accept_booking, booking=mine, by=world.company_owner, now=now),
        partial(actions.decline_booking, booking=yours, reason="Non.", by=world.company_owner, now=now),
    )
    assert outcome == {"done": 1, "AlreadySettled": 1}


def test_promises_of_one_person_come_one_after_the_other(now: dt.datetime, committed: None) -> None:
    """Two at once would each write a row and wait for the other's, until PostgreSQL ends one of them."""
    world = factories.make_world(now)

    def hold_diary(pause: Move) -> None:
        User.objects.select_for_update(no_key=True).get(pk=world.volunteer.pk)
        pause()

    assert second_waits(hold_diary, partial(companies.join_slot, slot=world.slot, by=world.volunteer, now=now))


# --- one order, so that nobody waits for who waits for them ------------------------------------------


def then_asks(held: QuerySet[Any], later: QuerySet[Any]) -> Callable[[Move], None]:
    """Hold these rows, let the other begin, and want those: had the other one taken them first, both would wait."""

    def run(pause: Move) -> None:
        list(held.select_for_update(no_key=True))
        pause()
        list(later.select_for_update(no_key=True, nowait=True))

    return run


def test_agreement_waits_for_a_booking_of_the_same_pair(now: dt.datetime, committed: None) -> None:
    """A booking holds the association, and then asks whether the company is a signatory."""
    world = factories.make_world(now)
    with_action(world.slot, world.association, now)
    insure(world.association, now)
    association = Association.objects.filter(pk=world.association.pk)
    propose = partial(
        actions.propose_agreement, company=world.company, association=world.association, by=world.company_owner, now=now
    )
    assert second_waits(then_asks(association, Company.objects.filter(pk=world.company.pk)), propose)
    assert HostingAgreement.objects.count() == 1


def test_who_tells_of_another_way_in_waits_for_who_calls_off(now: dt.datetime, committed: None) -> None:
    """Whoever calls a workshop off holds its slot, and then its booking."""
    world = factories.make_world(now)
    with_action(world.slot, world.association, now)
    companies.place_site(site=world.site, latitude=50.64, longitude=3.07, now=now + SOON)
    tell = partial(actions.remind_workshops, now=now + 3 * SOON)
    assert second_waits(then_asks(Slot.objects.filter(pk=world.slot.pk), Booking.objects.all()), tell)
    assert Message.objects.filter(template="workshop_way_changed").exists()


def test_series_is_joined_in_the_order_of_its_slots(now: dt.datetime, committed: None) -> None:
    """A course holds its slots by number; of a series one date was moved behind another."""
    world = factories.make_world(now)
    series = factories.make_series(now, world.room)
    later, sooner = (
        factories.make_slot(
            world.room,
            world.slot.starts_at + dt.timedelta(days=7 * weeks),
            availability=series,
            original_date=world.slot.starts_at.date() + dt.timedelta(days=7 * weeks),
        )
        for weeks in (2, 1)
    )
    assert later.pk < sooner.pk
    joined = partial(companies.join_series, series=series, by=world.volunteer, now=now)
    assert second_waits(then_asks(Slot.objects.filter(pk=later.pk), Slot.objects.filter(pk=sooner.pk)), joined)
    assert SlotVolunteer.objects.filter(volunteer=world.volunteer).count() == 2
