"""What a company sees of who looks for a room: before it opens an evening, and beside those that are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from associations.models import Request
from companies.demand import Opening, demand, moments
from companies.models import Availability, Room, Slot
from mail.delivery import deliver_due
from mail.models import Message
from tests import factories
from tests.conftest import NOW
from tests.factories import World
from tests.mail.conftest import Sink
from tests.workshops.obvious import serves
from tests.workshops.worlds import OFFERED, WANTED, Offered, Wanted, ask, offer
from workshops import actions
from workshops.demand import best_for, best_for_latest
from workshops.heard import Telling
from workshops.matching import best_slots
from workshops.models import MatchNotice
from workshops.views.slots import FREE_SERVE, LATEST_SERVE, TELLING

Visitor = Callable[[User], Client]
MONTHS = dt.timedelta(days=90)


@pytest.mark.django_db
@settings(max_examples=25)
@given(offered=OFFERED, wanted=st.lists(WANTED, min_size=1, max_size=8), days=st.lists(st.integers(0, 6), max_size=3))
def test_demand_is_what_slots_would_serve(offered: Offered, wanted: list[Wanted], days: list[int]) -> None:
    """As if the evenings were opened, and nobody came to them yet."""
    with transaction.atomic():
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        slot = offer(world, offered._replace(taken=False, languages=(), asked=""))
        for one in wanted:
            ask(world, one._replace(refuses=""))
        starts = [slot.starts_at + dt.timedelta(days=day) for day in days]
        room = Room.objects.select_related("site__commune").get(pk=slot.room_id)
        opening = Opening(room, slot.places, slot.computers, instant=slot.booking_mode == "instant")
        found = demand(opening, starts=starts, now=NOW)
        opened = Slot.objects.with_place().get(pk=slot.pk)
        expected = []
        for start in starts:
            opened.starts_at = start
            vars(opened)["local_time"] = start.astimezone(ZoneInfo(slot.time_zone)).time()
            expected.append({one.pk for one in Request.objects.select_related("commune") if serves(one, opened)})
        assert [{found.requests[place].pk for place in places} for places in found.served] == expected
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=25)
@given(offered=st.lists(OFFERED, min_size=1, max_size=4), wanted=st.lists(WANTED, min_size=1, max_size=8))
def test_each_request_has_the_best_of_the_free_slots(offered: list[Offered], wanted: list[Wanted]) -> None:
    with transaction.atomic():
        world = factories.make_world(NOW)
        for one in offered:
            offer(world, one._replace(taken=False, asked=""))
        for other in wanted:
            ask(world, other)
        slots = list(Slot.objects.with_place().order_by("starts_at", "pk"))
        expected = [
            found[0]
            for one in Request.objects.select_related("commune", "association")
            if (found := best_slots(one, slots, now=NOW))
        ]
        assert best_for(world.company, NOW) == sorted(expected, key=lambda match: match.rank_for_slot)[:5]
        transaction.set_rollback(True)


def test_what_was_just_published_is_matched_whatever_else_there_is(
    world: World, now: dt.datetime, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later than all the slots that are looked at, for a request that others serve better, and that came last."""
    monkeypatch.setattr("workshops.demand.SLOTS", 1)
    monkeypatch.setattr("workshops.demand.SHOWN", 1)
    monkeypatch.setattr("workshops.views.slots.SLOTS", 1)
    factories.make_request(now - dt.timedelta(days=9), world.association, participants=9)
    wanted = factories.make_request(now, world.association, participants=2, computers=0, until_date=now.date() + MONTHS)
    small = factories.make_room(now, world.site, capacity=2, computers=0)
    address = reverse("workshops:company_slots", args=[world.company.slug])
    assert "venez de publier" not in visitor(world.company_owner).get(address).text
    new = factories.make_slot(small, now + dt.timedelta(days=60), created_at=now)
    assert [match.slot for match in best_for_latest(world.company, now)] == [new]
    page = visitor(world.company_owner).get(address)
    assert [heading for heading, _ in page.context["serving"]] == [LATEST_SERVE, FREE_SERVE]
    assert next(match.request for _, found in page.context["serving"] for match, *_ in found) == wanted
    assert "De vos créneaux libres, les 1 prochains et les derniers publiés sont regardés." in page.text
    later = now + dt.timedelta(days=2)
    assert not best_for_latest(world.company, later)


