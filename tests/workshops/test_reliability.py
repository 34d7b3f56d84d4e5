"""How far an organisation keeps its word: from facts alone, with a right of reply, and never public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from associations.models import Association
from companies.models import Company, Slot
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Reply, Report, Side, Workshop
from workshops.reliability import record

Visitor = Callable[[User], Client]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def past(world: World, now: dt.datetime) -> Callable[..., Booking]:
    """A booking of an evening that is over, one a week back each time."""
    count = iter(range(1, 99))

    def make(**fields: Any) -> Booking:
        ago = next(count) * 7 * DAY
        slot = factories.make_slot(world.room, world.slot.starts_at - 2 * 7 * DAY - ago)
        return factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association, **fields)

    return make


def report(booking: Booking, side: Side, absent: str = "") -> None:
    counts: dict[str, Any] = {"attended": 0 if absent else 5} if side == Side.ASSOCIATION else {}
    actions.report_workshop(
        workshop=Workshop.objects.with_everything().get(booking=booking),
        report=Report(rating=None if absent else 4, absent=absent, **counts),
        side=side,
        by=factories.make_user(),
        now=booking.slot.ends_at + DAY,
    )


def said(organisation: Company | Association, now: dt.datetime) -> tuple[int, int, list[str]]:
    told = record(organisation, now)
    return told.kept, told.broken, [fact.kind for fact in told.facts]


def test_nothing_counts_at_first(world: World, now: dt.datetime) -> None:
    assert said(world.company, now) == said(world.association, now) == (0, 0, [])
    assert record(world.company, now).share is None


def test_workshop_that_took_place_counts_for_both(world: World, now: dt.datetime, past: Callable[..., Booking]) -> None:
    report(past(), Side.ASSOCIATION)
    assert said(world.company, now) == said(world.association, now) == (1, 0, ["held"])


@pytest.mark.parametrize(
    ("side", "absent", "company", "association"),
    [
        (Side.COMPANY, "association", (1, 0, ["waited"]), (0, 1, ["absent"])),
        (Side.ASSOCIATION, "company", (0, 1, ["absent"]), (1, 0, ["waited"])),
    ],
)
def test_absence_counts_against_who_did_not_come(
    world: World,
    now: dt.datetime,
    past: Callable[..., Booking],
    side: Side,
    absent: str,
    company: object,
    association: object,
) -> None:
    report(past(), side, absent)
    assert (said(world.company, now), said(world.association, now)) == (company, association)


@pytest.mark.parametrize("first", list(Side))
def test_two_stories_count_for_nobody(
    world: World, now: dt.datetime, past: Callable[..., Booking], first: Side
) -> None:
    booking = past()
    for side in (first, *(one for one in Side if one != first)):
        report(booking, side, "association" if side == Side.COMPANY else "")
    assert said(world.company, now) == said(world.association, now) == (0, 0, ["disputed"])


def test_cancelling_late_counts_and_in_time_or_moving_do_not(
    world: World, now: dt.datetime, past: Callable[..., Booking]
) -> None:
    for late, code in ((True, "too_few"), (False, "too_few"), (True, "moved")):
        ended = past()
        Booking.objects.filter(pk=ended.pk).update(
            state="cancelled_by_association",
            cancelled_at=ended.slot.starts_at - DAY,
            is_late=late,
            reason_code=code,
        )
    assert said(world.association, now) == (0, 1, ["late"])
    assert said(world.company, now) == (0, 0, [])


def test_request_left_unanswered_counts_against_the_company_alone(
    world: World, now: dt.datetime, past: Callable[..., Booking]
) -> None:
    waiting = past(state="pending")
    Booking.objects.filter(pk=waiting.pk).update(state="expired", settled_at=waiting.slot.starts_at)
    assert said(world.company, now) == (0, 1, ["unanswered"])
    assert said(world.association, now) == (0, 0, [])


def test_hold_that_was_not_taken_is_no_silence_of_the_company(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, factories.make_association(now))
    by = world.association_owner
    who: dict[str, Any] = {"association": world.association, "request": None, "by": by, "now": now}
    actions.join_waitlist(slot_id=world.slot.pk, participants=5, topic="email", message="", **who)
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Panne.", by=by, now=now)
    assert actions.expire_bookings(now=now + 2 * DAY) == 1
    assert said(world.company, world.slot.starts_at) == (0, 0, [])


@pytest.mark.parametrize("noted", [True, False])
def test_request_out_of_the_queue_that_the_company_leaves_unanswered_counts(
    world: World, now: dt.datetime, *, noted: bool
) -> None:
    Slot.objects.update(booking_mode="on_approval")
    first = factories.make_booking(now, world.slot, factories.make_association(now))
    by = world.association_owner
    who: dict[str, Any] = {"association": world.association, "request": None, "by": by, "now": now}
    actions.join_waitlist(slot_id=world.slot.pk, participants=5, topic="email", message="", **who)
    actions.cancel_booking(booking=first, side=Side.ASSOCIATION, reason="Panne.", by=by, now=now)
    held = Booking.objects.get(state="held")
    actions.take_hold(booking=held, by=by, now=now)
    assert held.expires_at is not None
    assert said(world.company, held.expires_at - HOUR) == (0, 0, [])
    if noted:
        assert actions.expire_bookings(now=held.expires_at) == 1
    assert said(world.company, held.expires_at) == (0, 1, ["unanswered"])
    assert said(world.association, held.expires_at) == (0, 0, [])


def test_hold_that_runs_out_unnoted_is_no_silence_of_the_company(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association, state="held", expires_at=now + HOUR)
    assert said(world.company, now + DAY) == (0, 0, [])


def test_year_goes_by(world: World, now: dt.datetime, past: Callable[..., Booking]) -> None:
    report(past(), Side.ASSOCIATION)
    assert said(world.company, now + 380 * DAY) == (0, 0, [])


def test_organisation_reads_its_own_and_replies_once(
    world: World, now: dt.datetime, past: Callable[..., Booking], visitor: Visitor
) -> None:
    booking = past()
    report(booking, Side.COMPANY, "association")
    client = visitor(world.association_owner)
    page = reverse("workshops:association_reliability", args=[world.association.slug])
    assert "absence signalée" in client.get(page).text
    answer = reverse("workshops:association_reply", args=[world.association.slug, booking.pk])
    assert "Écrivez votre réponse" in client.post(answer, {"text": " "}, follow=True).text
    assert "Le train était arrêté." in client.post(answer, {"text": "Le train était arrêté."}, follow=True).text
    assert "déjà enregistrée" in client.post(answer, {"text": "Encore."}, follow=True).text
    assert Reply.objects.get().text == "Le train était arrêté."
    for person in (world.company_owner, world.volunteer):
        assert visitor(person).get(page).status_code == 404


def test_moderators_read_it_with_the_reply(
    world: World, now: dt.datetime, past: Callable[..., Booking], visitor: Visitor
) -> None:
    booking = past()
    report(booking, Side.COMPANY, "association")
    actions.reply(booking=booking, side=Side.ASSOCIATION, text="Grève.", by=world.association_owner, now=now)
    page = reverse("moderation_reliability", args=["associations", world.association.slug])
    assert "Grève." in visitor(world.moderator).get(page).text
    assert visitor(world.association_owner).get(page).status_code == 404
    assert visitor(world.moderator).get(page.replace("associations", "autres")).status_code == 404


@pytest.mark.parametrize("fields", [{"text": ""}, {"side": "autre"}])
def test_database_keeps_one_reply_that_says_something(
    world: World, now: dt.datetime, past: Callable[..., Booking], fields: dict[str, str]
) -> None:
    row = {"booking": past(), "side": "company", "text": "Oui.", "created_at": now}
    Reply.objects.create(**row)
    with pytest.raises(IntegrityError, match="reply_"), transaction.atomic():
        Reply.objects.create(**{**row, **fields})


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_much_counts(
    world: World,
    past: Callable[..., Booking],
    visitor: Visitor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        report(past(), Side.COMPANY, "association")
    client = visitor(world.association_owner)
    with django_assert_num_queries(6):
        client.get(reverse("workshops:association_reliability", args=[world.association.slug]))
