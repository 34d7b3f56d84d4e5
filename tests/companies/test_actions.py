import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.models import Role
from companies import actions
from companies.models import Availability, BookingMode, Company, Slot, SlotVolunteer
from tests import factories
from tests.factories import World


def opening(**fields: Any) -> Availability:
    return Availability(
        **{
            "every": "week",
            "weekdays": [4],
            "start_time": dt.time(18, 30),
            "end_time": dt.time(20, 30),
            "from_date": dt.date(2026, 12, 1),
            "until_date": dt.date(2026, 12, 31),
            "places": 10,
            "computers": 8,
            "volunteers_offered": 2,
            "notice_hours": 24,
            "booking_mode": BookingMode.INSTANT,
            **fields,
        }
    )


def publish(world: World, now: dt.datetime, **fields: Any) -> actions.Season:
    return actions.publish_season(room=world.room, openings=[opening(**fields)], by=world.company_owner, now=now)


@pytest.mark.django_db
def test_registering_makes_the_person_owner(now: dt.datetime) -> None:
    user = factories.make_user()
    company = actions.register_company(
        company=Company(name="Imprimerie du Parc", legal_form="company", commune_id=factories.LILLE), by=user, now=now
    )
    membership = company.memberships.get()
    assert (company.slug, membership.user, membership.role) == ("imprimerie-du-parc", user, Role.OWNER)


def test_publishing_makes_one_slot_a_week(world: World, now: dt.datetime) -> None:
    season = publish(world, now)
    assert [slot.starts_at.isoformat() for slot in season.slots] == [
        f"2026-12-{day:02}T17:30:00+00:00" for day in (3, 10, 17, 24, 31)
    ]
    assert season.refused == []
    assert {slot.closes_at - slot.starts_at for slot in season.slots} == {dt.timedelta(hours=-24)}


def test_public_holidays_warn_and_are_published(world: World, now: dt.datetime) -> None:
    season = publish(world, now, weekdays=[5])
    assert dt.date(2026, 12, 25) in [slot.starts_at.date() for slot in season.slots]
    assert season.holidays == [(dt.date(2026, 12, 25), "Noël")]


def test_publishing_keeps_the_possible_dates_and_says_why_others_are_refused(world: World, now: dt.datetime) -> None:
    season = publish(world, now, weekdays=[2])
    assert [slot.starts_at.day for slot in season.slots] == [15, 22, 29]
    assert [(one.starts_at.day, one.reason) for one in season.refused] == [
        (1, "date passée ou trop proche"),
        (8, "salle déjà prise"),
    ]


def test_publishing_in_office_hours_is_refused(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.DaytimeOpening, match="17\u00a0h"):
        publish(world, now, start_time=dt.time(16, 30))
    assert Availability.objects.count() == 0


def test_operator_may_allow_office_hours(world: World, now: dt.datetime, settings: Settings) -> None:
    settings.DAYTIME_SLOTS_ALLOWED = True
    assert len(publish(world, now, start_time=dt.time(9)).slots) == 5


@pytest.mark.parametrize(
    "season",
    [
        {"from_date": dt.date(2026, 11, 1), "until_date": dt.date(2026, 11, 30)},
        {"from_date": dt.date(2026, 12, 7), "until_date": dt.date(2026, 12, 7), "weekdays": [3]},
        {"notice_hours": 700, "until_date": dt.date(2026, 12, 20)},
    ],
)
def test_season_without_a_possible_date_is_refused_whole(
    world: World, now: dt.datetime, season: dict[str, Any]
) -> None:
    with pytest.raises(actions.NothingToOpen), transaction.atomic():
        publish(world, now, **season)
    assert not Availability.objects.exists()


def test_season_that_nobody_plans_is_refused(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.TooFarAhead, match="première date") as refusal:
        publish(world, now, from_date=dt.date(9999, 12, 1), until_date=dt.date(9999, 12, 31))
    assert refusal.value.field == "from_date"
    with pytest.raises(actions.TooFarAhead, match="première date"):
        publish(world, now, from_date=now.date() + dt.timedelta(days=725), until_date=None)


def test_publishing_more_than_a_year_is_refused(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.SeasonTooLong):
        publish(world, now, until_date=dt.date(2028, 1, 1))


def test_withdrawing_twice_is_refused(world: World, now: dt.datetime) -> None:
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    with pytest.raises(actions.SlotNotOpen):
        actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    slot = Slot.objects.get()
    assert (slot.state, slot.withdrawn_at, slot.withdrawn_by) == ("withdrawn", now, world.company_owner)


def test_joining_twice_is_one_promise_and_leaving_frees(world: World, now: dt.datetime) -> None:
    first = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    assert actions.join_slot(slot=world.slot, by=world.volunteer, now=now) == first
    assert actions.leave_slot(slot=world.slot, by=world.volunteer)
    assert not actions.leave_slot(slot=world.slot, by=world.volunteer)
    assert SlotVolunteer.objects.count() == 0


def test_open_slots_are_those_of_signatories_in_time(world: World, now: dt.datetime) -> None:
    assert list(Slot.objects.open(now)) == [world.slot]
    assert list(Slot.objects.open(world.slot.closes_at)) == []
    actions.set_charter_standing(company=world.company, since=now, until=now + dt.timedelta(days=1))
    assert list(Slot.objects.open(now)) == [world.slot]
    assert list(Slot.objects.open(now + dt.timedelta(days=1))) == []
    actions.set_charter_standing(company=world.company, since=None)
    assert list(Slot.objects.open(now)) == []
