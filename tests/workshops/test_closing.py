"""Closing a room, a site or a company: what hangs on it ends at once, and everybody is told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from companies import actions as companies
from companies.models import Availability, Room, Site, Slot
from mail.models import Message
from tests import factories
from tests.companies.test_actions import opening
from tests.factories import World
from tests.races import at_once, second_waits
from tests.typed import SITE
from workshops import actions
from workshops.models import Booking

Visitor = Callable[[User], Client]


@pytest.fixture
def busy(world: World, now: dt.datetime) -> Availability:
    """The world's room with a season: one date booked, one asked for, one with a volunteer, the others free."""
    series = opening(booking_mode="on_approval")
    companies.publish_season(room=world.room, openings=[series], by=world.company_owner, now=now)
    booked, asked, helped, *_ = series.slots.order_by("pk")
    factories.make_booking(now, booked, world.association)
    factories.make_booking(now, asked, world.association, state="pending")
    companies.join_slot(slot=helped, by=world.volunteer, now=now)
    factories.forget_mail()
    return series


def close_room(world: World, now: dt.datetime) -> None:
    rooms = Room.objects.filter(pk=world.room.pk)
    by = world.company_owner
    actions.close_places(rooms=rooms, sites=Site.objects.none(), reason="Travaux.", by=by, now=now)


