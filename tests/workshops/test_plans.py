"""Plans from the question to what becomes of their offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from associations.models import Association, Period, Request
from companies.demand import moments
from companies.models import Availability, BookingMode, BusyTime, Slot
from mail.models import Message
from mail.rendering import render
from mail.wanted import overtaken
from solidarite.invariants import FACTS, broken
from territories.models import Departement
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.catalogue import bookable
from workshops.models import Booking, Dismissal, Plan, PlannedPair, Side, Unserved
from workshops.plans import answers, bars, gained, reasons
from workshops.reliability import tallies

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
SINCE, UNTIL = dt.date(2026, 12, 2), dt.date(2026, 12, 29)


@pytest.fixture(autouse=True)
def signed(world: World, now: dt.datetime) -> None:
    factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("racine@example.org")


def planned(now: dt.datetime, by: User, **asked: Any) -> Plan:
    """A plan of four weeks, computed."""
    given = {"departement": None, "from_date": SINCE, "until_date": UNTIL, "evenings": 0, **asked}
    plan = actions.ask_plan(**given, by=by, now=now)
    assert actions.compute_plans(now=now) == 1
    plan.refresh_from_db()
    assert plan.state == Plan.State.READY
    return plan


def ask(now: dt.datetime, world: World, **wanted: Any) -> Request:
    return factories.make_request(now, world.association, **wanted)


def pairs(plan: Plan) -> set[tuple[Request, Slot]]:
    return {(pair.request, pair.slot) for pair in plan.planned.all()}


def week(world: World, weeks: int, **fields: Any) -> Slot:
    return factories.make_slot(world.room, world.slot.starts_at + weeks * 7 * DAY, **fields)


def test_most_people_are_served_whoever_came_first(world: World, operator: User, now: dt.datetime) -> None:
    """The small request could have either slot, the large one only one of them: by hand, it goes without."""
    small, large = ask(now - DAY, world, participants=3, computers=3), ask(now, world, participants=8)
    later = week(world, 1, places=4, computers=4)
    ask(now, world, participants=2, computers=2, from_date=dt.date(2027, 1, 5), until_date=dt.date(2027, 1, 20))
    plan = planned(now, operator)
    assert pairs(plan) == {(small, later), (large, world.slot)}
    assert (plan.requests, plan.people, plan.slots, plan.people_served, plan.people_wider) == (2, 11, 2, 11, 11)
    assert (plan.people_first_come, plan.people_by_date) == (11, 11)
    assert [bar.people for bar in bars(plan)] == [11, 11, 11, 11]


def test_who_goes_without_and_what_by_hand_would_give(world: World, operator: User, now: dt.datetime) -> None:
    """One slot: by hand the first has it, in the plan the largest."""
    small, large = ask(now - DAY, world, participants=3, computers=3), ask(now, world, participants=8)
    plan = planned(now, operator)
    assert pairs(plan) == {(large, world.slot)}
    assert (plan.people_served, plan.people_first_come, plan.people_by_date) == (8, 3, 8)
    lack = plan.unserved.get()
    assert (lack.request, lack.why, lack.slots) == (small, Unserved.Why.TAKEN, 1)
    assert [(one.requests, one.people) for one in reasons(plan)] == [(1, 3)]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"radius_km": 6}, "distance"),
        ({"until_date": dt.date(2026, 12, 7)}, "dates"),
        ({"weekdays": [3, 4]}, "days"),
        ({"periods": ["morning"]}, "periods"),
        ({"participants": 11}, "places"),
        ({"computers": 9}, "computers"),
        ({"step_free": True}, "access"),
        ({"languages": ["uk"]}, "languages"),
        ({"weekdays": [3], "participants": 11}, "days places"),
        ({"participants": 11, "computers": 9, "until_date": dt.date(2026, 12, 7)}, "dates places computers"),
        ({"commune_id": "62041", "radius_km": 5}, "nothing"),
    ],
)
def test_what_keeps_a_request_from_being_served(
    world: World, operator: User, now: dt.datetime, wanted: dict[str, Any], why: str
) -> None:
    ask(now, world, **wanted)
    lack = planned(now, operator).unserved.get()
    assert ([lack.why, *lack.besides], lack.slots) == (why.split(), int(why != "nothing"))


def test_what_the_nearest_to_serving_lack_is_said(
    world: World, operator: User, now: dt.datetime, visitor: Visitor
) -> None:
    """Two things, whatever most slots lack."""
    for weeks in (1, 2):
        week(world, weeks, places=10, computers=0)
    ask(now, world, participants=11, computers=9, until_date=dt.date(2026, 12, 8))
    plan = planned(now, operator)
    said = "trop petits pour le groupe et sans assez d’ordinateurs"
    assert [(one.said, one.slots) for one in plan.unserved.all()] == [(said, 1)]
    assert [one.label for one in reasons(plan)] == [said]
    assert f"{said} (1\u00a0créneau)" in visitor(operator).get(reverse("workshops:plan", args=[plan.pk])).text


def test_what_was_dismissed_keeps_it_too(world: World, operator: User, now: dt.datetime) -> None:
    wanted = ask(now, world)
    by = world.association_owner
    actions.dismiss_slot(request=wanted, slot=world.slot, why=Dismissal.Why.SITE, by=by, now=now)
    other = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at + DAY)
    lack = planned(now, operator).unserved.get()
    assert (lack.why, lack.slots, other.room.site) == ("dismissed", 2, world.site)


def test_no_association_has_more_than_it_may(
    world: World, operator: User, now: dt.datetime, settings: Settings
) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 1
    small, large = ask(now, world, participants=3, computers=3), ask(now, world, participants=8)
    week(world, 1)
    plan = planned(now, operator)
    assert {request for request, _ in pairs(plan)} == {large}
    lack = plan.unserved.get()
    assert (lack.request, lack.why, lack.slots) == (small, Unserved.Why.CAP, 2)


def test_who_could_not_have_it_is_not_told_that_others_need_it_more(
    world: World, operator: User, now: dt.datetime, settings: Settings
) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 1
    ahead = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    factories.make_booking(now, ahead, world.association)
    other = factories.make_association(now)
    large, small = ask(now, world, participants=8), factories.make_request(now, other, participants=2, computers=2)
    plan = planned(now, operator)
    assert pairs(plan) == {(small, world.slot)}
    assert (plan.unserved.get().request, plan.unserved.get().why) == (large, Unserved.Why.CAP)


def test_request_that_waits_for_an_answer_is_not_planned(world: World, operator: User, now: dt.datetime) -> None:
    wanted, later = ask(now, world), week(world, 1, booking_mode=BookingMode.ON_APPROVAL)
    factories.make_booking(now, later, world.association, state="pending", request=wanted)
    assert planned(now, operator).requests == 0


def test_slot_that_another_association_asked_for_is_the_reason(world: World, operator: User, now: dt.datetime) -> None:
    """Not a day that would have to be given up for one of the others."""
    factories.make_booking(now, world.slot, factories.make_association(now, admitted=False), state="pending")
    factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at + DAY)
    waiting, lacking = ask(now, world, weekdays=[2]), ask(now, world, weekdays=[4])
    plan = planned(now, operator)
    told = {lack.request: (lack.why, lack.slots) for lack in plan.unserved.all()}
    assert told == {waiting: ("asked", 1), lacking: ("days", 1)}
    assert "demandés par une autre association" in " ".join(reason.label for reason in reasons(plan))


def test_territory_and_weeks_are_those_asked_for(world: World, operator: User, now: dt.datetime) -> None:
    here = ask(now, world)
    ask(now, world, commune_id="62041")
    ask(now, world, from_date=UNTIL + DAY, until_date=UNTIL + 30 * DAY)
    nord = Departement.objects.get(pk="59")
    assert pairs(planned(now, operator, departement=nord)) == {(here, world.slot)}
    after = planned(now, operator, departement=nord, from_date=dt.date(2026, 12, 9))
    assert (pairs(after), after.unserved.get().why) == (set(), Unserved.Why.DATES)


# --- evenings --------------------------------------------------------------------------------------


def test_evening_that_would_serve_most_is_found(world: World, operator: User, now: dt.datetime) -> None:
    """At the usual hours of its room, on a day when it is free."""
    days = {"from_date": dt.date(2026, 12, 10), "until_date": dt.date(2026, 12, 11)}
    large, small = ask(now, world, **days, participants=9), ask(now, world, **days, participants=3, computers=3)
    Availability.objects.create(
        room=world.room, places=10, computers=8, weekdays=[2], start_time=dt.time(19), end_time=dt.time(21, 30),
        from_date=SINCE, extended_to_date=SINCE, notice_hours=24, created_at=now, booking_mode=BookingMode.INSTANT,
    )  # fmt: skip
    busy = dt.datetime(2026, 12, 10, 17, tzinfo=dt.UTC)
    BusyTime.objects.create(room=world.room, starts_at=busy, ends_at=busy + dt.timedelta(hours=1))
    plan = planned(now, operator, evenings=2)
    added = plan.added.get()
    assert (added.room, added.starts_at, added.ends_at) == (
        world.room,
        dt.datetime(2026, 12, 11, 18, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 11, 20, 30, tzinfo=dt.UTC),
    )
    assert (added.request, plan.people_served, plan.people_with_evenings) == (large, 0, 9)
    assert gained(plan) == ["Lille\u00a0: 1\u00a0soirée de plus servirait 9\u00a0personnes de plus."]
    assert {lack.request for lack in plan.unserved.all()} == {large, small}


def test_no_evening_is_opened_for_nothing(world: World, operator: User, now: dt.datetime, visitor: Visitor) -> None:
    """A nearer or better one for who is served is none."""
    ask(now, world)
    plan = planned(now, operator, evenings=5)
    assert (plan.people_served, plan.added.count(), gained(plan)) == (6, 0, [])
    shown = visitor(operator).get(reverse("workshops:plan", args=[plan.pk])).text
    assert "Aucune soirée de plus n’aiderait" in shown


def test_evenings_to_add_are_those_that_companies_are_shown(world: World, operator: User, now: dt.datetime) -> None:
    """At the weekend too, at each of its hours, and where a volunteer of the company speaks what is needed."""
    speaker = factories.make_user()
    factories.add_member(world.company, speaker, Role.VOLUNTEER, now)
    factories.make_profile(now, world.company, speaker, languages=["ar"])
    weekend = {"weekdays": [6], "periods": [Period.MORNING], "languages": ["ar"], "participants": 7}
    wanted = ask(now, world, **weekend)
    afternoon = ask(now, world, **weekend | {"periods": [Period.AFTERNOON], "participants": 5})
    unspoken = ask(now, world, **weekend | {"languages": ["uk"]})
    assert [one.label for one in moments(world.room, now).best] == ["samedi matin", "samedi après-midi"]
    plan = planned(now, operator, evenings=5)
    found = {one.request: one.starts_at.astimezone(PARIS) for one in plan.added.all()}
    assert {request: (at.isoweekday(), at.hour) for request, at in found.items()} == {
        wanted: (6, 10), afternoon: (6, 14)
    }  # fmt: skip
    assert {lack.request for lack in plan.unserved.all()} == {wanted, afternoon, unspoken}


# --- offers ----------------------------------------------------------------------------------------


def offered(now: dt.datetime, by: User, **asked: Any) -> Plan:
    plan = planned(now, by, **asked)
    actions.offer_plan(plan=plan, by=by, now=now)
    actions.offer_plan(plan=plan, by=by, now=now)
    actions.offer_planned(now=now)
    actions.offer_planned(now=now)
    plan.refresh_from_db()
    assert plan.state == Plan.State.OFFERED
    return plan


@pytest.mark.parametrize(
    ("mode", "state", "then"),
    [(BookingMode.INSTANT, "confirmed", "in_progress"), (BookingMode.ON_APPROVAL, "pending", "open")],
)
def test_slot_is_kept_two_days_and_taken_from_the_mail(
    world: World, operator: User, now: dt.datetime, client: Client, mode: str, state: str, then: str
) -> None:
    Slot.objects.update(booking_mode=mode)
    wanted = ask(now, world)
    plan = offered(now, operator)
    booking = Booking.objects.get()
    assert (booking.state, booking.request, booking.expires_at) == ("held", wanted, now + 2 * DAY)
    assert plan.planned.get().booking == booking
    assert not bookable(now).exists()
    assert list(Message.objects.values_list("template", "to_name")) == [("slot_planned", "Karim")]
    link = Message.objects.get().context["url"]
    page = client.get(link).text
    assert ("Réserver ce créneau" in page, "Demander ce créneau" in page) == (
        mode == BookingMode.INSTANT,
        mode == BookingMode.ON_APPROVAL,
    )
    client.post(link, {"answer": "yes"})
    booking.refresh_from_db()
    wanted.refresh_from_db()
    assert (booking.state, wanted.state) == (state, then)
    assert [count for _, count in answers(plan, now)] == [0, 1, 0, 0]
    assert broken(now=now, checks=FACTS) == {}


@pytest.mark.parametrize("planned_one", [True, False])
def test_why_it_is_kept_is_said_where_it_is_answered(
    world: World,
    operator: User,
    now: dt.datetime,
    client: Client,
    visitor: Visitor,
    planned_one: bool,  # noqa: FBT001
) -> None:
    """In the mail as things are when it leaves, on the page of its link, and on that of the booking."""
    wanted = ask(now, world)
    if planned_one:
        offered(now, operator)
    else:
        actions.offer_slot(slot_id=world.slot.pk, request=wanted, by=world.company_owner, now=now)
    mail, booking = Message.objects.get(), Booking.objects.get()
    why = "8\u00a0ordinateurs pour 6\u00a0personnes, en soirée"
    assert "réponse immédiate" in render(mail).text
    own = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    pages = [client.get(mail.context["url"]), visitor(world.association_owner).get(own)]
    for text in (render(mail).text, render(mail).html, *(page.text for page in pages)):
        assert "Pourquoi celui-ci\u00a0: à " in text
        assert why in text
    host = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
    assert "Pourquoi celui-ci" not in visitor(world.company_owner).get(host).text
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    assert overtaken(mail, at=now) == ""
    assert (why in render(mail).text, "réponse immédiate" in render(mail).text) == (True, False)


def test_why_it_is_kept_is_said_in_the_language_of_its_reader(world: World, operator: User, now: dt.datetime) -> None:
    User.objects.filter(pk=world.association_owner.pk).update(language="en")
    ask(now, world)
    offered(now, operator)
    assert "8 computers for 6 people, in the evening" in render(Message.objects.get()).text.replace("\u00a0", " ")


def test_nobody_else_proposes_something_meanwhile(world: World, operator: User, now: dt.datetime) -> None:
    wanted, other = ask(now, world), week(world, 1)
    offered(now, operator)
    with pytest.raises(actions.NotSought):
        actions.offer_slot(slot_id=other.pk, request=wanted, by=world.company_owner, now=now)
    assert planned(now, operator).requests == 0
    actions.withdraw_request(request=wanted, by=world.association_owner, now=now)
    assert Booking.objects.get().state == Booking.State.CANCELLED_BY_ASSOCIATION
    assert broken(now=now, checks=FACTS) == {}


def test_what_has_changed_since_the_plan_is_said_and_not_offered(
    world: World, operator: User, now: dt.datetime
) -> None:
    ask(now, world)
    plan = planned(now, operator)
    factories.make_booking(now, world.slot, factories.make_association(now))
    actions.offer_plan(plan=plan, by=operator, now=now)
    assert actions.offer_planned(now=now) == 0
    plan.refresh_from_db()
    pair = PlannedPair.objects.get()
    assert (pair.booking, plan.state) == (None, "offered")
    assert pair.refusal.startswith("Ce créneau n’est plus libre")


@pytest.mark.parametrize(
    ("dismisses", "why"), [(True, "ce lieu ne lui convient pas"), (False, "0\u00a0ordinateur, il vous en faut 6")]
)
def test_pair_that_does_not_serve_any_more_is_not_offered(
    world: World,
    operator: User,
    now: dt.datetime,
    dismisses: bool,  # noqa: FBT001
    why: str,
) -> None:
    wanted = ask(now, world)
    plan = planned(now, operator)
    if dismisses:
        by = world.association_owner
        actions.dismiss_slot(request=wanted, slot=world.slot, why=Dismissal.Why.SITE, by=by, now=now)
    else:
        Slot.objects.update(computers=0)
    actions.offer_plan(plan=plan, by=operator, now=now)
    assert actions.offer_planned(now=now) == 0
    assert why in PlannedPair.objects.get().refusal


def test_what_is_left_is_planned_anew_and_never_offered_by_itself(
    world: World, operator: User, now: dt.datetime
) -> None:
    """Not the same slot again, whether it was refused or let lapse."""
    refusing, silent = ask(now, world), ask(now, world)
    slots = {world.slot, week(world, 1), week(world, 2), week(world, 3)}
    plan = offered(now, operator)
    first, second = Booking.objects.filter(state="held").order_by("pk")
    one, other = (first, second) if first.request == refusing else (second, first)
    actions.refuse_hold(booking=one, by=world.association_owner, now=now)
    # One still waits.
    assert actions.follow_plans(now=now) == 0
    later = now + 2 * DAY
    actions.expire_bookings(now=later)
    assert (actions.follow_plans(now=later), actions.follow_plans(now=later)) == (1, 0)
    assert actions.compute_plans(now=later) == 1
    following = Plan.objects.get(follows=plan)
    assert (following.state, following.people_served) == (Plan.State.READY, 12)
    assert not pairs(following) & {(refusing, one.slot), (silent, other.slot)}
    assert {slot for _, slot in pairs(following)} < slots
    assert Booking.objects.filter(state="held").count() == 0
    assert list(Dismissal.objects.values_list("request", "slot")) == [(refusing.pk, one.slot_id)]
    assert broken(now=later, checks=FACTS) == {}


@pytest.mark.parametrize("offer", [True, False])
def test_plan_is_followed_by_what_nobody_took(
    world: World,
    operator: User,
    now: dt.datetime,
    offer: bool,  # noqa: FBT001
) -> None:
    """What could not be offered; not what was taken and called off later."""
    ask(now, world)
    if offer:
        offered(now, operator)
        booking, by = Booking.objects.get(), world.association_owner
        actions.take_hold(booking=booking, by=by, now=now)
        actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Grippe", by=by, now=now + DAY)
        assert Booking.objects.get().state == Booking.State.CANCELLED_BY_ASSOCIATION
    else:
        plan = planned(now, operator)
        factories.make_booking(now, world.slot, factories.make_association(now))
        actions.offer_plan(plan=plan, by=operator, now=now)
        actions.offer_planned(now=now)
    assert actions.follow_plans(now=now + DAY) == int(not offer)


@pytest.mark.parametrize("lapsed_too", [False, True])
def test_what_was_left_unanswered_is_proposed_again_only_where_that_is_said(
    world: World,
    operator: User,
    now: dt.datetime,
    lapsed_too: bool,  # noqa: FBT001
) -> None:
    """Whether or not anybody has noted yet that its two days are over."""
    wanted = ask(now, world)
    offered(now, operator)
    later = now + 3 * DAY
    for _ in range(2):
        again = planned(later, operator, lapsed_too=lapsed_too)
        assert pairs(again) == ({(wanted, world.slot)} if lapsed_too else set())
        assert [(lack.why, lack.slots) for lack in again.unserved.all()] == ([] if lapsed_too else [("dismissed", 1)])
        actions.expire_bookings(now=later)


@pytest.mark.parametrize("by_company", [True, False])
def test_what_was_refused_is_kept_out_until_its_association_says_otherwise(
    world: World,
    operator: User,
    now: dt.datetime,
    by_company: bool,  # noqa: FBT001
) -> None:
    wanted = ask(now, world)
    if by_company:
        actions.offer_slot(slot_id=world.slot.pk, request=wanted, by=world.company_owner, now=now)
    else:
        offered(now, operator)
    actions.refuse_hold(booking=Booking.objects.get(), by=world.association_owner, now=now)
    assert Booking.objects.get().said == "laissée à d’autres"
    assert not pairs(planned(now, operator, lapsed_too=True))
    actions.forget_dismissals(request=wanted)
    assert pairs(planned(now, operator)) == {(wanted, world.slot)}


def test_what_a_company_did_not_answer_may_be_planned_again(world: World, operator: User, now: dt.datetime) -> None:
    """The association said yes."""
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    wanted = ask(now, world)
    offered(now, operator)
    actions.take_hold(booking=Booking.objects.get(), by=world.association_owner, now=now + dt.timedelta(hours=1))
    later = now + 5 * DAY
    actions.expire_bookings(now=later)
    assert pairs(planned(later, operator)) == {(wanted, world.slot)}


def test_what_an_association_wanted_and_called_off_was_not_left(world: World, operator: User, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    ask(now, world)
    offered(now, operator)
    by, later = world.association_owner, now + dt.timedelta(hours=1)
    actions.take_hold(booking=Booking.objects.get(), by=by, now=later)
    actions.cancel_booking(booking=Booking.objects.get(), side=Side.ASSOCIATION, reason="Grippe", by=by, now=later)
    assert Booking.objects.get().said == "annulée par l’association"


def test_company_is_not_blamed_for_what_an_association_let_lapse(
    world: World, operator: User, now: dt.datetime
) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    ask(now, world)
    offered(now, operator)
    actions.expire_bookings(now=now + 3 * DAY)
    assert tallies(Side.COMPANY, now + 3 * DAY) == {}


# --- the question ----------------------------------------------------------------------------------


def test_asked_twice_it_is_one(operator: User, now: dt.datetime) -> None:
    def asked() -> Plan:
        return actions.ask_plan(departement=None, from_date=SINCE, until_date=UNTIL, evenings=3, by=operator, now=now)

    first = asked()
    assert asked() == first
    actions.compute_plans(now=now)
    assert asked() != first


def test_who_ended_without_a_word_is_followed_by_another(operator: User, now: dt.datetime) -> None:
    plan = actions.ask_plan(departement=None, from_date=SINCE, until_date=UNTIL, evenings=0, by=operator, now=now)
    Plan.objects.filter(pk=plan.pk).update(state="computing", started_at=now, progress=40)
    assert actions.compute_plans(now=now + dt.timedelta(minutes=5)) == 0
    assert actions.compute_plans(now=now + dt.timedelta(minutes=20)) == 1


def test_who_ends_without_a_word_twice_has_failed(operator: User, now: dt.datetime) -> None:
    plan = actions.ask_plan(departement=None, from_date=SINCE, until_date=UNTIL, evenings=0, by=operator, now=now)
    Plan.objects.filter(pk=plan.pk).update(state="computing", started_at=now, tries=2)
    assert actions.compute_plans(now=now + dt.timedelta(minutes=20)) == 0
    plan.refresh_from_db()
    assert plan.has_failed


def test_calculation_that_stops_is_begun_once_more_and_then_said(
    world: World,
    operator: User,
    now: dt.datetime,
    visitor: Visitor,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Of what follows a plan too: the pages of both say so, and the same is asked for with one button."""
    ask(now, world)
    week(world, 1)
    plan = offered(now, operator)
    actions.refuse_hold(booking=Booking.objects.get(), by=world.association_owner, now=now)
    assert actions.follow_plans(now=now) == 1
    following = Plan.objects.get(follows=plan)
    before, settings.BOOKINGS_PER_ASSOCIATION = settings.BOOKINGS_PER_ASSOCIATION, "un réglage qui n’est pas un nombre"
    for state in (Plan.State.WAITING, Plan.State.FAILED):
        assert actions.compute_plans(now=now) == 0
        following.refresh_from_db()
        assert following.state == state
    settings.BOOKINGS_PER_ASSOCIATION = before
    assert (actions.compute_plans(now=now), actions.follow_plans(now=now), len(caplog.records)) == (0, 0, 2)
    client = visitor(operator)
    assert "n’a pas pu être calculé" in client.get(reverse("workshops:plan", args=[plan.pk])).text
    page = client.get(reverse("workshops:plan", args=[following.pk]))
    assert "Demander le même plan" in page.text
    said = {field.name: "" if field.value() is None else field.value() for field in page.context["again"]}
    answer = client.post(reverse("workshops:plans"), said)
    again = Plan.objects.latest("pk")
    assert (answer.status_code, again.state, again.days) == (302, Plan.State.WAITING, following.days)


