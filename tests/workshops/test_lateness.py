"""Whether who ends a workshop does so too late, or answers what the other side did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from companies.models import BookingMode, Slot
from mail.models import Message
from tests import factories
from tests.factories import World
from tests.workshops.test_booking import book
from workshops import actions
from workshops.models import Booking, Reason, Side, Workshop
from workshops.reliability import record

Visitor = Callable[[User], Client]
HOUR = dt.timedelta(hours=1)


def near(world: World, now: dt.datetime, hours: int = 26) -> Slot:
    return factories.make_slot(world.room, now + hours * HOUR, closes_at=now + HOUR)


def ended_late(booking: Booking, side: Side, world: World, at: dt.datetime) -> bool:
    """Called off by this side at this instant, and what its record says."""
    organisation = world.company if side == Side.COMPANY else world.association
    by = world.company_owner if side == Side.COMPANY else world.association_owner
    actions.cancel_booking(booking=booking, side=side, code=Reason.OTHER_DATE, by=by, now=at)
    booking.refresh_from_db()
    assert record(organisation, at).broken == booking.is_late
    return booking.is_late


@pytest.mark.parametrize(
    ("side", "hours", "late"), [("association", 1, False), ("association", 25, True), ("company", 1, True)]
)
def test_who_is_moved_to_a_near_date_has_a_day_to_say_no(
    world: World, now: dt.datetime, side: Side, hours: int, *, late: bool
) -> None:
    moved = actions.move_workshop(
        booking=book(world, now),
        slot_id=near(world, now, 30).pk,
        side=Side.COMPANY,
        by=world.company_owner,
        now=now,
    )
    assert ended_late(moved, Side(side), world, now + hours * HOUR) == late


def test_who_chose_a_near_date_is_held_to_it(world: World, now: dt.datetime) -> None:
    slot = near(world, now)
    by = world.association_owner
    moved = actions.move_workshop(booking=book(world, now), slot_id=slot.pk, side=Side.ASSOCIATION, by=by, now=now)
    assert ended_late(moved, Side.ASSOCIATION, world, now + HOUR)


@pytest.mark.parametrize(
    ("hours", "after", "late"), [(5, 60, False), (47, 60, False), (47, 25 * 60, True), (49, 90, True)]
)
def test_who_is_answered_late_has_a_day_to_say_no(
    world: World, now: dt.datetime, hours: int, after: int, *, late: bool
) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    booking = book(world, world.slot.starts_at - 90 * HOUR)
    answered = world.slot.starts_at - hours * HOUR
    actions.accept_booking(booking=booking, by=world.company_owner, now=answered)
    at = answered + dt.timedelta(minutes=after)
    assert ended_late(booking, Side.ASSOCIATION, world, at) == late


def test_who_answers_late_is_held_to_it(world: World, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    booking = book(world, world.slot.starts_at - 90 * HOUR)
    actions.accept_booking(booking=booking, by=world.company_owner, now=world.slot.starts_at - 5 * HOUR)
    assert ended_late(booking, Side.COMPANY, world, world.slot.starts_at - 4 * HOUR)


def test_answer_a_minute_before_the_start_leaves_a_word(world: World, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    booking = book(world, world.slot.starts_at - 25 * HOUR)
    last = world.slot.starts_at - dt.timedelta(minutes=1)
    actions.accept_booking(booking=booking, by=world.company_owner, now=last)
    assert not ended_late(booking, Side.ASSOCIATION, world, last + dt.timedelta(seconds=20))


def test_who_said_since_that_it_stands_is_late(world: World, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    booking = book(world, world.slot.starts_at - 90 * HOUR)
    answered = world.slot.starts_at - 40 * HOUR
    actions.accept_booking(booking=booking, by=world.company_owner, now=answered)
    workshop = Workshop.objects.with_everything().get()
    by = world.association_owner
    actions.agree_workshop(workshop=workshop, side=Side.ASSOCIATION, by=by, now=answered + HOUR)
    assert ended_late(booking, Side.ASSOCIATION, world, answered + 2 * HOUR)


def test_company_whose_offer_is_taken_late_has_a_day_to_say_no(world: World, now: dt.datetime) -> None:
    request = factories.make_request(now, world.association, state="open")
    offered = world.slot.starts_at - 60 * HOUR
    booking = actions.offer_slot(slot_id=world.slot.pk, request=request, by=world.company_owner, now=offered)
    taken = world.slot.starts_at - 25 * HOUR
    actions.take_hold(booking=booking, by=world.association_owner, now=taken)
    assert not ended_late(booking, Side.COMPANY, world, taken + HOUR)


def test_company_is_held_to_an_evening_that_is_booked_late(world: World, now: dt.datetime) -> None:
    booking = book(world, world.slot.starts_at - 30 * HOUR)
    assert ended_late(booking, Side.COMPANY, world, world.slot.starts_at - 29 * HOUR)


def test_who_takes_what_came_free_late_is_held_to_it(world: World, now: dt.datetime) -> None:
    other = factories.make_association(now)
    first = factories.make_booking(now, world.slot, other)
    told: dict[str, Any] = {"participants": 3, "topic": "email", "message": "", "request": None}
    actions.join_waitlist(
        slot_id=world.slot.pk, association=world.association, by=world.association_owner, now=now, **told
    )
    free = world.slot.starts_at - 30 * HOUR
    actions.cancel_booking(booking=first, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=other.owners()[0], now=free)
    held = Booking.objects.with_everything().get(state=Booking.State.HELD)
    actions.take_hold(booking=held, by=world.association_owner, now=free + HOUR)
    assert ended_late(held, Side.ASSOCIATION, world, free + 2 * HOUR)


def test_page_warns_who_would_be_late_alone(world: World, now: dt.datetime, visitor: Visitor) -> None:
    moved = actions.move_workshop(
        booking=book(world, now), slot_id=near(world, now).pk, side=Side.COMPANY, by=world.company_owner, now=now
    )
    warned = {}
    for side, organisation, person in (
        ("company", world.company, world.company_owner),
        ("association", world.association, world.association_owner),
    ):
        page = reverse(f"workshops:{side}_booking", args=[organisation.slug, moved.pk])
        with travel(now + HOUR, tick=False):
            warned[side] = "notée comme tardive" in visitor(person).get(page).text
    assert warned == {"company": True, "association": False}


@pytest.mark.parametrize(("days", "asked"), [(9, []), (5, ["Karim"]), (1, [])])
def test_who_was_moved_to_within_a_week_is_asked_whether_it_stands(
    world: World, now: dt.datetime, days: int, asked: list[str]
) -> None:
    """Not so far ahead that both are asked in time, nor when the reminder is due."""
    far = factories.make_slot(world.room, now + dt.timedelta(days=30))
    booking = factories.make_booking(now, far, world.association)
    there = factories.make_slot(world.room, now + dt.timedelta(days=days), closes_at=now + HOUR)
    actions.move_workshop(booking=booking, slot_id=there.pk, side=Side.COMPANY, by=world.company_owner, now=now)
    actions.remind_workshops(now=now + HOUR)
    told = Message.objects.filter(template="workshop_agreement")
    assert list(told.values_list("to_name", flat=True)) == asked
    workshop = Workshop.objects.get()
    assert (workshop.company_agreed_by == world.company_owner) == (days < 7)
