"""A company's own page: what it is waited for, and that its cost does not grow with what it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from companies import actions as companies
from companies.models import BusyTime, Company, RoomCalendar
from solidarite.company_tasks import company_figures, company_tasks
from tests import factories
from tests.factories import World
from tests.pictures import picture
from workshops.models import Report, Workshop

Visitor = Callable[[User], Client]
WEEK = dt.timedelta(days=7)


def titles(company: Company, now: dt.datetime) -> list[str]:
    return [task.title for task in company_tasks(company, now)]


def test_company_with_nothing_to_do_is_told_so(world: World, now: dt.datetime, visitor: Visitor) -> None:
    assert titles(world.company, now) == []
    page = visitor(world.company_owner).get(reverse("company", args=[world.company.slug])).text
    assert "Rien n’attend votre réponse." in page


def test_each_kind_of_task_is_told_and_leads_somewhere(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_booking(now, world.slot, world.association)
    later = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    factories.make_booking(now, later, world.association, state="pending")
    BusyTime.objects.create(room=world.room, starts_at=world.slot.starts_at, ends_at=world.slot.ends_at)
    over = factories.make_slot(world.room, now - WEEK)
    factories.make_booking(now - 2 * WEEK, over, world.association)
    factories.make_series(now, world.room, confirm_by_at=now + WEEK)
    factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat")
    RoomCalendar.objects.create(
        room=world.room, url="https://a.example", created_at=now, tried_at=now, failure="L’adresse répond 404."
    )
    tasks = company_tasks(world.company, now)
    assert [task.title for task in tasks] == [
        f"Demande à laquelle répondre\u00a0: {world.association.name}",
        f"{world.room.name} est prise pendant un atelier",
        "Il manque 2\u00a0bénévoles",
        "Racontez l’atelier du mardi 24\u00a0novembre",
        f"Ouvrez-vous toujours {world.room.name}\u00a0?",
        "Lucie demande votre accord",
        f"L’agenda de {world.room.name} ne se lit plus",
    ]
    client = visitor(world.company_owner)
    assert [client.get(task.url).status_code for task in tasks] == [200] * len(tasks)
    for _ in range(2):
        person = factories.make_user()
        factories.add_member(world.company, person, Role.VOLUNTEER, now)
        companies.join_slot(slot=world.slot, by=person, now=now)
    assert "Il manque 2\u00a0bénévoles" not in titles(world.company, now)


def test_figures_are_those_of_the_rows(world: World, now: dt.datetime) -> None:
    over = factories.make_slot(world.room, now - WEEK)
    booking = factories.make_booking(now - 2 * WEEK, over, world.association)
    factories.make_promise(now, over, world.volunteer)
    Report.objects.create(
        workshop=Workshop.objects.get(booking=booking), side="association", attended=6, rating=5, created_at=now
    )
    assert [(one["number"], one["label"]) for one in company_figures(world.company, now)] == [
        ("1", "atelier tenu"),
        ("6", "personnes accueillies"),
        ("2", "heures de bénévoles"),
    ]


def fill(world: World, now: dt.datetime, count: int) -> None:
    """So many of everything that a company's pages list."""
    for number in range(count):
        site = world.site if number == 0 else factories.make_site(now, world.company, name=f"Site {number}")
        room = world.room if number == 0 else factories.make_room(now, site)
        factories.make_series(now, room, confirm_by_at=now + WEEK)
        start = world.slot.starts_at + dt.timedelta(hours=3 * number)
        slot = world.slot if number == 0 else factories.make_slot(room, start)
        factories.make_booking(now, slot, world.association)
        asked = factories.make_slot(room, start + WEEK)
        factories.make_booking(now, asked, world.association, state="pending")
        factories.make_slot(room, start + 2 * WEEK)
        over = factories.make_slot(room, start - 3 * WEEK)
        factories.make_booking(now - 4 * WEEK, over, world.association)
        person = factories.make_user()
        factories.add_member(world.company, person, Role.VOLUNTEER, now)
        factories.make_profile(now, world.company, person, engagement_type="mecenat")
        factories.make_promise(now, slot, world.volunteer, stand_in_asked_at=now)
        RoomCalendar.objects.create(
            room=room, url="https://a.example", created_at=now, tried_at=now, read_at=now, failure="Non."
        )
        BusyTime.objects.create(room=room, starts_at=slot.starts_at, ends_at=slot.ends_at)


PAGES: list[tuple[str, dict[str, Any], int]] = [
    ("company", {}, 19),
    ("companies:sites", {}, 4),
    ("companies:series", {}, 4),
    ("companies:members", {}, 9),
    ("workshops:company_slots", {}, 5),
    ("workshops:agenda", {"semaine": "2026-12-08"}, 7),
    ("workshops:agenda", {"mois": "2026-12"}, 7),
    ("workshops:volunteers", {}, 5),
    ("workshops:company_close", {}, 8),
]
# Pages of one place or series of it.
PLACES: list[tuple[str, str, int]] = [
    ("companies:room_photos", "room", 4),
    ("companies:site_position", "site", 4),
    ("workshops:room_calendar", "room", 6),
    ("workshops:room_close", "room", 9),
    ("workshops:site_close", "site", 9),
    ("workshops:series", "series", 6),
]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "query", "expected"), PAGES)
def test_page_costs_the_same_however_much_it_lists(
    world: World, now: dt.datetime, visitor: Visitor, name: str, query: dict[str, Any], expected: int, count: int
) -> None:
    fill(world, now, count)
    client = visitor(world.company_owner)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name, args=[world.company.slug]), query).status_code == 200
    assert len(asked) == expected


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "of", "expected"), PLACES)
def test_page_of_a_place_costs_the_same_however_much_hangs_on_it(
    world: World, now: dt.datetime, visitor: Visitor, name: str, of: str, expected: int, count: int
) -> None:
    hang(world, now, count)
    numbers = {"room": world.room.pk, "site": world.site.pk, "series": world.room.availabilities.get().pk}
    client = visitor(world.company_owner)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name, args=[world.company.slug, numbers[of]])).status_code == 200
    assert len(asked) == expected


def hang(world: World, now: dt.datetime, count: int) -> None:
    """So much on one room: photos, dates of one series, bookings, volunteers and busy times."""
    series = factories.make_series(now, world.room)
    for number in range(count):
        companies.add_photo(room=world.room, file=picture(), description="Des tables.", by=world.company_owner, now=now)
        start = world.slot.starts_at + WEEK * (number + 1)
        slot = factories.make_slot(world.room, start, availability=series, original_date=start.date())
        factories.make_booking(now, slot, world.association)
        factories.make_promise(now, slot, world.volunteer)
        free = start + WEEK * 10
        factories.make_slot(world.room, free, availability=series, original_date=free.date())
        BusyTime.objects.create(room=world.room, starts_at=slot.starts_at, ends_at=slot.ends_at)
