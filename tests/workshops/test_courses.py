"""Several dates for one group: all of them, or line by line what can be had."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from time_machine import travel

from accounts.models import User
from associations.models import Association
from companies.models import Slot
from mail.models import Message
from tests import factories
from tests.factories import World
from tests.races import at_once
from workshops import actions
from workshops.actions import BookedCourse
from workshops.models import Booking, Course, Reason, Side, Workshop

Visitor = Callable[[User], Client]
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def slots(world: World) -> list[Slot]:
    """Four Tuesdays, the first that of the world."""
    return [
        world.slot,
        *(factories.make_slot(world.room, world.slot.starts_at + number * WEEK) for number in (1, 2, 3)),
    ]


def book(world: World, slots: list[Slot], now: dt.datetime, **fields: Any) -> BookedCourse:
    given = {
        "slot_ids": [slot.pk for slot in slots],
        "association": world.association,
        "title": "Premiers pas",
        "participants": 6,
        "topic": "email",
        "message": "",
        "key": uuid.uuid4(),
        "request": None,
        "only_all": False,
        "by": world.association_owner,
        "now": now,
    }
    return actions.book_course(**{**given, **fields})


def test_group_has_all_its_dates_in_one_step(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    page = reverse("workshops:course_book", args=[world.slot.pk])
    shown = client.get(page)
    assert [f'value="{slot.pk}"' in shown.text for slot in slots] == [True] * 4
    form = {
        "association": world.association.pk,
        "title": "Premiers pas",
        "participants": 6,
        "topic": "email",
        "slots": [slot.pk for slot in slots[:3]],
        "only_all": "on",
        "key": uuid.uuid4(),
    }
    done = client.post(page, form, follow=True)
    assert "3\u00a0dates réservées" in done.text
    assert client.post(page, form, follow=True).redirect_chain == done.redirect_chain
    course = Course.objects.get()
    assert list(course.bookings.order_by("slot").values_list("slot", "state")) == [
        (slot.pk, "confirmed") for slot in slots[:3]
    ]
    one = course.bookings.order_by("pk")[0]
    own = reverse("workshops:association_booking", args=[world.association.slug, one.pk])
    assert "Séance du parcours" in client.get(own).text
    theirs = reverse("workshops:company_booking", args=[world.company.slug, one.pk])
    assert "«\u00a0Premiers pas\u00a0»" in visitor(world.company_owner).get(theirs).text


def test_what_cannot_be_had_is_said_line_by_line(world: World, slots: list[Slot], now: dt.datetime) -> None:
    factories.make_booking(now, slots[1], factories.make_association(now))
    small = slots[2]
    Slot.objects.filter(pk=small.pk).update(places=5)
    booked = book(world, slots, now)
    assert [booking.slot for booking in booked.bookings] == [slots[0], slots[3]]
    assert [(slot, reason[:22]) for slot, reason in booked.refused] == [
        (slots[1], "Ce créneau n’est plus "),
        (small, "Ce créneau accueille 5"),
    ]


def test_all_or_nothing_keeps_nothing(world: World, slots: list[Slot], now: dt.datetime) -> None:
    factories.make_booking(now, slots[1], factories.make_association(now))
    with pytest.raises(actions.NotAllFree, match=r"15.décembre.*n’est plus disponible"):
        book(world, slots, now, only_all=True)
    assert (Course.objects.count(), Booking.objects.of_association(world.association).count()) == (0, 0)
    assert not Message.objects.exists()


def test_no_more_dates_are_asked_for_than_may_wait_for_an_answer(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor, settings: Settings
) -> None:
    """The page says so before; all or none is refused with what to do, line by line asks for what it can."""
    page = reverse("workshops:course_book", args=[slots[0].pk])
    assert "au plus attendent une réponse" not in visitor(world.association_owner).get(page).text
    Slot.objects.update(booking_mode="on_approval")
    settings.PENDING_PER_ASSOCIATION = 3
    assert "3 dates au plus attendent une réponse" in visitor(world.association_owner).get(page).text
    with pytest.raises(actions.NotAllFree, match=r"4.dates sont.*3.réponses de plus.*décochez"):
        book(world, slots, now, only_all=True)
    assert (Booking.objects.count(), Message.objects.count()) == (0, 0)
    booked = book(world, slots, now)
    assert (len(booked.bookings), len(booked.refused)) == (3, 1)
    with pytest.raises(actions.NotAllFree, match=r"0.réponse de plus"):
        book(world, slots[2:], now, only_all=True)


def test_one_group_is_in_one_place_at_a_time(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    there = factories.make_room(now, world.site)
    begins = slots[0].starts_at + dt.timedelta(minutes=30)
    meanwhile = factories.make_slot(there, begins)
    with pytest.raises(actions.TwoAtOnce, match="se chevauchent"):
        book(world, [*slots, meanwhile], now)
    assert (Booking.objects.count(), Course.objects.count()) == (0, 0)
    right_after = factories.make_slot(there, meanwhile.ends_at)
    assert len(book(world, [meanwhile, right_after], now).bookings) == 2


def test_nothing_to_be_had_is_no_course(world: World, slots: list[Slot], now: dt.datetime) -> None:
    for slot in slots[:2]:
        factories.make_booking(now, slot, factories.make_association(now))
    with pytest.raises(actions.NotAllFree):
        book(world, slots[:2], now)
    assert not Course.objects.exists()


@pytest.mark.parametrize("count", [0, 1, 21])
def test_course_has_two_dates_or_more(world: World, now: dt.datetime, count: int) -> None:
    several = [factories.make_slot(world.room, world.slot.starts_at + number * WEEK) for number in range(1, count + 1)]
    with pytest.raises(actions.TooFewSessions):
        book(world, several, now)


def test_cap_of_bookings_counts_each_date(
    world: World, slots: list[Slot], now: dt.datetime, settings: Settings
) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 2
    booked = book(world, slots, now)
    assert (len(booked.bookings), len(booked.refused)) == (2, 2)
    assert "le maximum" in booked.refused[0][1]


def test_moved_session_stays_in_its_course(world: World, slots: list[Slot], now: dt.datetime) -> None:
    booked = book(world, slots[:2], now)
    by = world.association_owner
    moved = actions.move_workshop(
        booking=booked.bookings[0], slot_id=slots[3].pk, side=Side.ASSOCIATION, by=by, now=now
    )
    assert moved.course == booked.course


def at_the_same_hour(world: World, slot: Slot, now: dt.datetime, **fields: Any) -> Slot:
    """In another room, half an hour later."""
    return factories.make_slot(
        factories.make_room(now, world.site), slot.starts_at + dt.timedelta(minutes=30), **fields
    )


def go(booking: Booking, slot: Slot, side: Side, by: User, now: dt.datetime) -> Booking:
    return actions.move_workshop(booking=booking, slot_id=slot.pk, side=side, by=by, now=now)


@pytest.mark.parametrize("side", Side)
def test_session_is_not_moved_beside_another_one(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    first, second = book(world, slots[:2], now).bookings
    beside, later = at_the_same_hour(world, slots[0], now), at_the_same_hour(world, slots[1], now)
    slug, by = {
        Side.ASSOCIATION: (world.association.slug, world.association_owner),
        Side.COMPANY: (world.company.slug, world.company_owner),
    }[side]
    page, client = reverse(f"workshops:{side}_move", args=[slug, second.pk]), visitor(by)
    shown = client.get(page).text
    assert (f'value="{beside.pk}"' in shown, f'value="{later.pk}"' in shown) == (False, True)
    sent = client.post(page, {"slot": beside.pk})
    assert (sent.status_code, "Une autre séance de ce parcours est à ce moment-là" in sent.text) == (422, True)
    assert go(second, later, side, by, now).is_confirmed
    assert go(first, at_the_same_hour(world, slots[0], now), side, by, now).is_confirmed


def test_session_that_asked_to_move_is_not_accepted_beside_another_one(
    world: World, slots: list[Slot], now: dt.datetime
) -> None:
    """Where it asked to go no other may go meanwhile; the database says so to whoever confirms it."""
    first, second = book(world, slots[:2], now).bookings
    asked = at_the_same_hour(world, slots[2], now, booking_mode="on_approval")
    by = world.association_owner
    waits = go(second, asked, Side.ASSOCIATION, by, now)
    with pytest.raises(actions.NotMovable, match="Une autre séance"):
        go(first, slots[2], Side.ASSOCIATION, by, now)
    course = Booking.objects.get(pk=waits.pk).course
    factories.make_booking(now, slots[2], world.association, course=course, participants=6)
    with pytest.raises(actions.SlotTaken, match="Une autre séance de ce groupe"):
        actions.accept_booking(booking=waits, by=world.company_owner, now=now)


def test_two_sessions_do_not_meet_though_they_move_at_once(
    committed: None, world: World, slots: list[Slot], now: dt.datetime
) -> None:
    first, second = book(world, slots[:2], now).bookings
    by, beside = world.association_owner, at_the_same_hour(world, slots[2], now)
    done = at_once(
        partial(go, first, slots[2], Side.ASSOCIATION, by, now), partial(go, second, beside, Side.ASSOCIATION, by, now)
    )
    assert done == {"done": 1, "NotMovable": 1}


def test_rest_of_a_course_is_called_off_at_once(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    booked = book(world, slots[:3], now)
    client = visitor(world.association_owner)
    address = reverse("workshops:association_course_cancel", args=[world.association.slug, booked.course.pk])
    with travel(slots[0].ends_at, tick=False):
        page = reverse("workshops:association_course", args=[world.association.slug, booked.course.pk])
        assert "Écrire le compte rendu" in client.get(page).text
        assert client.post(address, {"code": "other", "reason": ""}).status_code == 422
        done = client.post(address, {"code": "too_few", "reason": ""}, follow=True)
        again = client.post(address, {"code": "too_few", "reason": ""}, follow=True)
    assert "2\u00a0séances annulées" in done.text
    assert "Il ne restait aucune séance à annuler." in again.text
    assert "Tout le monde est prévenu" not in again.text
    states = booked.course.bookings.order_by("slot").values_list("state", flat=True)
    assert list(states) == ["confirmed", "cancelled_by_association", "cancelled_by_association"]
    assert Workshop.objects.filter(state="planned").count() == 1


def test_course_is_called_off_though_a_session_is_asked_to_move(
    world: World, slots: list[Slot], now: dt.datetime
) -> None:
    course = book(world, slots[:2], now).course
    last = factories.make_slot(world.room, slots[3].starts_at + WEEK, booking_mode="on_approval")
    first = course.bookings.order_by("slot__starts_at").first()
    assert first is not None
    by = world.association_owner
    actions.move_workshop(booking=first, slot_id=last.pk, side=Side.ASSOCIATION, by=by, now=now)
    actions.cancel_course(course=course, code=Reason.NO_NEED, reason="", by=by, now=now)
    states = set(course.bookings.values_list("state", flat=True))
    assert (course.bookings.count(), states) == (3, {Booking.State.CANCELLED_BY_ASSOCIATION})


def test_date_that_was_taken_meanwhile_is_told_line_by_line(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    page = reverse("workshops:course_book", args=[slots[0].pk])
    factories.make_booking(now, slots[2], factories.make_association(now))
    form = {
        "association": world.association.pk,
        "title": "Premiers pas",
        "participants": 6,
        "topic": "email",
        "slots": [slot.pk for slot in slots],
        "key": uuid.uuid4(),
    }
    refused = client.post(page, form | {"only_all": "on"})
    assert (refused.status_code, "n’est plus disponible" in refused.text) == (422, True)
    done = client.post(page, form, follow=True).text
    assert "3\u00a0dates réservées" in done
    assert "n’est plus disponible" in done
    assert Course.objects.get().bookings.count() == 3
    # Of a double click people read the second page.
    assert "Cette date n’a pas été réservée avec les autres." in client.post(page, form, follow=True).text


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²", "-1", "abc", "\x00"])
def test_date_that_is_none_is_refused_in_words(world: World, slots: list[Slot], visitor: Visitor, number: str) -> None:
    form = {"association": world.association.pk, "title": "A", "participants": 2, "topic": "email", "key": uuid.uuid4()}
    page = reverse("workshops:course_book", args=[slots[0].pk])
    answer = visitor(world.association_owner).post(page, form | {"slots": [slots[0].pk, number]})
    assert (answer.status_code, Course.objects.count()) == (422, 0)


def test_course_is_of_its_association_alone(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    booked = book(world, slots[:2], now)
    rival = factories.make_user()
    other = factories.make_association(now, owner=rival)
    address = reverse("workshops:association_course", args=[other.slug, booked.course.pk])
    assert visitor(rival).get(address).status_code == 404
    with pytest.raises(IntegrityError, match="booking_course_of_association"), transaction.atomic():
        Booking.objects.filter(pk=booked.bookings[0].pk).update(association=other)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_groups_that_want_the_same_dates_do_not_share_them(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    slots = [world.slot, *(factories.make_slot(world.room, world.slot.starts_at + n * WEEK) for n in (1, 2))]
    other = factories.make_association(now)

    def want(association: Association, wanted: list[Slot]) -> None:
        book(world, wanted, now, association=association, only_all=True)

    done = at_once(lambda: want(world.association, slots), lambda: want(other, slots[::-1]))
    assert done == {"done": 1, "NotAllFree": 1}
    assert Booking.objects.filter(state="confirmed").count() == 3


def test_reason_of_a_course_is_given_once_for_all(world: World, slots: list[Slot], now: dt.datetime) -> None:
    booked = book(world, slots[:2], now)
    actions.cancel_course(course=booked.course, code=Reason.TOO_FEW, reason="", by=world.association_owner, now=now)
    assert set(booked.course.bookings.values_list("reason_code", flat=True)) == {"too_few"}


@pytest.mark.parametrize("count", [2, 4])
def test_page_costs_the_same_however_many_sessions(
    world: World,
    slots: list[Slot],
    now: dt.datetime,
    visitor: Visitor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    booked = book(world, slots[:count], now)
    client = visitor(world.association_owner)
    page = reverse("workshops:association_course", args=[world.association.slug, booked.course.pk])
    with django_assert_num_queries(5):
        assert client.get(page).status_code == 200


def test_form_that_was_gone_back_to_is_another_course(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    other = factories.make_association(now, owner=world.association_owner)
    client, key = visitor(world.association_owner), uuid.uuid4()

    def send(association: Association, *dates: Slot) -> str:
        typed = {
            "association": association.pk,
            "title": "Premiers pas",
            "participants": 6,
            "topic": "email",
            "key": key,
            "slots": [slot.pk for slot in dates],
        }
        return str(client.post(reverse("workshops:course_book", args=[dates[0].pk]), typed)["Location"])

    pages = [send(world.association, *slots[:2]), send(world.association, *slots[:2]), send(other, *slots[2:])]
    assert pages[0] == pages[1] != pages[2]
    assert [course.association for course in Course.objects.order_by("pk")] == [world.association, other]


def test_same_form_with_other_dates_at_once_is_two_courses(
    committed: None, world: World, slots: list[Slot], now: dt.datetime
) -> None:
    key = uuid.uuid4()
    done = at_once(*(partial(book, world, dates, now, key=key) for dates in (slots[:2], slots[2:])))
    assert (done, Course.objects.count()) == ({"done": 2}, 2)


def test_session_that_was_moved_is_one_session(
    world: World, slots: list[Slot], now: dt.datetime, visitor: Visitor
) -> None:
    course = book(world, slots[:3], now)
    first, second = course.bookings[:2]
    evening = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    asked = factories.make_slot(factories.make_room(now, world.site), second.slot.starts_at, booking_mode="on_approval")
    by = world.association_owner
    moved = actions.move_workshop(booking=first, slot_id=evening.pk, side=Side.ASSOCIATION, by=by, now=now)
    actions.move_workshop(booking=second, slot_id=asked.pk, side=Side.ASSOCIATION, by=by, now=now)
    client = visitor(by)
    page = reverse("workshops:association_course", args=[world.association.slug, course.course.pk])
    shown = client.get(page)
    assert ("3\u00a0séances" in shown.text, "annulée" in shown.text) == (True, False)
    assert [one.pk for one in shown.context["sessions"]] == [moved.pk, second.pk, course.bookings[2].pk]
    moved.refresh_from_db()
    actions.cancel_booking(booking=moved, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=by, now=now)
    assert client.get(page).text.count("annulée par l’association") == 1


def test_form_that_comes_back_with_fewer_dates_is_told_what_is_theirs(
    world: World, slots: list[Slot], now: dt.datetime
) -> None:
    form = uuid.uuid4()
    book(world, slots[:3], now, key=form)
    with pytest.raises(actions.NotAllFree, match=r"Rien de plus n’est réservé.*a déjà cette date"):
        book(world, slots[:2], now, key=form)
