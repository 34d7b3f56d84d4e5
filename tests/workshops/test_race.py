"""Two people book one slot at the same moment. A control run without the guards must oversell."""

import datetime as dt
import threading
import uuid
from functools import partial

from django.db import connection

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association
from companies import actions as companies
from companies.models import Slot
from mail.models import Message
from tests import factories
from tests.races import Move, at_once, second_waits
from workshops import actions
from workshops.models import Booking, Workshop

CLIENTS, ROUNDS = 8, 6


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
