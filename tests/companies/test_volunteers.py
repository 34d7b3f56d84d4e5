"""What volunteers bring, promise, and hand to each other; what PostgreSQL refuses of it, whoever writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role, User
from companies import actions
from companies.models import Company, Engagement, Membership, Slot, SlotVolunteer, VolunteerProfile
from mail.models import Message
from tests import factories
from tests.factories import World
from tests.races import at_once, second_waits

MECENAT = {"engagement_type": Engagement.MECENAT}


def colleague(world: World, now: dt.datetime, name: str = "") -> User:
    user = factories.make_user(name)
    factories.add_member(world.company, user, Role.VOLUNTEER, now)
    return user


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("template", "to_name"))


# --- seats ------------------------------------------------------------------------------------------


def test_slot_takes_as_many_volunteers_as_it_offers(world: World, now: dt.datetime) -> None:
    people = [colleague(world, now) for _ in range(3)]
    seats = [actions.join_slot(slot=world.slot, by=person, now=now).seat for person in people[:2]]
    assert seats == [1, 2]
    with pytest.raises(actions.SlotFull):
        actions.join_slot(slot=world.slot, by=people[2], now=now)
    actions.leave_slot(slot=world.slot, by=people[0])
    assert actions.join_slot(slot=world.slot, by=people[2], now=now).seat == 1


def test_joining_twice_is_once_though_the_slot_is_full(world: World, now: dt.datetime) -> None:
    Slot.objects.filter(pk=world.slot.pk).update(volunteers_offered=1)
    first = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    assert actions.join_slot(slot=world.slot, by=world.volunteer, now=now) == first


def test_double_click_is_one_promise(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    click = partial(actions.join_slot, slot=world.slot, by=world.volunteer, now=now)
    assert at_once(click, click) == {"done": 2}
    assert SlotVolunteer.objects.count() == 1


def test_last_seat_goes_to_one_of_many_at_once(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    people = [colleague(world, now) for _ in range(6)]
    outcome = at_once(*[partial(actions.join_slot, slot=world.slot, by=person, now=now) for person in people])
    assert outcome == {"done": 2, "SlotFull": 4}
    assert sorted(SlotVolunteer.objects.values_list("seat", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE companies_slotvolunteer SET seat = 3", "volunteer_seat_is_offered"),
        ("UPDATE companies_slotvolunteer SET seat = 0", "volunteer_seat_is_offered"),
        ("UPDATE companies_slotvolunteer SET seat = 3, volunteers_offered = 9", "promise_within_offer"),
    ],
)
def test_database_keeps_promises_within_what_is_offered(
    world: World, now: dt.datetime, change: str, constraint: str
) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_gives_a_seat_once(world: World, now: dt.datetime) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    with pytest.raises(IntegrityError, match="volunteer_has_own_seat"), transaction.atomic():
        factories.make_promise(now, world.slot, colleague(world, now))


def test_database_wants_volunteers_to_be_members(world: World, now: dt.datetime) -> None:
    with pytest.raises(IntegrityError, match="member of the company"), transaction.atomic():
        factories.make_promise(now, world.slot, factories.make_user())
    promise = factories.make_promise(now, world.slot, world.volunteer)
    with pytest.raises(IntegrityError, match="member of the company"), transaction.atomic():
        SlotVolunteer.objects.filter(pk=promise.pk).update(volunteer=factories.make_user())


def test_slot_does_not_offer_fewer_than_have_promised(world: World, now: dt.datetime) -> None:
    for _ in range(2):
        actions.join_slot(slot=world.slot, by=colleague(world, now), now=now)
    with pytest.raises(IntegrityError, match="volunteer_seat_is_offered"), transaction.atomic():
        Slot.objects.filter(pk=world.slot.pk).update(volunteers_offered=1)
    Slot.objects.filter(pk=world.slot.pk).update(volunteers_offered=3)
    assert set(SlotVolunteer.objects.values_list("volunteers_offered", flat=True)) == {3}


def test_slot_that_was_taken_back_is_not_joined(world: World, now: dt.datetime) -> None:
    read = Slot.objects.get(pk=world.slot.pk)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    with pytest.raises(actions.SlotGone), transaction.atomic():
        actions.join_slot(slot=read, by=world.volunteer, now=now)
    with pytest.raises(IntegrityError, match="taken back"), transaction.atomic():
        factories.make_promise(now, world.slot, world.volunteer)


def test_joining_waits_for_who_takes_the_slot_back(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    read = Slot.objects.get(pk=world.slot.pk)

    def withdraw(pause: Callable[[], object]) -> None:
        actions.withdraw_slots(slots=[world.slot], by=world.company_owner, now=now)
        pause()

    def join() -> None:
        with pytest.raises(actions.SlotGone):
            actions.join_slot(slot=read, by=world.volunteer, now=now)

    assert second_waits(withdraw, join)
    assert not SlotVolunteer.objects.exists()


def test_slot_that_moved_meanwhile_is_joined_where_it_is(world: World, now: dt.datetime) -> None:
    read = Slot.objects.get(pk=world.slot.pk)
    later = dt.timedelta(days=1)
    Slot.objects.filter(pk=read.pk).update(starts_at=read.starts_at + later, ends_at=read.ends_at + later)
    assert actions.join_slot(slot=read, by=world.volunteer, now=now).starts_at == read.starts_at + later


# --- series -----------------------------------------------------------------------------------------


def test_series_is_joined_whole_but_for_dates_that_cannot_be(world: World, now: dt.datetime) -> None:
    series = factories.make_series(now, world.room)
    starts = [world.slot.starts_at + dt.timedelta(days=7 * week) for week in range(1, 5)]
    slots = [
        factories.make_slot(world.room, start, availability=series, original_date=start.date()) for start in starts
    ]
    for person in (colleague(world, now), colleague(world, now)):
        actions.join_slot(slot=slots[1], by=person, now=now)
    elsewhere = factories.make_slot(factories.make_room(now, world.site), slots[2].starts_at)
    actions.join_slot(slot=elsewhere, by=world.volunteer, now=now)
    joined = actions.join_series(series=series, by=world.volunteer, now=now)
    assert joined.slots == [slots[0], slots[3]]
    assert [(slot, reason.split(".")[0]) for slot, reason in joined.refused] == [
        (slots[1], "Ce créneau a tous ses bénévoles"),
        (slots[2], "Vous participez déjà à un atelier à ce moment-là\u00a0: choisissez une autre date"),
    ]
    again = actions.join_series(series=series, by=world.volunteer, now=now)
    assert (again.slots, len(again.refused)) == ([], 2)


# --- stand-ins --------------------------------------------------------------------------------------


def test_colleague_takes_the_seat_and_who_asked_is_told(world: World, now: dt.datetime) -> None:
    nina = colleague(world, now, "Nina")
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    for _ in range(2):
        actions.ask_stand_in(promise=promise, now=now)
    assert sorted(told()) == [("stand_in_asked", "Hélène"), ("stand_in_asked", "Nina")]
    actions.take_over(promise=promise, by=nina, now=now)
    after = SlotVolunteer.objects.get()
    assert (after.volunteer, after.seat, after.stand_in_asked_at) == (nina, promise.seat, None)
    assert after.pk != promise.pk
    assert told()[-1] == ("stand_in_found", "Lucie")
    with pytest.raises(actions.NoStandInWanted):
        actions.take_over(promise=promise, by=world.company_owner, now=now)


def test_stand_in_is_not_in_two_places(world: World, now: dt.datetime) -> None:
    nina = colleague(world, now)
    elsewhere = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    actions.join_slot(slot=elsewhere, by=nina, now=now)
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.ask_stand_in(promise=promise, now=now)
    with pytest.raises(actions.AlreadyElsewhere):
        actions.take_over(promise=promise, by=nina, now=now)
    assert SlotVolunteer.objects.get(pk=promise.pk).volunteer == world.volunteer


def test_two_stand_ins_at_once_are_one(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.ask_stand_in(promise=promise, now=now)
    people = [colleague(world, now) for _ in range(4)]
    outcome = at_once(*[partial(actions.take_over, promise=promise, by=person, now=now) for person in people])
    assert outcome == {"done": 1, "NoStandInWanted": 3}
    assert Message.objects.filter(template="stand_in_found").count() == 1


@pytest.mark.parametrize("who", ["stand-in", "profile"])
def test_who_takes_the_slot_back_and_who_writes_on_its_promise_do_not_wait_for_each_other(
    committed: None, now: dt.datetime, who: str
) -> None:
    world = factories.make_world(now)
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.ask_stand_in(promise=promise, now=now)
    other = colleague(world, now)
    profile = VolunteerProfile(
        membership=world.company.memberships.get(user=world.volunteer), engagement_type=Engagement.BENEVOLAT
    )

    def withdraw(pause: Callable[[], object]) -> None:
        Slot.objects.select_for_update(no_key=True).get(pk=world.slot.pk)
        pause()
        actions.withdraw_slots(slots=[world.slot], by=world.company_owner, now=now)

    def write() -> None:
        if who == "profile":
            actions.describe_volunteer(profile=profile, sites=[], now=now)
            return
        with pytest.raises(actions.NoStandInWanted):
            actions.take_over(promise=promise, by=other, now=now)

    assert second_waits(withdraw, write)
    assert not SlotVolunteer.objects.exists()


# --- engagement and consent -------------------------------------------------------------------------


def describe(world: World, now: dt.datetime, **fields: Any) -> VolunteerProfile:
    membership = world.company.memberships.select_related("company", "user").get(user=world.volunteer)
    profile = VolunteerProfile.objects.filter(membership=membership).first() or VolunteerProfile(membership=membership)
    for name, value in fields.items():
        setattr(profile, name, value)
    return actions.describe_volunteer(profile=profile, sites=[], now=now)


def test_first_profile_sent_four_times_at_once_is_one(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    membership = world.company.memberships.select_related("company", "user").get(user=world.volunteer)

    def save() -> None:
        profile = VolunteerProfile(membership=membership, engagement_type=Engagement.MECENAT, pledged_hours=9)
        actions.describe_volunteer(profile=profile, sites=[], now=now)

    assert at_once(*[save] * 4) == {"done": 4}
    assert VolunteerProfile.objects.get().created_at == now
    assert Message.objects.filter(template="volunteer_consent_asked").count() == 1


def test_time_at_work_needs_consent_and_is_told_apart(world: World, now: dt.datetime) -> None:
    profile = describe(world, now, **MECENAT, pledged_hours=12)
    describe(world, now, pledged_hours=15)
    assert told() == [("volunteer_consent_asked", "Hélène")]
    with pytest.raises(actions.NoConsent):
        actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.consent(profile=profile, by=world.company_owner, now=now)
    actions.consent(profile=profile, by=world.company_owner, now=now)
    assert told()[1:] == [("volunteer_consent_given", "Lucie")]
    assert actions.join_slot(slot=world.slot, by=world.volunteer, now=now).engagement_type == Engagement.MECENAT


@pytest.mark.parametrize(("role", "may"), [(Role.MANAGER, False), (Role.OWNER, True)])
def test_only_an_owner_consents_to_their_own_time(
    world: World,
    now: dt.datetime,
    role: Role,
    may: bool,  # noqa: FBT001  # a table
) -> None:
    described = describe(world, now, **MECENAT)
    Membership.objects.filter(user=world.volunteer).update(role=role)
    profile = VolunteerProfile.objects.get(pk=described.pk)
    if may:
        actions.consent(profile=profile, by=world.volunteer, now=now)
    else:
        with pytest.raises(actions.OwnConsent, match="une autre personne"):
            actions.consent(profile=profile, by=world.volunteer, now=now)
    profile.refresh_from_db()
    assert (profile.consented_at is not None) is may


def test_consent_taken_back_ends_promises_on_working_time(world: World, now: dt.datetime) -> None:
    profile = describe(world, now, **MECENAT)
    actions.consent(profile=profile, by=world.company_owner, now=now)
    actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    assert actions.withdraw_consent(profile=profile, by=world.company_owner, now=now) == 1
    assert not SlotVolunteer.objects.exists()
    assert Message.objects.get(template="volunteer_consent_withdrawn").context["ended"] == 1
    assert actions.withdraw_consent(profile=profile, by=world.company_owner, now=now) == 0


def test_another_engagement_ends_the_consent(world: World, now: dt.datetime) -> None:
    profile = describe(world, now, **MECENAT)
    actions.consent(profile=profile, by=world.company_owner, now=now)
    profile.refresh_from_db()
    after = describe(world, now, engagement_type=Engagement.BENEVOLAT)
    assert (after.consented_at, after.consented_by) == (None, None)
    assert actions.join_slot(slot=world.slot, by=world.volunteer, now=now).engagement_type == Engagement.BENEVOLAT


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE companies_volunteerprofile SET consented_at = now()", "volunteer_consent_is_for_mecenat"),
        (
            "UPDATE companies_volunteerprofile SET engagement_type = 'mecenat', consented_by_id = created_by",
            "volunteer_consent_dated",
        ),
        ("UPDATE companies_volunteerprofile SET pledged_hours = 501", "volunteer_hours_plausible"),
    ],
)
def test_database_keeps_profiles_in_order(world: World, now: dt.datetime, change: str, constraint: str) -> None:
    factories.make_profile(now, world.company, world.volunteer)
    change = change.replace("created_by", str(world.company_owner.pk))
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_who_comes_in_their_own_time_after_all_keeps_their_promises(world: World, now: dt.datetime) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, consented_at=now, **MECENAT)
    actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    profile.engagement_type = "benevolat"
    actions.describe_volunteer(profile=profile, sites=[], now=now)
    promise = SlotVolunteer.objects.get()
    assert promise.engagement_type == "benevolat"
    with pytest.raises(IntegrityError, match="needs consent"), transaction.atomic():
        SlotVolunteer.objects.update(engagement_type="mecenat")


def test_database_wants_consent_for_time_at_work(world: World, now: dt.datetime) -> None:
    factories.make_profile(now, world.company, world.volunteer, **MECENAT)
    with pytest.raises(IntegrityError, match="needs consent"), transaction.atomic():
        factories.make_promise(now, world.slot, world.volunteer, **MECENAT)


def test_profile_goes_with_its_member(world: World, now: dt.datetime) -> None:
    factories.make_profile(now, world.company, world.volunteer)
    member = world.company.memberships.select_related("user").get(user=world.volunteer)
    actions.remove_member(organisation=world.company, member=member, by=world.company_owner, now=now)
    assert not VolunteerProfile.objects.exists()


def test_withdrawn_evening_tells_who_had_promised(world: World, now: dt.datetime) -> None:
    actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    assert told() == [("promises_ended", "Lucie")]


# --- what the company knows -------------------------------------------------------------------------


def test_company_knows_the_topics_of_its_volunteers(world: World, now: dt.datetime) -> None:
    def known() -> list[str]:
        return Company.objects.values_list("known_topics", flat=True).get(pk=world.company.pk)

    other = colleague(world, now)
    factories.make_profile(now, world.company, world.volunteer, topics=["sante", "email"])
    profile = factories.make_profile(now, world.company, other, topics=["email", "parentalite"])
    assert known() == ["email", "parentalite", "sante"]
    profile.topics = ["email"]
    actions.describe_volunteer(profile=profile, sites=[], now=now)
    assert known() == ["email", "sante"]
    member = world.company.memberships.select_related("user").get(user=world.volunteer)
    actions.remove_member(organisation=world.company, member=member, by=world.company_owner, now=now)
    assert known() == ["email"]
    VolunteerProfile.objects.all().delete()
    assert known() == []


def test_topics_go_along_with_a_member(world: World, now: dt.datetime) -> None:
    factories.make_profile(now, world.company, world.volunteer, topics=["sante"])
    other = factories.make_company(now)
    Membership.objects.filter(user=world.volunteer).update(company=other)
    world.company.refresh_from_db()
    other.refresh_from_db()
    assert (world.company.known_topics, other.known_topics) == ([], ["sante"])


def test_topics_of_two_who_save_at_once_are_both_known(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    profiles = [
        VolunteerProfile(membership=world.company.memberships.get(user=person), topics=[topic])
        for person, topic in ((world.volunteer, "sante"), (colleague(world, now), "email"))
    ]
    first, second = (partial(actions.describe_volunteer, profile=one, sites=[], now=now) for one in profiles)

    def save_and_pause(pause: Callable[[], object]) -> None:
        first()
        pause()

    assert second_waits(save_and_pause, second)
    world.company.refresh_from_db()
    assert world.company.known_topics == ["email", "sante"]
