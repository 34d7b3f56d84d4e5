"""The pages of volunteers: what they may join, the hours that they gave, and what managers see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Role, User
from accounts.vocabulary import Level, Topic
from companies import actions as companies
from companies.calendar import promise_event
from companies.models import Slot, SlotVolunteer, VolunteerProfile
from mail.delivery import why_unwanted
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Attendance, Workshop
from workshops.views.volunteers import DATES_A_PAGE
from workshops.volunteers import Hours, hours_given

Visitor = Callable[[User], Client]
PAGE = reverse("workshops:volunteering")


def test_dates_are_sorted_by_what_they_need(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_booking(now, world.slot, world.association)
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=8), volunteers_offered=0)
    client = visitor(world.volunteer)
    page = client.get(PAGE).text
    assert (
        page.index("Ateliers réservés")
        < page.index("mardi 8")
        < page.index("Soirées ouvertes")
        < page.index("mardi 15")
    )
    assert "mercredi 16" not in page
    client.post(reverse("workshops:volunteer_join", args=[world.slot.pk]))
    page = client.get(PAGE).text
    assert "Vous participez" in page
    assert "Ateliers réservés" not in page


@pytest.mark.parametrize("button", ["volunteer_join", "volunteer_leave", "stand_in_ask"])
def test_button_of_a_date_that_is_gone_answers_in_words(
    world: World, now: dt.datetime, visitor: Visitor, button: str
) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    address = reverse(f"workshops:{button}", args=[world.slot.pk])
    assert "Cette date n’est plus à votre programme" in visitor(world.volunteer).post(address, follow=True).text
    stranger = factories.make_user()
    assert visitor(stranger).post(address).status_code == 404


def test_who_is_elsewhere_at_that_hour_is_told_of_other_dates(world: World, now: dt.datetime, visitor: Visitor) -> None:
    hour = dt.timedelta(hours=1)
    beside, other = (
        factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at + later)
        for later in (hour, 24 * hour)
    )
    client = visitor(world.volunteer)
    joining = {one: reverse("workshops:volunteer_join", args=[one.pk]) for one in (world.slot, beside, other)}
    client.post(joining[world.slot])
    page = client.post(joining[beside], follow=True).text
    assert "Vous participez déjà à un atelier à ce moment-là" in page
    assert [address in page for address in joining.values()] == [False, False, True]


def test_what_cannot_take_place_asks_for_nobody(world: World, now: dt.datetime, visitor: Visitor) -> None:
    client = visitor(world.volunteer)
    assert "Je participe" in client.get(PAGE).text
    asleep = factories.make_series(now, world.room, confirm_by_at=now - dt.timedelta(days=1))
    Slot.objects.update(availability=asleep, original_date=F("local_date"))
    assert "Je participe" not in client.get(PAGE).text
    Slot.objects.update(availability=None, original_date=None)
    assert "Je participe" in client.get(PAGE).text
    booked = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    factories.make_booking(now, booked, world.association)
    for slot in (world.slot, booked):
        world.room.busy_times.create(starts_at=slot.starts_at, ends_at=slot.ends_at)
    page = client.get(PAGE).text
    assert (page.count("Je participe"), "mercredi 9" in page) == (1, True)


def test_dates_follow_the_profile_unless_all_are_asked_for(world: World, now: dt.datetime, visitor: Visitor) -> None:
    saturday = factories.make_slot(world.room, dt.datetime(2026, 12, 12, 9, tzinfo=dt.UTC))
    profile = factories.make_profile(now, world.company, world.volunteer, moments=["saturday"])
    client = visitor(world.volunteer)
    page = client.get(PAGE).text
    assert ("samedi 12" in page, "mardi 8" in page) == (True, False)
    assert "mardi 8" in client.get(PAGE, {"tout": "1"}).text
    profile.sites.add(factories.make_site(now, world.company, name="Ailleurs"))
    assert "samedi 12" not in client.get(PAGE).text
    assert saturday.weekday == 6


def test_dates_beyond_a_page_are_on_the_next(world: World, now: dt.datetime, visitor: Visitor) -> None:
    for week in range(1, DATES_A_PAGE + 1):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    full = factories.make_slot(world.room, now + dt.timedelta(days=3), volunteers_offered=1)
    colleague = factories.make_user()
    factories.add_member(world.company, colleague, Role.VOLUNTEER, now)
    factories.make_promise(now, full, colleague)
    client = visitor(world.volunteer)
    pages = [client.get(PAGE, {"page": number}).text for number in (1, 2)]
    assert [page.count("Je participe") for page in pages] == [DATES_A_PAGE, 1]
    assert "page 1 sur 2" in pages[0]


def test_managers_read_what_volunteers_bring(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_profile(
        now,
        world.company,
        world.volunteer,
        topics=["email"],
        levels=["debutant"],
        languages=["ar"],
        moments=["saturday"],
    )
    page = visitor(world.company_owner).get(reverse("workshops:volunteers", args=[world.company.slug])).text
    for label in (Topic.EMAIL.label, Level.BEGINNER.label, "arabe", "Disponibilités\u00a0: "):
        assert str(label) in page


def test_colleague_is_asked_and_takes_the_place(world: World, now: dt.datetime, visitor: Visitor) -> None:
    nina = factories.make_user("Nina")
    factories.add_member(world.company, nina, Role.VOLUNTEER, now)
    visitor(world.volunteer).post(reverse("workshops:volunteer_join", args=[world.slot.pk]))
    answer = visitor(world.volunteer).post(reverse("workshops:stand_in_ask", args=[world.slot.pk]), follow=True)
    assert "remplaçant cherché" in answer.text
    client = visitor(nina)
    assert "à la place de Lucie" in client.get(PAGE).text
    promise = SlotVolunteer.objects.get()
    taken = client.post(reverse("workshops:stand_in_take", args=[promise.pk]), follow=True)
    assert "Vous remplacez Lucie" in taken.text
    assert SlotVolunteer.objects.get().volunteer == nina
    told = Message.objects.get(template="stand_in_found")
    assert told.calendar_method == "CANCEL"
    assert f"UID:promise-{promise.pk}@" in told.calendar
    assert f"mailto:{world.volunteer.email}" in told.calendar.replace("\r\n ", "").lower()


def test_who_seeks_a_stand_in_may_come_after_all(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """The colleagues are asked no more, and who clicks too late is told so."""
    nina = factories.make_user("Nina")
    factories.add_member(world.company, nina, Role.VOLUNTEER, now)
    client, join = visitor(world.volunteer), reverse("workshops:volunteer_join", args=[world.slot.pk])
    client.post(join)
    asked = client.post(reverse("workshops:stand_in_ask", args=[world.slot.pk]), follow=True).text
    [promise] = SlotVolunteer.objects.all()
    assert f'action="{join}"' in asked
    again = client.post(join, follow=True).text
    assert ("remplaçant cherché" in again, "Chercher un remplaçant" in again) == (False, True)
    assert list(SlotVolunteer.objects.values_list("pk", "stand_in_asked_at")) == [(promise.pk, None)]
    assert why_unwanted(Message.objects.get(template="stand_in_asked", to_name="Nina"), at=now)
    late = visitor(nina).post(reverse("workshops:stand_in_take", args=[promise.pk]), follow=True).text
    assert "n’est plus à prendre" in late
    assert SlotVolunteer.objects.get().volunteer == world.volunteer
    visitor(world.volunteer).post(reverse("workshops:stand_in_ask", args=[world.slot.pk]))
    assert Message.objects.filter(template="stand_in_asked", to_name="Nina").count() == 2


def test_who_is_late_to_take_a_place_over_is_told_so(world: World, now: dt.datetime, visitor: Visitor) -> None:
    nina, omar = factories.make_user("Nina"), factories.make_user("Omar")
    for one in (nina, omar):
        factories.add_member(world.company, one, Role.VOLUNTEER, now)
    promise = factories.make_promise(now, world.slot, world.volunteer, stand_in_asked_at=now)
    take = reverse("workshops:stand_in_take", args=[promise.pk])
    assert "Vous remplacez Lucie" in visitor(nina).post(take, follow=True).text
    for one in (nina, omar):
        assert "n’est plus à prendre" in visitor(one).post(take, follow=True).text
    assert SlotVolunteer.objects.get().volunteer == nina


def test_hours_are_those_that_somebody_said_in_their_year(world: World, now: dt.datetime) -> None:
    factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now)
    held, silent = (factories.make_slot(world.room, now + dt.timedelta(days=days)) for days in (-14, -7))
    last_year = factories.make_slot(world.room, dt.datetime(2025, 12, 2, 17, 30, tzinfo=dt.UTC))
    other = factories.make_slot(world.room, now + dt.timedelta(days=-10), ends_at=now + dt.timedelta(days=-10, hours=3))
    for slot, engagement in ((held, "benevolat"), (silent, "benevolat"), (last_year, "benevolat"), (other, "mecenat")):
        booking = factories.make_booking(now, slot, world.association)
        factories.make_promise(now, slot, world.volunteer, engagement_type=engagement)
        if slot != silent:
            at = slot.starts_at
            actions.attend_workshop(
                workshop=Workshop.objects.with_everything().get(booking=booking), by=world.volunteer, now=at
            )
    given = hours_given(Attendance.objects.filter(volunteer=world.volunteer).in_year(2026), now)
    assert given == {world.volunteer.pk: Hours(2.0, 3.0)}


def test_managers_see_hours_and_give_their_consent(world: World, now: dt.datetime, visitor: Visitor) -> None:
    client = visitor(world.volunteer)
    answers = {"engagement_type": "mecenat", "pledged_hours": "12", "topics": ["email"], "moments": ["evening"]}
    saved = client.post(reverse("companies:volunteer_profile", args=[world.company.slug]), answers, follow=True)
    assert "elle donne son accord" in saved.text
    manager = visitor(world.company_owner)
    page = reverse("workshops:volunteers", args=[world.company.slug])
    assert "0\u00a0heure sur 12\u00a0heures promises" in manager.get(page).text
    profile = VolunteerProfile.objects.get()
    consent = reverse("workshops:volunteer_consent", args=[world.company.slug, profile.pk])
    assert "accord donné par Hélène" in manager.post(consent, follow=True).text
    assert "accord à donner" in manager.post(consent, {"retirer": "1"}, follow=True).text


@pytest.mark.parametrize("hours", ["501", "-1", "x"])
def test_hours_that_make_no_sense_come_back(world: World, visitor: Visitor, hours: str) -> None:
    answers = {"engagement_type": "benevolat", "pledged_hours": hours}
    page = reverse("companies:volunteer_profile", args=[world.company.slug])
    assert visitor(world.volunteer).post(page, answers).status_code == 422


def test_guidance_is_read_once_for_every_company(world: World, now: dt.datetime, visitor: Visitor) -> None:
    other = factories.make_company(now)
    factories.add_member(other, world.volunteer, Role.VOLUNTEER, now)
    visitor(world.volunteer).post(reverse("workshops:guidance"))
    assert VolunteerProfile.objects.filter(guidance_read_at__isnull=False).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_many_dates(
    world: World, now: dt.datetime, visitor: Visitor, django_assert_num_queries: Callable[[int], object], count: int
) -> None:
    slots = [world.slot] + [
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week)) for week in range(1, count)
    ]
    for slot in slots:
        companies.join_slot(slot=slot, by=world.volunteer, now=now)
    client = visitor(world.volunteer)
    with django_assert_num_queries(8):  # type: ignore[attr-defined]
        client.get(PAGE)


def test_export_holds_what_was_said_to_each_company(world: World, now: dt.datetime, visitor: Visitor) -> None:
    for name in ("Une", "Deux", "Trois"):
        company = factories.make_company(now, name=name)
        factories.add_member(company, world.volunteer, Role.VOLUNTEER, now)
        profile = factories.make_profile(now, company, world.volunteer)
        profile.sites.add(factories.make_site(now, company, name=f"Site {name}"))
    said = visitor(world.volunteer).get(reverse("own_data")).json()["volunteer_profiles"]
    assert {(one["company"], *one["sites"]) for one in said} == {
        (name, f"Site {name}") for name in ("Une", "Deux", "Trois")
    }


def test_who_joins_takes_the_date_along(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """The event of the mail two days before, under the same UID."""
    client = visitor(world.volunteer)
    page = reverse("workshops:volunteer_event", args=[world.slot.pk])
    assert client.get(page).status_code == 404
    joined = client.post(reverse("workshops:volunteer_join", args=[world.slot.pk]), follow=True)
    assert f'href="{page}"' in joined.text
    answer = client.get(page)
    assert answer["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.text).events
    [mailed] = Calendar.from_ical(promise_event(SlotVolunteer.objects.get(), booked=False, now=now)).events
    assert (event["uid"], event.start, event["status"]) == (mailed["uid"], world.slot.starts_at, "TENTATIVE")
    assert visitor(world.company_owner).get(page).status_code == 404