@pytest.mark.parametrize(
    ("days", "said"), [((UNTIL, SINCE), "vient avant le premier"), ((SINCE, UNTIL + DAY), "quatre semaines")]
)
def test_weeks_are_some(operator: User, now: dt.datetime, days: tuple[dt.date, dt.date], said: str) -> None:
    with pytest.raises(actions.NotSomeWeeks, match=said):
        actions.ask_plan(departement=None, from_date=days[0], until_date=days[1], evenings=0, by=operator, now=now)


def test_weeks_are_to_come(operator: User, now: dt.datetime, visitor: Visitor) -> None:
    """Beside the field; those that have begun are planned to their end."""
    today = now.date()
    asked = {"departement": "59", "from_date": f"{today - 9 * DAY}", "evenings": "2"}
    for last, status in ((today - DAY, 422), (today, 302)):
        answer = visitor(operator).post(reverse("workshops:plans"), asked | {"until_date": f"{last}"})
        assert answer.status_code == status
        if status == 422:
            assert "Ces semaines sont passées" in answer.context["form"].errors["until_date"][0]
    assert Plan.objects.get().days == (today, today)
    backwards = asked | {"from_date": f"{today + DAY}", "until_date": f"{today}"}
    refused = visitor(operator).post(reverse("workshops:plans"), backwards)
    assert "vient avant le premier" in refused.context["form"].errors["until_date"][0]
    assert "quatre semaines au plus, du premier" not in refused.text