def test_who_queues_is_shown_and_told_why(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_booking(now, world.slot, factories.make_association(now))
    factories.make_promise(now, factories.make_slot(world.room, world.slot.ends_at), world.volunteer)
    actions.join_waitlist(
        slot_id=world.slot.pk,
        association=world.association,
        participants=4,
        topic="email",
        message="",
        request=None,
        by=world.association_owner,
        now=now,
    )
    client = visitor(world.company_owner)
    page = reverse("workshops:site_close", args=[world.company.slug, world.site.pk])
    assert "1\u00a0place en liste d’attente" in client.get(page).text
    client.post(page, {"reason": "Dégât des eaux."})
    assert "Dégât des eaux." in Message.objects.get(template="waitlist_closed").context["why"]
    assert Message.objects.get(template="promises_ended").context["reason"] == "Dégât des eaux."


def test_place_reopens_after_the_works(world: World, now: dt.datetime, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    before = factories.make_room(now, world.site, archived_at=now - dt.timedelta(days=9))
    client.post(reverse("workshops:site_close", args=[world.company.slug, world.site.pk]), {"reason": "Travaux."})
    room = reverse("companies:room_reopen", args=[world.company.slug, world.room.pk])
    assert "rouvrez-le d’abord" in client.post(room, follow=True).text
    site = reverse("companies:site_reopen", args=[world.company.slug, world.site.pk])
    page = client.get(reverse("companies:sites", args=[world.company.slug]))
    assert site in page.text
    assert "est rouvert" in client.post(site, follow=True).text
    assert list(Room.objects.filter(archived_at=None)) == [world.room]
    again = reverse("companies:room_reopen", args=[world.company.slug, before.pk])
    assert "est rouverte" in client.post(again, follow=True).text
    assert not Room.objects.exclude(archived_at=None).exists()
    client.post(site)
    assert not Slot.objects.filter(state="open", starts_at__gt=now).exists()


def test_page_shows_all_that_hangs_on_a_site(
    world: World, busy: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    page = visitor(world.company_owner).get(reverse("workshops:site_close", args=[world.company.slug, world.site.pk]))
    assert f"Fermer le site {world.site.name}" in page.text
    assert "1\u00a0atelier à annuler" in page.text
    hanging = actions.hanging_on(rooms=Room.objects.filter(site=world.site), now=now)
    assert [len(part) for part in hanging] == [1, 1, 5, 1, 0, 1, 1]
    assert f"{busy}, {world.room.name}" in page.text
    assert hanging.volunteers[0].name in page.text
    assert page.text.count(world.association.name) == 2
    assert "mardi 8" in page.text


def test_site_closes_at_once_and_everybody_is_told(
    world: World, busy: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    elsewhere = factories.make_slot(
        factories.make_room(now, factories.make_site(now, factories.make_company(now))), world.slot.starts_at
    )
    client = visitor(world.company_owner)
    page = reverse("workshops:site_close", args=[world.company.slug, world.site.pk])
    assert client.post(page, {"reason": ""}).status_code == 422
    assert Slot.objects.filter(room=world.room, state="open").count() == 6
    done = client.post(page, {"reason": "Dégât des eaux."}, follow=True)
    assert "1\u00a0atelier annulé, 5\u00a0créneaux retirés" in done.text
    assert not Slot.objects.filter(room__site=world.site, state="open", starts_at__gt=now).exists()
    told = Message.objects.order_by("pk").values_list("template", "to_name")
    assert sorted(told) == [
        ("booking_cancelled", "Hélène"),
        ("booking_cancelled", "Karim"),
        ("booking_declined", "Karim"),
        ("promises_ended", "Lucie"),
    ]
    cancelled = Message.objects.get(template="booking_cancelled", to_name="Karim")
    assert cancelled.context["reason"] == "Le lieu ferme. Dégât des eaux."
    assert [elsewhere.room.site.company.name in str(one) for one in cancelled.context["others"]] == [True]
    assert "archivé" in done.text
    busy.refresh_from_db()
    assert companies.extend_series(now=now + dt.timedelta(days=100)) == 0


@pytest.mark.parametrize("what", ["room", "site", "company"])
def test_place_closed_twice_is_said_to_be_closed(world: World, visitor: Visitor, what: str) -> None:
    which = [] if what == "company" else [getattr(world, what).pk]
    page = reverse(f"workshops:{what}_close", args=[world.company.slug, *which])
    client = visitor(world.company_owner)
    assert client.post(page, {"reason": "Travaux."}).status_code == 302
    told = Message.objects.count()
    for again in (client.post(page, {"reason": "Travaux."}, follow=True), client.get(page, follow=True)):
        assert (again.status_code, "déjà fermé" in again.text) == (200, True)
    assert Message.objects.count() == told


def test_what_was_held_there_stays(world: World, now: dt.datetime) -> None:
    held = factories.make_booking(
        now, factories.make_slot(world.room, now - dt.timedelta(days=7)), world.association, state="completed"
    )
    close_room(world, now)
    held.refresh_from_db()
    assert (held.state, held.slot.state) == ("completed", "open")


def test_whole_company_closes(world: World, busy: Availability, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_room(now, factories.make_site(now, world.company, name="Dépôt"))
    client = visitor(world.company_owner)
    client.post(reverse("workshops:company_close", args=[world.company.slug]), {"reason": "Vente."})
    assert not world.company.sites.filter(archived_at=None).exists()
    assert not Room.objects.filter(site__company=world.company, archived_at=None).exists()


def test_room_closes_while_a_season_is_published_in_it(now: dt.datetime, committed: None) -> None:
    """Who publishes was first: what they opened is closed with the rest. Who comes after is told."""
    world = factories.make_world(now)

    def publish(pause: Callable[[], object]) -> None:
        companies.publish_season(room=world.room, openings=[opening()], by=world.company_owner, now=now)
        pause()

    assert second_waits(publish, partial(close_room, world, now))
    assert not Slot.objects.filter(room=world.room, state="open", starts_at__gt=now).exists()
    with pytest.raises(companies.RoomArchived, match="choisissez-en une autre"):
        companies.publish_season(room=world.room, openings=[opening()], by=world.company_owner, now=now)


def test_room_closes_while_its_series_are_extended(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    endless = opening(until_date=None)
    companies.publish_season(room=world.room, openings=[endless], by=world.company_owner, now=now)

    def extend(pause: Callable[[], object]) -> None:
        assert companies.extend_series(now=now + dt.timedelta(days=30)) > 0
        pause()

    assert second_waits(extend, partial(close_room, world, now))
    assert not Slot.objects.filter(room=world.room, state="open", starts_at__gt=now).exists()


@pytest.mark.parametrize("how", ["closes", "ends its series"])
def test_request_declined_while_its_room_closes_stops_nothing(now: dt.datetime, committed: None, how: str) -> None:
    world = factories.make_world(now)
    series = opening(booking_mode="on_approval")
    companies.publish_season(room=world.room, openings=[series], by=world.company_owner, now=now)
    asked = series.slots.earliest("pk")
    waiting = factories.make_booking(now, asked, world.association, state="pending")

    def decline(pause: Callable[[], object]) -> None:
        actions.decline_booking(booking=waiting, reason="Non.", by=world.company_owner, now=now)
        pause()

    def end() -> None:
        if how == "closes":
            close_room(world, now)
        else:
            actions.end_series(availability=series, from_date=now.date(), by=world.company_owner, now=now)

    assert second_waits(decline, end)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert Message.objects.filter(template="booking_declined").count() == 1


def test_site_closes_while_a_room_is_added_to_it(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    sites = Site.objects.filter(pk=world.site.pk)

    def close(pause: Callable[[], object]) -> None:
        rooms = Room.objects.filter(site__in=sites)
        actions.close_places(rooms=rooms, sites=sites, reason="Vente.", by=world.company_owner, now=now)
        pause()

    def add() -> None:
        with pytest.raises(companies.SiteArchived):
            companies.add_room(site=world.site, room=Room(name="Ada", capacity=4, computers=4), now=now)

    assert second_waits(close, add)
    assert not Room.objects.filter(archived_at=None).exists()


# --- corrections ------------------------------------------------------------------------------------


def test_site_and_room_are_corrected(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    site = SITE | {"name": "Tour", "address": "2 rue du Port", "max_visitors": "30"}
    page = reverse("companies:site_edit", args=[world.company.slug, world.site.pk])
    assert client.post(page, site).status_code == 302
    room = {"name": "Ada", "capacity": "12", "computers": "9", "equipment": "Tableau"}
    page = reverse("companies:room_edit", args=[world.company.slug, world.room.pk])
    assert client.post(page, room).status_code == 302
    world.room.refresh_from_db()
    world.slot.refresh_from_db()
    assert (world.room.name, world.room.site_max_visitors, world.slot.room_capacity) == ("Ada", 30, 12)


def test_place_does_not_shrink_under_what_hangs_on_it(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    site = SITE | {"max_visitors": "5"}
    answer = client.post(reverse("companies:site_edit", args=[world.company.slug, world.site.pk]), site)
    assert (answer.status_code, "diminuez-la d’abord" in answer.text) == (422, True)
    room = {"name": "Ada", "capacity": "3", "computers": "3"}
    answer = client.post(reverse("companies:room_edit", args=[world.company.slug, world.room.pk]), room)
    assert (answer.status_code, "offrent davantage" in answer.text) == (422, True)


def test_two_companies_close_with_bookings_for_the_same_requests(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    requests = [factories.make_request(now, world.association) for _ in range(2)]
    days, closings = itertools.count(), []
    for _ in range(4):
        rooms = [factories.make_room(now, factories.make_site(now, factories.make_company(now))) for _ in range(2)]
        for room, answered in zip(rooms, (requests, requests[::-1]), strict=True):
            for request in answered:
                starts_at = world.slot.starts_at + dt.timedelta(days=1 + next(days))
                factories.make_booking(now, factories.make_slot(room, starts_at), world.association, request=request)
        closings.append([partial(_close, room, world.company_owner, now) for room in rooms])
    assert [at_once(*two) for two in closings] == [{"done": 2}] * 4
    assert not Booking.objects.agreed().exists()


def _close(room: Room, by: User, now: dt.datetime) -> None:
    rooms = Room.objects.filter(pk=room.pk)
    actions.close_places(rooms=rooms, sites=Site.objects.none(), reason="Vente.", by=by, now=now)
