"""A company's own page: what it is waited for, and its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from companies import actions as companies
from companies.models import BusyTime, Company, RoomCalendar
from solidarite.company_tasks import company_figures, company_tasks
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Reason, Report, Side, Workshop

Visitor = Callable[[User], Client]
WEEK = dt.timedelta(days=7)


def titles(company: Company, now: dt.datetime) -> list[str]:
    return [task.title for task in company_tasks([company], now)]


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
    tasks = company_tasks([world.company], now)
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
    assert not [title for title in titles(world.company, now) if title.startswith("Il manque")]
    companies.ask_stand_in(promise=world.slot.volunteers.get(volunteer=person), now=now)
    assert "Il manque 1\u00a0bénévole" in titles(world.company, now)


def test_figures_are_those_of_the_rows(world: World, now: dt.datetime) -> None:
    over = factories.make_slot(world.room, now - WEEK)
    booking = factories.make_booking(now - 2 * WEEK, over, world.association)
    factories.make_promise(now, over, world.volunteer)
    workshop = Workshop.objects.with_everything().get(booking=booking)
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=over.starts_at)
    Report.objects.create(
        workshop=Workshop.objects.get(booking=booking), side="association", attended=6, rating=5, created_at=now
    )
    assert [(one["number"], one["label"]) for one in company_figures(world.company, now)] == [
        ("1", "atelier tenu"),
        ("6", "personnes accueillies"),
        ("2", "heures de bénévoles"),
    ]


@pytest.mark.parametrize("side", Side)
def test_workshop_that_was_called_off_is_found_again(
    world: World, now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    free = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    moved = actions.move_workshop(booking=booking, slot_id=free.pk, side=Side.COMPANY, by=world.company_owner, now=now)
    actions.cancel_booking(booking=moved, side=Side.COMPANY, code=Reason.NO_VOLUNTEERS, by=world.company_owner, now=now)
    owner, organisation = (
        (world.company_owner, world.company) if side == Side.COMPANY else (world.association_owner, world.association)
    )
    client = visitor(owner)

    def told_on(page: str) -> list[bool]:
        text = client.get(page).text
        return [f"/reservations/{one.pk}/" in text for one in (booking, moved)]

    own = reverse(side.value, args=[organisation.slug])
    assert told_on(own) == [False, True]
    with time_machine.travel(free.ends_at + WEEK):
        client = visitor(owner)
        assert told_on(own) == [False, True]
        assert told_on(reverse(f"workshops:{side.value}_history", args=[organisation.slug])) == [False, True]