def test_operator_goes_from_the_question_to_the_offers(
    world: World, operator: User, now: dt.datetime, visitor: Visitor
) -> None:
    small, _ = ask(now, world, participants=3, computers=3), ask(now, world, participants=8)
    client = visitor(operator)
    form = client.get(reverse("workshops:plans")).text
    assert "Calculer ce plan" in form
    asked = {"departement": "59", "from_date": "2026-12-02", "until_date": "2026-12-29", "evenings": "2"}
    refused = client.post(reverse("workshops:plans"), asked | {"until_date": "2027-02-01"})
    assert (refused.status_code, "quatre semaines" in refused.text) == (422, True)
    answer = client.post(reverse("workshops:plans"), asked)
    page = answer.headers["Location"]
    assert "Le calcul commence dans un instant" in client.get(page).text
    early = client.post(reverse("workshops:plan_offer", args=[Plan.objects.get().pk]), follow=True).text
    assert "Ce plan n’est pas prêt" in early
    actions.compute_plans(now=now)
    shown = client.get(page).text
    for words in (
        "8\u00a0personnes servies sur 11",
        "Proposer ce créneau",
        "ne sert plus de 8\u00a0personnes",
        "n’en servirait pas une de plus",
        "Lille\u00a0: 1\u00a0soirée de plus",
        "Roubaix",
    ):
        assert words in shown, words
    table = client.get(reverse("workshops:plan_file", args=[Plan.objects.get().pk])).text
    assert (world.company.name in table, len(table.splitlines())) == (True, 2)
    after = client.post(reverse("workshops:plan_offer", args=[Plan.objects.get().pk]), follow=True).text
    assert "gardés l’un après l’autre" in after
    assert answers(Plan.objects.get(), now)[0] == ("vont être proposées", 1)
    actions.offer_planned(now=now)
    assert "Attendent une réponse" in client.get(page).text
    assert small.state == Request.State.OPEN


def test_plan_is_nobody_elses(world: World, operator: User, now: dt.datetime, visitor: Visitor) -> None:
    plan = planned(now, operator)
    factories.add_member(world.association, world.volunteer, Role.MANAGER, now)
    for person in (world.company_owner, world.association_owner, world.moderator, world.volunteer):
        for page in (reverse("workshops:plans"), reverse("workshops:plan", args=[plan.pk])):
            assert visitor(person).get(page).status_code == 404
    assert Association.objects.exists()
