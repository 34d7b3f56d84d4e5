"""What all moves of a game share, and what is compared after each step."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Collection
from random import Random
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, transaction
from hypothesis import currently_in_test_context, note
from hypothesis.stateful import RuleBasedStateMachine, invariant

from accounts.models import User
from accounts.refusals import Refused
from associations.models import Association
from companies.models import Room, Slot, SlotQuerySet
from mail.models import Message
from solidarite.invariants import FACTS
from tests.workshops.everybody.stage import Stage, open_evenings
from workshops.actions import AlreadyAsked, SlotTaken
from workshops.actions.bookings import refusals_of_booking
from workshops.catalogue import bookable
from workshops.models import Booking, Side, WaitlistEntry

# Every promise about rows in one statement that is planned once: what is asked after each step takes a millisecond.
LOOK = """
CREATE FUNCTION pg_temp.look(timestamptz) RETURNS TABLE (broken text, number text) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $look$ BEGIN RETURN QUERY {}; END $look$
""".format(
    " UNION ALL ".join(f"SELECT '{one.name}', found.id::text FROM ({one.sql}) AS found (id)" for one in FACTS)  # noqa: S608  # statements of our own
).replace("%(now)s", "$1")

# Words that end nobody's wait.
NO_REASONS = [str(one) for one in refusals_of_booking().values() if isinstance(one, SlotTaken | AlreadyAsked)]


def prepare_look() -> None:
    """For this session, once."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK)


# What may be done, each under its name.
Moves = dict[str, Callable[[], Any]]


class Swallowed(logging.Handler):
    """Keeps what is logged as a fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.faults.append(self.format(record))


SWALLOWED = Swallowed()


class Everybody(RuleBasedStateMachine):
    """What all moves share: the stage, the clock, whose each slot is and who queues, as anybody would note it.

    A move succeeds or is `Refused`; anything else is a fault. What an example wrote is rolled back at its end.
    """

    stage: ClassVar[Stage]
    chance: Random
    """Of this step."""
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = self.stage.now
        self.whole = transaction.atomic()
        self.whole.__enter__()
        open_evenings(self.stage, self.now)
        # Slot → association that it is agreed with.
        self.agreed: dict[int, int] = {}
        # Slot → associations in the order in which they came.
        self.queues: dict[int, list[int]] = {}
        self.numbers: Counter[int] = Counter()
        self.forms: list[tuple[UUID, int, int, int]] = []
        self.story: list[str] = []
        # The kind of move that this game is for, if it is for one.
        self.sought = ""
        SWALLOWED.faults.clear()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    # --- how rules move -----------------------------------------------------------------------------

    def attempt(self, move: str, action: Callable[[], Any]) -> Any:
        """The outcome of a move, True where it has none; None when it was refused, and has written nothing."""
        try:
            with transaction.atomic():
                outcome = action()
        except Refused as refusal:
            self.tally[f"{move} refused"] += 1
            self.tally[f"{move} refused {refusal}"[:110]] += 1
            self.say(f"{move}: {refusal}")
            return None
        self.made(move, outcome)
        return True if outcome is None else outcome

    def made(self, move: str, outcome: object = "") -> None:
        """It is one of those that this kind of move is for."""
        self.tally[move] += 1
        self.say(f"{move}: {outcome}")

    def say(self, line: str) -> None:
        """For who reads how a game broke something."""
        self.story.append(f"{self.now:%d %H:%M} {line}")
        if currently_in_test_context():
            note(self.story[-1])

    def pick[T](self, rows: Collection[T]) -> T | None:
        """One of these, drawn; None when there is none."""
        found = list(rows)
        return self.chance.choice(found) if found else None

    def draw[T](self, *values: T) -> T:
        """One of these values; what this game is for, if it is one of them."""
        sought = [one for one in values if one == self.sought]
        return self.chance.choice(sought or values)

    def association(self) -> Association:
        return Association.objects.get(pk=self.draw(*self.stage.associations).pk)

    def seldom(self) -> bool:
        return self.draw(False, False, False, True)

    def slot(self, likely: SlotQuerySet | None = None) -> Slot:
        """Mostly one of those, the soonest first; else whichever is open and not over for long, or the last one."""
        current = Slot.objects.with_place().order_by("starts_at", "pk")
        going = current.filter(ends_at__gt=self.now - dt.timedelta(days=1), state=Slot.State.OPEN)
        wanted = going if likely is None or self.seldom() else going.filter(pk__in=likely.values("pk"))
        return self.pick(wanted[:5]) or self.pick(going[:8]) or current.reverse()[0]

    def room(self) -> Room:
        rooms = Room.objects.select_related("site__company", "site__commune")
        return rooms.get(pk=self.draw(*self.stage.rooms).pk)

    def free_slot(self) -> Slot:
        return self.slot(bookable(self.now))

    def taken_slot(self) -> Slot:
        live = Booking.objects.live(self.now).values("slot")
        return self.slot(Slot.objects.filter(pk__in=live, starts_at__gt=self.now))

    def booking(self, *states: Booking.State) -> Booking | None:
        return self.pick(Booking.objects.with_everything().filter(state__in=states).order_by("pk"))

    def host(self, slot: Slot) -> User:
        return slot.room.site.company.owners()[0]

    def guest(self, association: Association) -> User:
        return association.owners()[0]

    def speaker(self, booking: Booking, side: Side) -> User:
        return self.host(booking.slot) if side == Side.COMPANY else self.guest(booking.association)

    # --- what must hold -----------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT * FROM pg_temp.look(%s)", [self.now])
            found = cursor.fetchall()
        assert not found, found

    @invariant()
    def no_fault_is_swallowed(self) -> None:
        """Scans and plans go on after one, which they log."""
        assert not SWALLOWED.faults, SWALLOWED.faults

    @invariant()
    def slots_are_whose_they_were_said_to_be(self) -> None:
        assert dict(Booking.objects.agreed().values_list("slot", "association")) == self.agreed

    @invariant()
    def queues_keep_their_order(self) -> None:
        waiting: dict[int, list[int]] = {}
        for slot, association in WaitlistEntry.objects.waiting().values_list("slot", "association"):
            waiting.setdefault(slot, []).append(association)
        for slot, line in waiting.items():
            assert line == [one for one in self.queues.get(slot, []) if one in line]
        offered = WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED).values_list("slot", "association")
        for slot, association in offered:
            before = self.queues.get(slot, [])
            ahead = before[: before.index(association)] if association in before else []
            assert not set(ahead) & set(waiting.get(slot, []))
        self.queues = waiting

    @invariant()
    def nobody_is_sent_away_because_of_the_slot(self) -> None:
        """That it is taken, or asked for, is why one queues."""
        closed = Message.objects.filter(template="waitlist_closed", context__why__in=NO_REASONS)
        assert not closed.exists()
