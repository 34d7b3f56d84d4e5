"""Where a workshop takes place is called otherwise, is elsewhere, or one gets in otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from companies import actions as companies
from companies.models import AccessKit, Slot
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Side

Visitor = Callable[[User], Client]
SOON = dt.timedelta(minutes=5)


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    factories.make_promise(now, world.slot, world.volunteer)
    return factories.make_booking(now - dt.timedelta(hours=1), world.slot, world.association)


def told() -> list[str]:
    return sorted(Message.objects.filter(template="workshop_way_changed").values_list("to_name", flat=True))


def move_house(world: World, now: dt.datetime) -> None:
    world.site.address = "999 rue Ailleurs"
    companies.describe_site(site=world.site, now=now)


def rename(world: World, now: dt.datetime) -> None:
    world.room.name = "Salle Hopper"
    companies.describe_room(room=world.room, now=now)


def change_the_lock(world: World, now: dt.datetime) -> None:
    kit = AccessKit.objects.get(site=world.site)
    kit.entrance = "Sonnez trois fois."
    companies.describe_access(kit=kit, now=now)


def place(world: World, now: dt.datetime) -> None:
    companies.place_site(site=world.site, latitude=50.64, longitude=3.07, now=now)


@pytest.mark.parametrize("change", [move_house, rename, change_the_lock, place])
def test_everybody_is_told_once_where_to_go_now(
    world: World, booking: Booking, now: dt.datetime, change: Callable[[World, dt.datetime], None]
) -> None:
    change(world, now)
    assert actions.remind_workshops(now=now) == 0  # more may be about to change
    for _ in range(2):
        actions.remind_workshops(now=now + SOON)
    assert told() == ["Hélène", "Karim", "Lucie"]
    booking.refresh_from_db()
    assert (booking.sequence, Slot.objects.get(pk=world.slot.pk).sequence) == (1, 1)


def test_mail_brings_the_new_way_in_and_the_calendars_follow(world: World, booking: Booking, now: dt.datetime) -> None:
    move_house(world, now)
    change_the_lock(world, now)
    actions.remind_workshops(now=now + SOON)
    told = {one.to_name: one for one in Message.objects.filter(template="workshop_way_changed")}
    said = render(told["Karim"]).text
    assert ("999 rue Ailleurs" in said, "Sonnez trois fois." in said) == (True, True)
    assert "Sonnez" not in render(told["Lucie"]).text
    for name, uid in (("Karim", f"booking-{booking.pk}"), ("Lucie", "promise-")):
        read: Any = Calendar.from_ical(told[name].calendar)
        (event,) = read.walk("VEVENT")
        assert (str(event["UID"]).startswith(uid), event["SEQUENCE"]) == (True, 1)
        assert "999 rue Ailleurs" in str(event["LOCATION"])


def test_what_is_saved_unchanged_is_not_told(world: World, booking: Booking, now: dt.datetime) -> None:
    companies.describe_site(site=world.site, now=now)
    companies.describe_room(room=world.room, now=now)
    companies.describe_access(kit=AccessKit.objects.get(site=world.site), now=now)
    assert (actions.remind_workshops(now=now + SOON), told()) == (0, [])


def test_kit_that_says_nothing_tells_nobody(world: World, booking: Booking, now: dt.datetime) -> None:
    AccessKit.objects.all().delete()
    companies.describe_access(kit=AccessKit(site=world.site), now=now)
    assert (actions.remind_workshops(now=now + SOON), told()) == (0, [])


def test_who_booked_since_knows_it_already(world: World, now: dt.datetime) -> None:
    move_house(world, now)
    factories.make_booking(now + dt.timedelta(minutes=1), world.slot, world.association)
    actions.remind_workshops(now=now + SOON)
    assert told() == []


def test_each_change_is_told(world: World, booking: Booking, now: dt.datetime) -> None:
    move_house(world, now)
    actions.remind_workshops(now=now + SOON)
    rename(world, now + 2 * SOON)
    actions.remind_workshops(now=now + 3 * SOON)
    assert len(told()) == 6
    booking.refresh_from_db()
    assert booking.sequence == 2


@pytest.mark.parametrize("what", ["over", "off"])
def test_what_is_over_or_off_is_left_alone(world: World, booking: Booking, now: dt.datetime, what: str) -> None:
    at = now
    if what == "over":
        at = world.slot.ends_at
    else:
        actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=now)
    move_house(world, at)
    actions.remind_workshops(now=at + SOON)
    assert told() == []


def test_address_is_changed_on_its_page(world: World, booking: Booking, now: dt.datetime, visitor: Visitor) -> None:
    page = reverse("companies:site_edit", args=[world.company.slug, world.site.pk])
    form = {"name": "Siège", "address": "2 rue Neuve", "visitor_regime": "accompanied", "max_visitors": 20}
    assert visitor(world.company_owner).post(page, form).status_code == 302
    actions.remind_workshops(now=now + 2 * SOON)
    assert told() == ["Hélène", "Karim", "Lucie"]
