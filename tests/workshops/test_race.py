"""Two people book one slot at the same moment. A control run without the guards must oversell."""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from accounts.refusals import Refused
from accounts.vocabulary import Topic
from associations.models import Association
from companies.models import Slot
from mail.models import Message
from tests import factories
from workshops import actions
from workshops.models import Booking, Workshop

CLIENTS, ROUNDS = 8, 6


def race(slot: Slot, associations: list[Association], book: Callable[[Slot, Association], None]) -> Counter[str]:
    """Everybody books at once, each on a connection of their own."""
    start = threading.Barrier(len(associations))

    def run(association: Association) -> str:
        start.wait()
        try:
            book(slot, association)
        except Refused as refusal:
            return type(refusal).__name__
        else:
            return "booked"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(associations)) as pool:
        return Counter(pool.map(run, associations))


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
        outcome = race(slot, rivals, lambda slot, association: with_action(slot, association, now))
        assert outcome == {"booked": 1, "SlotTaken": CLIENTS - 1}
    assert Booking.objects.count() == Workshop.objects.count() == ROUNDS
    assert Message.objects.filter(template="booking_confirmed").count() == 2 * ROUNDS


def test_control_without_lock_and_constraint_oversells(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    rivals = [factories.make_association(now) for _ in range(CLIENTS)]
    both_have_read = threading.Barrier(CLIENTS)

    def read_then_insert(slot: Slot, association: Association) -> None:
        free = not Booking.objects.live().filter(slot=slot).exists()
        both_have_read.wait()
        if free:
            factories.make_booking(now, slot, association)

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX booking_one_live_per_slot")
    try:
        race(world.slot, rivals, read_then_insert)
        assert Booking.objects.live().filter(slot=world.slot).count() == CLIENTS
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
    answers: list[Callable[[], None]] = [
        lambda: actions.accept_booking(booking=copy(), by=world.company_owner, now=now),
        lambda: actions.decline_booking(booking=copy(), reason="Non.", by=world.company_owner, now=now),
    ]

    def copy() -> Booking:
        return Booking.objects.with_everything().get(pk=booking.pk)

    def answer(_slot: Slot, which: Callable[[], None]) -> None:
        which()

    outcome = race(world.slot, answers, answer)  # type: ignore[arg-type]
    assert outcome["booked"] == 1
    assert outcome["AlreadySettled"] == 1
