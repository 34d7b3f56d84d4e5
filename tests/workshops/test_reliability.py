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
from time_machine import travel

from accounts.models import User
from associations.models import Association
from companies.models import Company, Slot
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Reply, Report, Side, Workshop
from workshops.reliability import record

Visitor = Callable[[User], Client]
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def past(world: World, now: dt.datetime) -> Callable[..., Booking]:
    """A booking of an evening that is over, one a week back each time."""
    count = iter(range(1, 99))

    def make(**fields: Any) -> Booking:
        ago = next(count) * 7 * DAY
        slot = factories.make_slot(world.room, world.slot.starts_at - 2 * 7 * DAY - ago)
        return factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association, **fields)

    return make


def report(booking: Booking, side: Side, absent: str = "", attended: int = 5) -> None:
    counts: dict[str, Any] = {"attended": 0 if absent else attended} if side == Side.ASSOCIATION else {}
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


def test_doors_opened_to_nobody_count_for_the_company_and_against_nobody(
    world: World, now: dt.datetime, past: Callable[..., Booking], visitor: Visitor
) -> None:
    report(past(), Side.ASSOCIATION, attended=0)
    assert said(world.company, now) == (1, 0, ["opened"])
    assert said(world.association, now) == (0, 0, ["empty"])
    pages = [
        ("company", world.company, world.company_owner),
        ("association", world.association, world.association_owner),
    ]
    for side, own, person in pages:
        page = visitor(person).get(reverse(f"workshops:{side}_reliability", args=[own.slug])).text
        assert "personne n’est venu" in page


@pytest.mark.parametrize("first", list(Side))
def test_two_stories_count_for_nobody(
    world: World, now: dt.datetime, past: Callable[..., Booking], first: Side
) -> None:
    booking = past()
    for side in (first, *(one for one in Side if one != first)):
        report(booking, side, "association" if side == Side.COMPANY else "")
    assert said(world.company, now) == said(world.association, now) == (0, 0, ["disputed"])


def test_cancelling_late_counts_and_in_time_does_not(
    world: World, now: dt.datetime, past: Callable[..., Booking]
) -> None:
    for late in (True, False):
        ended = past()
        Booking.objects.filter(pk=ended.pk).update(
            state="cancelled_by_association",
            cancelled_at=ended.slot.starts_at - DAY,
            is_late=late,
            reason_code="too_few",
        )
    assert said(world.association, now) == (0, 1, ["late"])
    assert said(world.company, now) == (0, 0, [])


@pytest.mark.parametrize(("ahead", "kinds"), [(MINUTE, ["moved_late"]), (5 * DAY, [])])
@pytest.mark.parametrize("side", list(Side))
def test_late_move_counts_though_what_it_leads_to_is_cancelled_in_time(
    world: World, now: dt.datetime, visitor: Visitor, ahead: dt.timedelta, kinds: list[str], side: Side
) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    at = world.slot.starts_at - ahead
    later = factories.make_slot(world.room, world.slot.starts_at + 56 * DAY)
    by = factories.make_user()
    moved = actions.move_workshop(booking=booking, slot_id=later.pk, side=side, by=by, now=at)
    actions.cancel_booking(booking=moved, side=side, reason="Panne.", by=by, now=at + MINUTE)
    own: Company | Association = world.company
    other: Company | Association = world.association
    person, page = world.company_owner, reverse("workshops:company_reliability", args=[own.slug])
    if side == Side.ASSOCIATION:
        own, other = other, own
        person, page = world.association_owner, reverse("workshops:association_reliability", args=[own.slug])
    assert said(own, at + DAY) == (0, len(kinds), kinds)
    assert said(other, at + DAY) == (0, 0, [])
    with travel(at + DAY, tick=False):
        assert ("déplacé tard" in visitor(person).get(page).text) == bool(kinds)


@pytest.mark.parametrize(("ahead", "kinds"), [(HOUR, ["moved_late"]), (5 * DAY, [])])
def test_move_is_as_late_as_it_was_asked_for(
    world: World, now: dt.datetime, ahead: dt.timedelta, kinds: list[str]
) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    later = factories.make_slot(world.room, world.slot.starts_at + 14 * DAY, booking_mode="on_approval")
    asked = actions.move_workshop(
        booking=booking,
        slot_id=later.pk,
        side=Side.ASSOCIATION,
        by=world.association_owner,
        now=world.slot.starts_at - ahead,
    )
    answered_at = max(world.slot.starts_at - ahead, world.slot.starts_at - 2 * DAY) + MINUTE
    actions.accept_booking(booking=asked, by=world.company_owner, now=answered_at)
    assert said(world.association, world.slot.starts_at) == (0, len(kinds), kinds)
    assert said(world.company, world.slot.starts_at) == (0, 0, [])


