"""One of everything that a check looks at, made by the actions themselves."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import transaction

from accounts.models import AbuseReport, Appeal, Decision, Role, User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BookingMode, Slot
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Course, MatchNotice, Reason, Reply, Report, Side, Workshop

DAY = dt.timedelta(days=1)


class Life:
    """Plays moves of both sides around one company."""

    def __init__(self, world: World, now: dt.datetime) -> None:
        self.world, self.now = world, now
        self.owner = world.company_owner

    def slot(self, days: int, **fields: Any) -> Slot:
        """An evening so many days from that of the world's slot."""
        return factories.make_slot(self.world.room, self.world.slot.starts_at + days * DAY, **fields)

    def book(self, slot: Slot, association: Association, **fields: Any) -> Booking:
        asked = {"participants": 6, "topic": Topic.EMAIL, "message": "", "key": uuid.uuid4(), "request": None}
        by = association.owners()[0]
        return actions.book_slot(
            **{"slot_id": slot.pk, "association": association, "by": by, "now": self.now, **asked, **fields}
        )

    def queue(self, slot: Slot, association: Association) -> None:
        by = association.owners()[0]
        asked: dict[str, Any] = {"participants": 6, "topic": Topic.EMAIL, "message": "", "request": None}
        actions.join_waitlist(slot_id=slot.pk, association=association, by=by, now=self.now, **asked)

    def cancel(self, booking: Booking) -> None:
        actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.UNSUITABLE, by=self.owner, now=self.now)

    def hold(self) -> None:
        """A slot that came free is held for the first of two who queue."""
        slot = self.slot(1)
        first = self.book(slot, self.association())
        for _ in range(2):
            self.queue(slot, self.association())
        self.cancel(first)

    def association(self, *, admitted: bool = True) -> Association:
        return factories.make_association(self.now, admitted=admitted)

    def report(self, booking: Booking, after: dt.datetime, presences: list[actions.Presence]) -> None:
        workshop = Workshop.objects.with_everything().get(booking=booking)
        counts: dict[Side, dict[str, Any]] = {
            Side.ASSOCIATION: {"attended": 5},
            Side.COMPANY: {"volunteers": 0, "volunteer_minutes": 0},
        }
        for side, own in counts.items():
            report = Report(rating=4, **own)
            there = presences if side == Side.COMPANY else []
            actions.report_workshop(
                workshop=workshop, report=report, side=side, presences=there, by=self.owner, now=after
            )

    def past(self, volunteer: User) -> None:
        """A workshop of last week, for a request, that both sides told of."""
        slot, before = self.slot(-14), self.now - 20 * DAY
        request = factories.make_request(before, self.world.association)
        booking = self.book(slot, self.world.association, request=request, now=before)
        promise = factories.make_promise(before, slot, volunteer)
        self.report(booking, slot.ends_at, [actions.Presence(volunteer, 90, promise.engagement_type)])

    def differ(self) -> None:
        """A workshop of which the two sides tell different things."""
        slot, before = self.slot(-21), self.now - 27 * DAY
        workshop = self.book(slot, self.world.association, now=before).workshop
        told = {
            Side.COMPANY: Report(absent=Side.ASSOCIATION, volunteers=0, volunteer_minutes=0),
            Side.ASSOCIATION: Report(rating=4, attended=5),
        }
        for side, report in told.items():
            actions.report_workshop(workshop=workshop, report=report, side=side, by=self.owner, now=slot.ends_at)

    def write(self) -> None:
        world, now = self.world, self.now
        company = world.company
        factories.make_signature(now, company, world.charter, state="approved", decided_at=now)
        request = factories.make_request(now, world.association)
        self.words(self.book(world.slot, world.association, request=request), request)
        factories.make_promise(now, world.slot, world.volunteer)
        colleague = factories.make_user()
        factories.add_member(company, colleague, Role.VOLUNTEER, now)
        factories.make_promise(now, world.slot, colleague, seat=2)
        self.queue(world.slot, self.association())
        self.hold()
        self.past(world.volunteer)
        self.differ()
        moved = self.book(self.slot(2), world.association)
        actions.move_workshop(booking=moved, slot_id=self.slot(3).pk, side=Side.COMPANY, by=self.owner, now=now)
        asked = self.slot(4, booking_mode=BookingMode.ON_APPROVAL)
        new = self.association(admitted=False)
        factories.make_request(now, new, state=Request.State.IN_REVIEW)
        for one in (new, self.association()):
            self.book(asked, one)
        factories.make_series(now, world.room)
        self.files()

    def words(self, booking: Booking, request: Request) -> None:
        """What was told, answered and planned around a booking."""
        MatchNotice.objects.create(
            request=request, slot=booking.slot, starts_at=booking.slot.starts_at, told_at=self.now
        )
        Reply.objects.create(
            booking=booking, side=Side.COMPANY, text="Notre badge était en panne.", created_at=self.now
        )
        factories.make_plan(self.now, request, booking.slot)
        course = {"title": "Premiers pas", "topic": Topic.EMAIL, "participants": 6, "key": uuid.uuid4()}
        Course.objects.create(association=booking.association, created_at=self.now, **course)

    def files(self) -> None:
        """What waits for somebody, beside bookings."""
        AbuseReport.objects.create(path="/", reason="other", message="Non.", created_at=self.now)
        refusal = {"subject": Decision.Subject.ASSOCIATION, "subject_id": 1, "outcome": Decision.Outcome.REFUSED}
        decision = Decision.objects.create(**refusal, decided_at=self.now)
        Appeal.objects.create(decision=decision, message="Si.", created_at=self.now)
        for organisation in (self.world.company, self.world.association):
            organisation.join_requests.create(user=factories.make_user(), created_at=self.now)


@pytest.fixture
def life(world: World, now: dt.datetime) -> World:
    """The world, in which a lot has happened."""
    with transaction.atomic():
        Life(world, now).write()
    return world