def test_company_sees_who_looks_before_it_opens(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_request(now, world.association, weekdays=[2])
    factories.make_request(now, world.association, weekdays=[2, 4], participants=9, computers=8)
    client = visitor(world.company_owner)
    address = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    page = client.get(address).text
    assert "Mardi soir\u00a0: 2\u00a0demandes ouvertes, 9\u00a0personnes pour la plus grande" in page
    assert "Jeudi soir\u00a0: 1\u00a0demande ouverte, 9\u00a0personnes" in page
    asked = {
        "every": "week", "weekdays": ["2"], "start_time": "18:30", "end_time": "20:30", "from_date": "2026-12-14",
        "until_date": "2026-12-31", "places": "8", "computers": "8", "volunteers_offered": "0", "notice_hours": "24",
        "booking_mode": "instant",
    }  # fmt: skip
    seen = client.post(address, asked).text
    # The larger group does not fit in what is offered.
    assert "Ces dates conviendraient à 1\u00a0demande ouverte, 6\u00a0personnes." in seen
    assert Slot.objects.count() == 1


def test_company_is_told_where_nobody_looks(world: World, visitor: Visitor) -> None:
    """Before dates are chosen, and of those that are."""
    client = visitor(world.company_owner)
    address = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    nobody, none = "Personne ne cherche pour l’instant", "ne conviennent à aucune demande ouverte"
    page = client.get(address).text
    assert (nobody in page, none in page) == (True, False)
    asked = {
        "every": "week", "weekdays": ["2"], "start_time": "18:30", "end_time": "20:30", "from_date": "2026-12-14",
        "until_date": "2026-12-31", "places": "8", "computers": "8", "volunteers_offered": "0", "notice_hours": "24",
        "booking_mode": "instant",
    }  # fmt: skip
    page = client.post(address, asked).text
    assert (nobody in page, none in page) == (False, True)


def test_what_is_published_shows_whom_it_serves(world: World, now: dt.datetime, visitor: Visitor) -> None:
    wanted = factories.make_request(now, world.association)
    page = visitor(world.company_owner).get(reverse("workshops:company_slots", args=[world.company.slug])).text
    assert "Vos créneaux libres conviennent à ces demandes" in page
    assert reverse("workshops:offer", args=[world.company.slug, wanted.pk]) in page
    assert world.association.name not in page


def test_no_room_is_looked_for_where_nobody_is(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association, commune_id=factories.NOUMEA)
    assert moments(world.room, now) == ([], 0)


def test_hours_are_those_of_the_room_on_days_on_which_it_is_free(world: World, now: dt.datetime) -> None:
    """As the evenings that a plan would add."""
    factories.make_request(now, world.association, weekdays=[2], until_date=dt.date(2026, 12, 8))
    factories.make_request(now, world.association, weekdays=[6], periods=["morning"])
    later = factories.make_request(now, world.association, weekdays=[4], periods=["evening"])
    assert [one.label for one in moments(world.room, now).best] == ["jeudi soir", "samedi matin"]
    Availability.objects.create(
        room=world.room, places=10, computers=8, weekdays=[6], start_time=dt.time(15), end_time=dt.time(17),
        from_date=now.date(), extended_to_date=now.date(), notice_hours=24, created_at=now, booking_mode="instant",
    )  # fmt: skip
    assert [(one.label, one.people) for one in moments(world.room, now).best] == [("jeudi soir", later.participants)]


def test_evening_serves_one_group_at_one_date(world: World, now: dt.datetime) -> None:
    """Neither what is looked for at other seasons is added, nor what others look for at the same time."""
    for days in (8, 22, 36):
        since = now.date() + dt.timedelta(days=days)
        until = since + dt.timedelta(days=8)
        factories.make_request(now, world.association, weekdays=[2], from_date=since, until_date=until, participants=3)
    for group in (2, 8):
        factories.make_request(now, world.association, weekdays=[4], participants=group, computers=2)
    assert moments(world.room, now).best == [("jeudi soir", 2, 8), ("mardi soir", 1, 3)]


def test_language_counts_where_somebody_of_the_company_speaks_it(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    factories.make_request(now, world.association, languages=["ar"])
    assert moments(world.room, now).best == []
    factories.make_profile(now, world.company, world.volunteer, languages=["ar"])
    assert moments(world.room, now).best
    address = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    assert "si l’un de vos bénévoles la parle" in visitor(world.company_owner).get(address).text


def test_who_is_not_looked_at_is_said(
    world: World, now: dt.datetime, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workshops.demand.REQUESTS", 2)
    address = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    said = "Nous avons regardé les 2\u00a0demandes"
    for looking in (2, 3):
        while Request.objects.count() < looking:
            factories.make_request(now, world.association)
        page = visitor(world.company_owner).get(address).text.replace("les 2 demandes", "les 2\u00a0demandes")
        assert (said in page) == (looking > 2)


def test_who_may_not_book_at_once_looks_for_evenings_on_approval(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    """An association that nobody has admitted yet: counted where its company would answer it, and there only."""
    new = factories.make_association(now, admitted=False)
    factories.make_request(now, new)
    starts = [world.slot.starts_at]
    found = [demand(Opening(world.room, 10, 8, instant), starts=starts, now=now).all for instant in (True, False)]
    assert [[one.association for one in requests] for requests in found] == [[], [new]]
    assert moments(world.room, now).best == []
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    asked = {
        "every": "week", "weekdays": ["2"], "start_time": "18:30", "end_time": "20:30", "from_date": "2026-12-14",
        "until_date": "2026-12-31", "places": "8", "computers": "8", "volunteers_offered": "0", "notice_hours": "24",
    }  # fmt: skip
    client = visitor(world.company_owner)
    seen = [client.post(page, asked | {"booking_mode": mode}).text for mode in ("instant", "on_approval")]
    assert ["Ces dates conviendraient à 1\u00a0demande ouverte" in text for text in seen] == [False, True]


def test_company_reads_which_associations_are_told(
    committed: None, world: World, now: dt.datetime, smtp_sink: Sink, visitor: Visitor
) -> None:
    """Who has five better ones is not; the others are, once their mail has left."""
    request = factories.make_request(now, world.association, until_date=dt.date(2027, 5, 31))
    page = reverse("workshops:company_slots", args=[world.company.slug])
    client = visitor(world.company_owner)
    found = []

    def look() -> None:
        shown = client.get(page).text
        found.append([one for one in Telling if TELLING[one] in shown])

    look()
    actions.tell_matches(now=now)
    look()
    Message.objects.update(instant=True)
    deliver_due(now=now, limit=9, clock=lambda: now)
    look()
    other = factories.make_company(now)
    for week in range(4, 9):
        room = factories.make_room(now, factories.make_site(now, other), capacity=6, computers=6)
        factories.make_slot(room, world.slot.starts_at + dt.timedelta(weeks=week))
    actions.tell_matches(now=now)
    MatchNotice.objects.filter(request=request, slot=world.slot).delete()
    look()
    assert found == [[Telling.SOON], [Telling.SOON], [Telling.TOLD], [Telling.BETTER]]
