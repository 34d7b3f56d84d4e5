"""What was opened, mailed or printed before a workshop was moved leads to where it is now, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from companies.models import Slot, SlotVolunteer
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.agreements import agreement_path
from workshops.models import Attendance, Booking, Side, Workshop, WorkshopNote
from workshops.presence import coming_path, presence_path

Visitor = Callable[[User], Client]
WEEK = dt.timedelta(days=7)


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, world.association)


def moved(booking: Booking, slot: Slot, now: dt.datetime) -> Booking:
    by = booking.association.owners()[0]
    return actions.move_workshop(booking=booking, slot_id=slot.pk, side=Side.ASSOCIATION, by=by, now=now)


def next_week(world: World) -> Slot:
    return factories.make_slot(world.room, world.slot.starts_at + WEEK)


def elsewhere(world: World, now: dt.datetime) -> Slot:
    room = factories.make_room(now, factories.make_site(now, factories.make_company(now)), name="Grenier")
    return factories.make_slot(room, world.slot.starts_at + WEEK)


PAGES = [
    ("company", "crew", "get", {}),
    ("company", "crew_invite", "post", {}),
    ("company", "sheet", "get", {}),
    ("company", "report", "get", {}),
    ("company", "report", "post", {}),
    ("company", "agree", "post", {}),
    ("company", "move", "get", {}),
    ("company", "move", "post", {"slot": 1}),
    ("company", "cancel", "post", {"code": "no_host", "reason": ""}),
    ("association", "prepare", "get", {}),
    ("association", "sheet", "get", {}),
    ("association", "report", "get", {}),
    ("association", "report", "post", {}),
    ("association", "agree", "post", {}),
    ("association", "move", "get", {}),
    ("association", "move", "post", {"slot": 1}),
    ("association", "cancel", "post", {"code": "no_need", "reason": ""}),
]


@pytest.mark.parametrize(("side", "page", "how", "typed"), PAGES)
def test_page_of_a_former_date_leads_to_the_new_one(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, side: str, page: str, how: str, typed: Any
) -> None:
    there = moved(booking, next_week(world), now)
    person, slug = {
        "company": (world.company_owner, world.company.slug),
        "association": (world.association_owner, world.association.slug),
    }[side]
    address = reverse(f"workshops:{side}_{page}", args=[slug, booking.pk])
    answer = getattr(visitor(person), how)(address, typed, follow=True)
    assert answer.redirect_chain == [(reverse(f"workshops:{side}_booking", args=[slug, there.pk]), 302)]
    assert "Cet atelier a été déplacé au mardi 15\u00a0décembre" in answer.text
    there.refresh_from_db()
    assert there.is_confirmed


@pytest.mark.parametrize("page", ["crew", "sheet", "report", "move"])
def test_company_that_a_workshop_left_reads_that_nothing_takes_place(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, page: str
) -> None:
    moved(booking, elsewhere(world, now), now)
    answer = visitor(world.company_owner).get(
        reverse(f"workshops:company_{page}", args=[world.company.slug, booking.pk]), follow=True
    )
    here = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
    assert (answer.redirect_chain, "Grenier" in answer.text) == ([(here, 302)], False)


@pytest.mark.parametrize("side", ["company", "association"])
def test_note_that_was_written_on_a_former_date_is_kept(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, side: str
) -> None:
    there = moved(booking, next_week(world), now)
    person, slug = {
        "company": (world.company_owner, world.company.slug),
        "association": (world.association_owner, world.association.slug),
    }[side]
    client = visitor(person)
    typed = {"kind": "other", "text": "Nous apportons des câbles."}
    answer = client.post(reverse(f"workshops:{side}_note", args=[slug, booking.pk]), typed)
    sends = reverse(f"workshops:{side}_note", args=[slug, there.pk])
    assert (answer.status_code, WorkshopNote.objects.count()) == (422, 0)
    for said in ("vient d’être déplacé au mardi 15", "Nous apportons des câbles.</textarea>", f'action="{sends}"'):
        assert said in answer.text
    assert client.post(sends, typed).status_code == 302
    assert WorkshopNote.objects.get().booking == there


def test_what_was_prepared_on_a_former_date_is_kept(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    there = moved(booking, next_week(world), now)
    client = visitor(world.association_owner)
    answer = client.post(
        reverse("workshops:association_prepare", args=[world.association.slug, booking.pk]),
        {"title": "Trouver un emploi", "visitors": "4"},
    )
    saves = reverse("workshops:association_prepare", args=[world.association.slug, there.pk])
    assert (answer.status_code, Workshop.objects.get().title) == (422, "")
    for said in ("vient d’être déplacé au mardi 15", 'value="Trouver un emploi"', f'action="{saves}"'):
        assert said in answer.text


def test_what_is_written_for_what_was_moved_and_called_off_says_so(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    there = moved(booking, next_week(world), now)
    by = world.company_owner
    actions.cancel_booking(booking=there, side=Side.COMPANY, reason="Grève.", by=by, now=now)
    client = visitor(world.association_owner)
    for page, typed in (("note", {"kind": "other", "text": "Bonjour"}), ("prepare", {"title": "Bonjour"})):
        address = reverse(f"workshops:association_{page}", args=[world.association.slug, booking.pk])
        answer = client.post(address, typed, follow=True)
        assert ("déplacé au mardi 15" in answer.text, "Grève." in answer.text) == (True, True)


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("link", ["company", "association", "coming", "presence"])
def test_link_of_a_former_date_says_where_the_workshop_is_now(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, link: str, *, stays: bool
) -> None:
    """A company that was left, and its volunteers, do not learn where."""
    path, client = {
        "company": (agreement_path(booking.workshop, Side.COMPANY, world.company_owner), Client()),
        "association": (agreement_path(booking.workshop, Side.ASSOCIATION, world.association_owner), Client()),
        "coming": (coming_path(booking.workshop, world.volunteer), Client()),
        "presence": (presence_path(booking.workshop), visitor(world.volunteer)),
    }[link]
    moved(booking, next_week(world) if stays else elsewhere(world, now), now)
    with travel(world.slot.starts_at, tick=False):
        for how, status in ((client.get, 200), (client.post, 409)):
            answer = how(path)
            known = stays or link == "association"
            assert answer.status_code == status
            assert ("mardi 15\u00a0décembre" in answer.text) == known
            assert ("n’a plus lieu à cette date" in answer.text) != known
            assert ("Grenier" in answer.text) == (known and not stays)
    assert (SlotVolunteer.objects.count(), Attendance.objects.count()) == (0, 0)


@pytest.mark.parametrize("was_moved", [True, False])
@pytest.mark.parametrize("link", ["company", "association", "coming"])
def test_link_shows_nothing_a_month_after_its_date(
    world: World, booking: Booking, now: dt.datetime, client: Client, link: str, *, was_moved: bool
) -> None:
    path = {
        "company": agreement_path(booking.workshop, Side.COMPANY, world.company_owner),
        "association": agreement_path(booking.workshop, Side.ASSOCIATION, world.association_owner),
        "coming": coming_path(booking.workshop, world.volunteer),
    }[link]
    if was_moved:
        moved(booking, next_week(world), now)
    over = world.slot.ends_at + dt.timedelta(days=30)
    with travel(over - dt.timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 200
    with travel(over, tick=False):
        for page in (client.get(path), client.post(path)):
            assert (page.status_code, "Ce lien a expiré" in page.text) == (410, True)
            assert "un courriel apporte un nouveau lien" in page.text
            assert (world.association.name in page.text, world.company.name in page.text) == (False, False)
    assert (SlotVolunteer.objects.count(), Workshop.objects.filter(company_agreed_at=None).count()) == (0, 1)


def test_code_of_a_former_date_is_for_members_alone(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    path = presence_path(booking.workshop)
    there = elsewhere(world, now)
    moved(booking, there, now)
    client = visitor(factories.make_user("Zoé"))
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, f"bénévoles d’{world.company.name}" in answer.text) == (200, True)
        assert there.room.site.company.name not in answer.text


def test_link_of_a_date_to_which_the_workshop_came_back_counts_again(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    path = agreement_path(booking.workshop, Side.COMPANY, world.company_owner)
    there = moved(booking, next_week(world), now)
    moved(there, world.slot, now)
    with travel(now, tick=False):
        assert "Oui, l’atelier tient" in Client().get(path).text
