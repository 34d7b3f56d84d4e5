"""Where one lands: all that awaits a person, in the name of each organisation and as a volunteer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from associations.models import Association
from companies.models import AccessKit, Room, Slot
from solidarite.association_tasks import association_tasks
from solidarite.volunteer_tasks import volunteer_tasks
from tests import factories
from tests.factories import World
from workshops.awaited import memberships_of
from workshops.models import Workshop

Visitor = Callable[[User], Client]
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
NOTHING = "Rien pour l’instant."


def shown(client: Client) -> list[str]:
    """The titles of the lines of « Ce qui vous attend »."""
    page = client.get(reverse("dashboard")).text
    return re.findall(r"<strong>(.*?)</strong><br><span class=\"muted\">", page)


def leads(client: Client) -> list[str]:
    """Where these lines lead."""
    page = client.get(reverse("dashboard")).text
    waiting = page[page.index("<h2>Ce qui vous attend</h2>") : page.index("</section>")]
    return re.findall(r'<a class="button" href="([^"]+)"', waiting)


def await_association(world: World, now: dt.datetime, association: Association, room: Room) -> Slot:
    """All that an association is waited for. Returns the slot of the workshop to come."""
    coming = factories.make_slot(room, now + 2 * DAY)
    booking = factories.make_booking(now - DAY, coming, association)
    Workshop.objects.filter(booking=booking).update(agreement_asked_at=now)
    held = factories.make_slot(room, coming.starts_at + WEEK)
    factories.make_booking(now, held, association, state="held", expires_at=now + DAY)
    over = factories.make_slot(room, now - WEEK)
    factories.make_booking(now - 2 * WEEK, over, association)
    factories.make_certificate(now - WEEK, association, valid_until_date=now.date() + WEEK)
    factories.make_request(now, association, expires_at=now + DAY)
    return coming


def test_nothing_awaits_at_first(world: World, visitor: Visitor) -> None:
    for person in (world.company_owner, world.association_owner, world.volunteer):
        assert NOTHING in visitor(person).get(reverse("dashboard")).text


@pytest.mark.parametrize(
    ("hours", "days", "said"),
    [
        (None, 7, ""),
        (None, 8, None),
        (72, 10, "\u00a0: avant le samedi 5\u00a0décembre, 18\u00a0h\u00a030"),
        (72, 11, None),
        (72, 2, "\u00a0: attendu depuis le samedi 5\u00a0décembre, 18\u00a0h\u00a030"),
    ],
)
def test_number_of_visitors_is_asked_for_by_the_clock_of_the_site(
    world: World, now: dt.datetime, hours: int | None, days: int, said: str | None
) -> None:
    factories.make_booking(now - 10 * DAY, world.slot, world.association)
    AccessKit.objects.update(visitor_count_hours=hours)
    tasks = association_tasks([world.association], world.slot.starts_at - days * DAY)
    told = [one.detail for one in tasks if one.title == "Dites combien de visiteurs viennent"]
    where = f"mardi 8\u00a0décembre, 18\u00a0h\u00a030\u00a0– 20\u00a0h\u00a030, chez {world.company}"
    assert told == ([] if said is None else [f"{where}{said}"])


def test_association_finds_there_all_that_awaits_it(world: World, now: dt.datetime, visitor: Visitor) -> None:
    await_association(world, now, world.association, world.room)
    client = visitor(world.association_owner)
    assert shown(client) == [
        "Un créneau est gardé pour vous jusqu’au mercredi 2\u00a0décembre 2026, 10\u00a0h",
        "L’atelier du jeudi 3\u00a0décembre tient-il toujours\u00a0?",
        "Dites combien de visiteurs viennent",
        "Racontez l’atelier du mardi 24\u00a0novembre",
        "Votre assurance finit le mardi 8\u00a0décembre 2026",
        "Cherchez-vous toujours\u00a0: E-mail\u00a0?",
    ]
    assert [client.get(page).status_code for page in leads(client)] == [200] * 6


def test_company_finds_there_all_that_awaits_it(world: World, now: dt.datetime, visitor: Visitor) -> None:
    await_association(world, now, world.association, world.room)
    factories.make_booking(now, world.slot, world.association, state="pending")
    factories.make_series(now, world.room, confirm_by_at=now + WEEK)
    client = visitor(world.company_owner)
    assert shown(client) == [
        f"Demande à laquelle répondre\u00a0: {world.association}",
        "L’atelier du jeudi 3\u00a0décembre tient-il toujours\u00a0?",
        "Il manque 2\u00a0bénévoles",
        "Racontez l’atelier du mardi 24\u00a0novembre",
        f"Ouvrez-vous toujours {world.room}\u00a0?",
    ]
    assert [client.get(page).status_code for page in leads(client)] == [200] * 5


def test_company_is_asked_who_answers_where_somebody_comes(world: World, now: dt.datetime, visitor: Visitor) -> None:
    asked, client = "Dites qui répond le soir", visitor(world.company_owner)
    kit = AccessKit.objects.get(site=world.site)
    kit.evening_phone = ""
    kit.save()
    assert asked not in shown(client)
    factories.make_booking(now, world.slot, world.association)
    assert asked in shown(client)
    kit.delete()
    assert asked in shown(client)
    AccessKit.objects.create(site=world.site, evening_phone="+33199001234")
    assert asked not in shown(client)


@pytest.mark.parametrize("side", ["company", "association"])
def test_asked_whether_a_workshop_stands_until_that_side_says_so(world: World, now: dt.datetime, side: str) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    asked = "L’atelier du mardi 8\u00a0décembre tient-il toujours\u00a0?"
    owner = world.company_owner if side == "company" else world.association_owner
    client = Client()
    client.force_login(owner)
    assert asked not in shown(client)
    Workshop.objects.update(agreement_asked_at=now)
    assert asked in shown(client)
    client.post(leads(client)[0] + "accord/")
    assert asked not in shown(client)
    workshop = Workshop.objects.get(booking=booking)
    agreed = {"company": workshop.company_agreed_at, "association": workshop.association_agreed_at}
    assert [one for one, at in agreed.items() if at is not None] == [side]


def test_each_line_says_whose_it_is_when_there_are_several(world: World, now: dt.datetime, visitor: Visitor) -> None:
    other = factories.make_association(now, owner=world.association_owner)
    factories.make_request(now, world.association, expires_at=now + DAY)
    client = visitor(world.association_owner)
    line = '<br><span class="muted">{}</span></span>'
    page = client.get(reverse("dashboard")).text
    assert line.format(world.association) in page
    assert line.format(other) not in page
    factories.make_request(now, other, expires_at=now + DAY)
    assert line.format(other) in client.get(reverse("dashboard")).text
    own_page = client.get(reverse("association", args=[other.slug])).text
    assert line.format(other) not in own_page
    assert "Cherchez-vous toujours" in own_page


def test_costs_the_same_however_many_organisations_await(world: World, now: dt.datetime, visitor: Visitor) -> None:
    person = factories.make_user()
    costs = []
    for count in (1, 2, 4):
        for _ in range(count):
            association = factories.make_association(now, owner=person)
            company = factories.make_company(now, owner=person)
            room = factories.make_room(now, factories.make_site(now, company))
            coming = await_association(world, now, association, room)
            factories.make_booking(now, factories.make_slot(room, now + 3 * WEEK), association, state="pending")
            factories.make_series(now, room, confirm_by_at=now + WEEK)
            colleague = factories.make_user()
            factories.add_member(company, colleague, Role.VOLUNTEER, now)
            factories.make_promise(now, coming, colleague, stand_in_asked_at=now)
            factories.add_member(company, factories.make_user(), Role.VOLUNTEER, now)
        client = visitor(person)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("dashboard"))
        costs.append((len(shown(client)), len(asked)))
    lines = [number for number, _ in costs]
    assert lines[0] < lines[1] < lines[2]
    assert {cost for _, cost in costs} == {costs[0][1]}


# --- volunteers ---------------------------------------------------------------------------------------


def called(world: World, now: dt.datetime) -> list[str]:
    return [task.title for task in volunteer_tasks(world.volunteer, memberships_of(world.volunteer), now)]


def colleague_of(world: World, now: dt.datetime) -> User:
    person = factories.make_user()
    factories.add_member(world.company, person, Role.VOLUNTEER, now)
    return person


def test_volunteer_is_asked_to_come_to_what_lacks_somebody_soon(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    """Not to what nobody booked, is far off, or meets what they promised; not who only manages."""
    asked = ["Pouvez-vous venir le mardi 8\u00a0décembre\u00a0?"]
    assert called(world, now) == []
    factories.make_booking(now, world.slot, world.association)
    factories.make_booking(now, factories.make_slot(world.room, now + 5 * WEEK), world.association)
    assert called(world, now) == asked
    assert shown(visitor(world.volunteer)) == asked
    assert not [one for one in shown(visitor(world.company_owner)) if one in asked]
    elsewhere = factories.make_slot(factories.make_room(now, world.room.site), world.slot.starts_at)
    promise = factories.make_promise(now, elsewhere, world.volunteer)
    assert called(world, now) == []
    promise.delete()
    assert called(world, now) == asked
    for seat in range(world.slot.volunteers_offered):
        factories.make_promise(now, world.slot, colleague_of(world, now), seat=seat + 1)
    assert called(world, now) == []


def test_volunteer_is_asked_only_when_it_suits_them(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    profile = factories.make_profile(now, world.company, world.volunteer, moments=["sunday"])
    assert called(world, now) == []
    profile.moments = ["evening"]
    profile.save()
    assert called(world, now) == ["Pouvez-vous venir le mardi 8\u00a0décembre\u00a0?"]


def test_volunteer_is_asked_to_stand_in(world: World, now: dt.datetime) -> None:
    colleague = colleague_of(world, now)
    promise = factories.make_promise(now, world.slot, colleague)
    assert called(world, now) == []
    promise.stand_in_asked_at = now
    promise.save()
    assert called(world, now) == [f"{colleague} cherche un remplaçant"]
    factories.make_promise(now, world.slot, world.volunteer, seat=2)
    assert called(world, now) == []


def test_volunteer_says_that_they_came(world: World, now: dt.datetime, visitor: Visitor) -> None:
    over = factories.make_slot(world.room, now - DAY)
    factories.make_booking(now - WEEK, over, world.association)
    factories.make_promise(now - WEEK, over, world.volunteer)
    client = visitor(world.volunteer)
    assert shown(client) == ["Étiez-vous à l’atelier du lundi 30\u00a0novembre\u00a0?"]
    under_way = called(world, over.starts_at)
    assert under_way == ["Dites que vous êtes là, le lundi 30\u00a0novembre"]
    client.post(leads(client)[0])
    assert shown(client) == []