def test_request_left_unanswered_counts_against_the_company_alone(
    world: World, now: dt.datetime, past: Callable[..., Booking]
) -> None:
    waiting = past(state="pending")
    Booking.objects.filter(pk=waiting.pk).update(state="expired", settled_at=waiting.slot.starts_at)
    assert said(world.company, now) == (0, 1, ["unanswered"])
    assert said(world.association, now) == (0, 0, [])


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize(("ahead", "kinds"), [(2 * DAY - MINUTE, []), (2 * DAY, ["unanswered"])])
@pytest.mark.parametrize("moves", [True, False])
def test_company_that_had_no_time_to_answer_is_not_silent(
    world: World, now: dt.datetime, ahead: dt.timedelta, kinds: list[str], *, moves: bool, noted: bool
) -> None:
    asked_at, by = world.slot.starts_at - ahead, world.association_owner
    if moves:
        booking = factories.make_booking(now, world.slot, world.association)
        later = factories.make_slot(world.room, world.slot.starts_at + 14 * DAY, booking_mode="on_approval")
        actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.ASSOCIATION, by=by, now=asked_at)
    else:
        until = {"created_at": asked_at, "expires_at": world.slot.starts_at}
        factories.make_booking(asked_at, world.slot, world.association, state="pending", **until)
    if noted:
        assert actions.expire_bookings(now=world.slot.starts_at) == 1
    assert said(world.company, world.slot.starts_at) == (0, len(kinds), kinds)
    assert said(world.association, world.slot.starts_at) == (0, 0, [])


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


@pytest.mark.parametrize("noted", [True, False])
def test_offer_that_was_not_taken_counts_for_nobody(world: World, now: dt.datetime, *, noted: bool) -> None:
    """It is the association that did not answer, and nothing obliged it to."""
    factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    wanted = factories.make_request(now, world.association)
    offer = actions.offer_slot(slot_id=world.slot.pk, request=wanted, by=world.company_owner, now=now)
    assert offer.expires_at is not None
    if noted:
        assert actions.expire_bookings(now=offer.expires_at) == 1
    for own in (world.company, world.association):
        assert said(own, offer.expires_at) == (0, 0, [])


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
    for text, why in ((" ", "Écrivez votre réponse"), ("A\x00B", "caractère nul"), ("é" * 1001, "1000 caractères")):
        refused = client.post(answer, {"text": text})
        assert (refused.status_code, why in refused.text) == (422, True)
    assert "Le train était arrêté." in client.post(answer, {"text": "Le train était arrêté."}, follow=True).text
    assert "déjà enregistrée" in client.post(answer, {"text": "Encore."}, follow=True).text
    assert Reply.objects.get().text == "Le train était arrêté."
    for person in (world.company_owner, world.volunteer):
        assert visitor(person).get(page).status_code == 404


def test_nobody_answers_where_nothing_counts_against_them(
    world: World, now: dt.datetime, past: Callable[..., Booking], visitor: Visitor
) -> None:
    held, coming = past(), factories.make_booking(now, world.slot, world.association)
    report(held, Side.ASSOCIATION)
    client = visitor(world.association_owner)
    for booking in (held, coming):
        answer = reverse("workshops:association_reply", args=[world.association.slug, booking.pk])
        assert "rien à quoi répondre" in client.post(answer, {"text": "Merci."}, follow=True).text
    with pytest.raises(actions.SaysNothing):
        actions.reply(booking=held, side=Side.ASSOCIATION, text=" ", by=world.association_owner, now=now)
    assert Reply.objects.count() == 0
    report(coming, Side.COMPANY, "association")
    after = world.slot.ends_at + DAY
    actions.reply(booking=coming, side=Side.ASSOCIATION, text="Grève.", by=world.association_owner, now=after)
    assert Reply.objects.get().text == "Grève."


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
    with django_assert_num_queries(5):
        client.get(reverse("workshops:association_reliability", args=[world.association.slug]))


def test_moderators_alone_read_what_both_sides_wrote(
    world: World, now: dt.datetime, past: Callable[..., Booking], visitor: Visitor
) -> None:
    booking = past()
    report(booking, Side.ASSOCIATION, "company")
    report(booking, Side.COMPANY)
    Report.objects.filter(side=Side.ASSOCIATION).update(comment="Porte fermée.")
    Report.objects.filter(side=Side.COMPANY).update(comment="Tout était ouvert.")
    words = ["Porte fermée.", "Tout était ouvert.", "4 sur 5"]
    for kind, slug in (("entreprises", world.company.slug), ("associations", world.association.slug)):
        read = visitor(world.moderator).get(reverse("moderation_reliability", args=[kind, slug])).text
        assert [word in read for word in words] == [True] * 3
    own = visitor(world.company_owner).get(reverse("workshops:company_reliability", args=[world.company.slug])).text
    assert [word in own for word in words] == [False] * 3
