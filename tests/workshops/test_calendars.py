"""The company's calendar, the calendars of its rooms, and those that people follow."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from time_machine import travel

from accounts.models import Role, User
from companies import actions as companies
from companies.models import BusyTime, Room, RoomCalendar, Site, Slot, VolunteerProfile
from companies.tasks import reread_calendars
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.companies.test_actions import opening
from tests.companies.test_busy import calendar
from tests.factories import World
from tests.workshops.test_booking import book
from workshops import actions
from workshops.catalogue import bookable
from workshops.feeds import KEPT, feed_path
from workshops.forms import RoomCalendarForm
from workshops.models import Booking, CalendarFeed, LostPromise, Side

Visitor = Callable[[User], Client]
# Over the slot of the world, Tuesday the 8th from 17:30 to 19:30 UTC.
MEETING = calendar("DTSTART:20261208T180000Z\r\nDTEND:20261208T190000Z\r\nSUMMARY:Comité secret")


def take(world: World, now: dt.datetime, file: bytes = MEETING) -> int:
    return companies.import_calendar(room=world.room, file=file, name="a.ics", by=world.company_owner, now=now)


def page(world: World, name: str, *more: int) -> str:
    return reverse(f"workshops:{name}", args=[world.company.slug, *more])


# --- busy rooms -------------------------------------------------------------------------------------


def test_busy_time_takes_the_slot_out_of_the_catalogue_and_back(world: World, now: dt.datetime) -> None:
    assert take(world, now) == 1
    assert not bookable(now).exists()
    companies.forget_calendar(room=world.room)
    assert bookable(now).exists()


@pytest.mark.parametrize(
    ("starts", "ends", "free"),
    [("T193000Z", "T210000Z", True), ("T150000Z", "T173000Z", True), ("T192959Z", "T210000Z", False)],
)
def test_periods_are_half_open(world: World, now: dt.datetime, starts: str, ends: str, free: object) -> None:
    take(world, now, calendar(f"DTSTART:20261208{starts}\r\nDTEND:20261208{ends}"))
    assert bookable(now).exists() is free


def test_taken_room_is_not_booked_whoever_asks(world: World, now: dt.datetime) -> None:
    BusyTime.objects.create(room=world.room, starts_at=world.slot.starts_at, ends_at=world.slot.ends_at)
    with pytest.raises(actions.SlotTaken):
        book(world, now)
    with pytest.raises(IntegrityError, match="The room is taken"), transaction.atomic():
        factories.make_booking(now, world.slot, world.association)


def test_busy_dates_of_a_season_are_shown_and_left_out(world: World, now: dt.datetime) -> None:
    take(world, now, calendar("DTSTART;VALUE=DATE:20261217"))
    proposed = companies.preview_season(room=world.room, openings=[opening()], now=now)
    assert [(one.date.day, one.obstacle) for one in proposed if one.obstacle] == [
        (17, "salle occupée selon son agenda")
    ]
    season = companies.publish_season(room=world.room, openings=[opening()], by=world.company_owner, now=now)
    assert [(one.starts_at.day, one.reason) for one in season.refused] == [(17, "salle occupée selon son agenda")]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE companies_busytime SET ends_at = starts_at", "busy_time_in_order"),
        (
            "INSERT INTO companies_busytime (room_id, starts_at, ends_at) "
            "SELECT room_id, starts_at, ends_at FROM companies_busytime",
            "busy_times_joined",
        ),
        ("UPDATE companies_roomcalendar SET url = 'https://a.example'", "room_calendar_has_one_source"),
        ("UPDATE companies_roomcalendar SET file_name = ''", "room_calendar_has_one_source"),
    ],
)
def test_database_keeps_calendars_in_order(world: World, now: dt.datetime, statement: str, constraint: str) -> None:
    take(world, now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_file_is_uploaded_and_read(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_booking(now, world.slot, world.association)
    client = visitor(world.company_owner)
    address = page(world, "room_calendar", world.room.pk)
    done = client.post(address, {"file": SimpleUploadedFile("salle.ics", MEETING)}, follow=True)
    assert "périodes occupées, 1" in done.text
    assert "mardi 8\u00a0décembre, " in done.text
    assert "Des ateliers réservés tombent" in done.text
    assert "Comité secret" not in done.text
    assert "Fichier salle.ics" in done.text
    client.post(page(world, "room_calendar_forget", world.room.pk))
    assert not RoomCalendar.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "l’un des deux"),
        ({"url": "http://127.0.0.1/a.ics"}, "internet public"),
        ({"url": "x"}, "URL valide"),
        ({"file": SimpleUploadedFile("a.ics", b"nothing")}, "Ce n’est pas un calendrier"),
    ],
)
def test_what_is_no_calendar_is_said(world: World, visitor: Visitor, typed: dict[str, object], said: str) -> None:
    answer = visitor(world.company_owner).post(page(world, "room_calendar", world.room.pk), {"x": "1", **typed})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert not RoomCalendar.objects.exists()


def test_address_that_fails_keeps_what_was_read(world: World, now: dt.datetime) -> None:
    companies.import_calendar(
        room=world.room, file=MEETING, name="", url="http://10.0.0.1/a.ics", by=world.company_owner, now=now
    )
    assert reread_calendars() == 0
    RoomCalendar.objects.update(tried_at=now - dt.timedelta(hours=2))
    assert reread_calendars() == 1
    kept = RoomCalendar.objects.get()
    assert ("internet public" in kept.failure, kept.read_at, BusyTime.objects.count()) == (True, now, 1)
    companies.reread_calendar(calendar=kept, file=b"nothing", now=now)
    kept.refresh_from_db()
    assert ("pas un calendrier" in kept.failure, BusyTime.objects.count()) == (True, 1)
    companies.reread_calendar(calendar=kept, file=calendar(), now=now)
    kept.refresh_from_db()
    assert (kept.failure, BusyTime.objects.count()) == ("", 0)


def test_title_that_no_database_keeps_is_told_without_what_no_screen_shows(world: World, now: dt.datetime) -> None:
    """The address was good when it was given: what it says now is the company's to read."""
    url = "http://10.0.0.1/a.ics"
    companies.import_calendar(room=world.room, file=calendar(), name="", url=url, by=world.company_owner, now=now)
    first = RoomCalendar.objects.get(room=world.room)
    poison = calendar("DTSTART:20261208T173000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HOURLY\r\nSUMMARY:a\x00b\u202e")
    companies.reread_calendar(calendar=first, file=poison, now=now)
    first.refresh_from_db()
    assert first.failure == (
        "«\u00a0a b\u00a0» se répète plusieurs fois par jour\u00a0: retirez-le du calendrier de la salle."
    )


def test_room_that_is_taken_is_given_to_nobody(world: World, now: dt.datetime, visitor: Visitor) -> None:
    asked = factories.make_booking(now, world.slot, world.association, state="pending")
    companies.import_calendar(room=world.room, file=MEETING, name="salle.ics", by=world.company_owner, now=now)
    client = visitor(world.company_owner)
    shown = client.get(reverse("workshops:company_booking", args=[world.company.slug, asked.pk])).text
    assert "La salle est prise à ce moment-là selon son agenda" in shown
    assert "est prise pendant un atelier" in client.get(reverse("company", args=[world.company.slug])).text
    answer = client.post(reverse("workshops:booking_accept", args=[world.company.slug, asked.pk]), follow=True)
    assert "libérez-la dans cet agenda" in answer.text
    asked.refresh_from_db()
    assert asked.is_pending


# --- weeks and months -------------------------------------------------------------------------------


def test_week_and_month_show_what_is_free_asked_for_booked_and_busy(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    factories.make_booking(now, world.slot, world.association)
    wednesday = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    factories.make_booking(now, wednesday, world.association, state="pending")
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=2))
    other = factories.make_room(now, world.site, name="Autre salle")
    factories.make_slot(other, world.slot.starts_at + dt.timedelta(days=9))
    take(world, now, calendar("DTSTART:20261211T180000Z\r\nDTEND:20261211T190000Z"))
    client = visitor(world.company_owner)
    week = client.get(page(world, "agenda"), {"semaine": "2026-12-10"}).text
    for kind in ("booked", "pending", "free", "busy"):
        assert f'class="entry {kind}"' in week
    assert "Du lundi 7\u00a0décembre au dimanche 13\u00a0décembre 2026" in week
    assert week.count("Autre salle, Siège") == 0
    month = client.get(page(world, "agenda"), {"mois": "2026-12"}).text
    assert month.count("Autre salle, Siège") == 1
    assert "décembre\u00a02026" in month
    narrowed = client.get(page(world, "agenda"), {"mois": "2026-12", "salle": str(other.pk)}).text
    assert narrowed.count('class="entry') == 1


def test_rooms_of_one_name_are_told_apart_by_their_site(world: World, now: dt.datetime, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    world.room.name = "Salle A"
    world.room.save()
    shown = re.findall(r'<option value="\d+".*?>(.*?)</option>', client.get(page(world, "agenda")).text)
    assert shown == ["Salle A"]
    other = factories.make_room(now, factories.make_site(now, world.company, name="Usine"), name="Salle A")
    narrowed = client.get(page(world, "agenda"), {"mois": "2026-12", "salle": str(other.pk)}).text
    assert re.findall(r'<option value="\d+".*?>(.*?)</option>', narrowed) == ["Salle A, Siège", "Salle A, Usine"]
    assert "décembre\u00a02026, Salle A, Usine</p>" in narrowed


@pytest.mark.parametrize("query", ["semaine=x", "mois=2026-99", "salle=999", "semaine=0001-01-01", "mois=9999-12"])
def test_calendar_of_nonsense_shows_a_week(world: World, visitor: Visitor, query: str) -> None:
    assert visitor(world.company_owner).get(f"{page(world, 'agenda')}?{query}").status_code == 200


# --- feeds ------------------------------------------------------------------------------------------


def events(client: Client, address: str) -> dict[str, tuple[str, str]]:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    read = Calendar.from_ical(answer.content)
    return {str(one["UID"]): (str(one["SUMMARY"]), str(one["STATUS"])) for one in read.walk("VEVENT")}


def test_person_follows_what_concerns_them(world: World, now: dt.datetime, client: Client) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    promise = factories.make_promise(now, world.slot, world.volunteer)
    shown = {}
    for person in (world.volunteer, world.company_owner, world.association_owner, world.moderator):
        feed = actions.open_feed(user=person, shown=None, now=now)
        shown[person] = {uid.partition("@")[0]: told for uid, told in events(client, feed_path(feed)).items()}
    assert list(shown[world.volunteer]) == [f"promise-{promise.pk}"]
    assert list(shown[world.company_owner]) == list(shown[world.association_owner]) == [f"booking-{booking.pk}"]
    assert shown[world.moderator] == {}


def test_cancelled_workshop_stays_as_cancelled_with_a_higher_sequence(
    world: World, now: dt.datetime, client: Client
) -> None:
    booking = book(world, now)
    feed = actions.open_feed(user=world.company_owner, shown=None, now=now)
    actions.cancel_booking(booking=booking, side="company", reason="Grève.", by=world.company_owner, now=now)  # type: ignore[arg-type]
    read = Calendar.from_ical(client.get(feed_path(feed)).content)
    (event,) = read.walk("VEVENT")
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)


def test_workshop_that_is_called_off_and_moved_after_all_is_one_event(
    world: World, now: dt.datetime, client: Client
) -> None:
    booking = book(world, now)
    later = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7), booking_mode="on_approval")
    by = world.association_owner
    asked = actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.ASSOCIATION, by=by, now=now)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=now)
    actions.accept_booking(booking=asked, by=world.company_owner, now=now)
    for person, shown in (
        (world.association_owner, None),
        (world.association_owner, world.association),
        (world.company_owner, None),
        (world.company_owner, world.company),
        (world.company_owner, world.site),
    ):
        feed = actions.open_feed(user=person, shown=shown, now=now)
        read = Calendar.from_ical(client.get(feed_path(feed)).content)
        told = [one for one in read.walk("VEVENT") if str(one["UID"]).startswith("booking-")]
        assert [(str(one["UID"]).partition("@")[0], str(one["STATUS"]), one["SEQUENCE"]) for one in told] == [
            (f"booking-{booking.pk}", "CONFIRMED", 3)
        ]
        assert told[0].decoded("DTSTART") == later.starts_at


def told_to_volunteer(world: World, template: str) -> tuple[str, str, str, int, str]:
    """Of the file in this mail: its method, then number, status, sequence and reader of its only event."""
    message = Message.objects.get(template=template, to_name=world.volunteer.name)
    read: Any = Calendar.from_ical(message.calendar)
    (event,) = read.walk("VEVENT")
    assert str(read["METHOD"]) == message.calendar_method
    uid, status = str(event["UID"]).partition("@")[0], str(event["STATUS"])
    return message.calendar_method, uid, status, event["SEQUENCE"], str(event["ATTENDEE"])


def followed(client: Client, feed: CalendarFeed) -> list[tuple[str, str, int, dt.datetime]]:
    read: Any = Calendar.from_ical(client.get(feed_path(feed)).content)
    return [
        (str(one["UID"]).partition("@")[0], str(one["STATUS"]), one["SEQUENCE"], one.decoded("DTSTART"))
        for one in read.walk("VEVENT")
    ]


@pytest.mark.parametrize("moves_before", [0, 3])
def test_volunteer_is_told_in_mails_of_the_event_that_their_calendar_shows(
    world: World, now: dt.datetime, client: Client, moves_before: int
) -> None:
    Slot.objects.update(sequence=moves_before)
    booking = book(world, now)
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    uid, at, reader = f"promise-{promise.pk}", world.slot.starts_at, f"MAILTO:{world.volunteer.email}"
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    assert followed(client, feed) == [(uid, "CONFIRMED", moves_before + 1, at)]
    for template, ahead in (("workshop_reminder", dt.timedelta(days=2)), ("workshop_today", dt.timedelta(hours=2))):
        actions.remind_workshops(now=at - ahead)
        assert told_to_volunteer(world, template) == ("REQUEST", uid, "CONFIRMED", moves_before + 1, reader)
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=by, now=now)
    assert told_to_volunteer(world, "booking_cancelled") == ("CANCEL", uid, "CANCELLED", moves_before + 2, reader)
    assert followed(client, feed) == [(uid, "CANCELLED", moves_before + 2, at)]
    again = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    both = [(f"promise-{again.pk}", "TENTATIVE", moves_before, at), (uid, "CANCELLED", moves_before + 2, at)]
    assert followed(client, feed) == both
    own = actions.open_feed(user=by, shown=world.company, now=now)
    assert "promise" not in client.get(feed_path(own)).text


def test_promise_does_not_move_with_the_workshop_and_its_volunteer_is_told_so(
    world: World, now: dt.datetime, client: Client
) -> None:
    booking = book(world, now)
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    later = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    by = world.company_owner
    actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.COMPANY, by=by, now=now)
    uid, reader = f"promise-{promise.pk}", f"MAILTO:{world.volunteer.email}"
    assert told_to_volunteer(world, "booking_moved") == ("CANCEL", uid, "CANCELLED", 2, reader)
    assert followed(client, feed) == [(uid, "CANCELLED", 2, world.slot.starts_at)]
    words = {one.to_name: render(one) for one in Message.objects.filter(template="booking_moved")}
    for name, mail in words.items():
        told = [("l’ancienne date" in text, "empêchement" in text) for text in (mail.text, mail.html)]
        assert told == [(name == world.volunteer.name, name != world.volunteer.name)] * 2


def leaves(world: World, now: dt.datetime) -> None:
    actions.leave(slot=world.slot, by=world.volunteer, now=now)


def loses_consent(world: World, now: dt.datetime) -> None:
    profile = VolunteerProfile.objects.get()
    companies.withdraw_consent(profile=profile, by=world.company_owner, now=now)


def is_removed(world: World, now: dt.datetime) -> None:
    member = world.company.memberships.get(user=world.volunteer)
    companies.remove_member(organisation=world.company, member=member, by=world.company_owner, now=now)


def loses_the_evening(world: World, now: dt.datetime) -> None:
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)


@pytest.mark.parametrize("ends", [leaves, loses_consent, is_removed, loses_the_evening])
def test_whatever_ends_a_promise_calendars_show_that_it_is_off(
    world: World, now: dt.datetime, client: Client, ends: Callable[[World, dt.datetime], None]
) -> None:
    factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now)
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    ends(world, now)
    assert followed(client, feed) == [(f"promise-{promise.pk}", "CANCELLED", 2, world.slot.starts_at)]


def test_seat_that_is_handed_on_and_taken_back_is_another_event(world: World, now: dt.datetime, client: Client) -> None:
    nina = factories.make_user("Nina")
    factories.add_member(world.company, nina, Role.VOLUNTEER, now)
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    companies.ask_stand_in(promise=promise, now=now)
    taken = companies.take_over(promise=promise, by=nina, now=now)
    off = (f"promise-{promise.pk}", "CANCELLED", 2, world.slot.starts_at)
    assert followed(client, feed) == [off]
    assert told_to_volunteer(world, "stand_in_found")[1:4] == off[:3]
    companies.ask_stand_in(promise=taken, now=now)
    again = companies.take_over(promise=taken, by=world.volunteer, now=now)
    assert again.pk not in (promise.pk, taken.pk)
    on = (f"promise-{again.pk}", "TENTATIVE", 0, world.slot.starts_at)
    assert sorted(followed(client, feed)) == sorted([on, off])


def test_account_that_goes_leaves_no_word(world: World, now: dt.datetime) -> None:
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    world.company.memberships.filter(user=world.volunteer).delete()
    world.volunteer.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert LostPromise.objects.count() == 0


def test_lost_promise_is_forgotten_once_no_calendar_shows_it(world: World, now: dt.datetime, client: Client) -> None:
    booking = book(world, now)
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=now)
    later = world.slot.ends_at + KEPT + dt.timedelta(minutes=1)
    with travel(later, tick=False):
        assert followed(client, feed) == []
    assert LostPromise.objects.count() == 1
    other = factories.make_slot(world.room, later + dt.timedelta(days=7))
    another = factories.make_booking(later, other, world.association)
    actions.cancel_booking(booking=another, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=later)
    assert LostPromise.objects.count() == 0


def test_site_is_followed_by_who_manages_it(world: World, now: dt.datetime, client: Client) -> None:
    free = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    blocked = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=14))
    BusyTime.objects.create(room=world.room, starts_at=blocked.starts_at, ends_at=blocked.ends_at)
    booking = factories.make_booking(now, world.slot, world.association)
    manager = factories.make_user()
    factories.add_member(world.company, manager, Role.MANAGER, now)
    feed = actions.open_feed(user=manager, shown=world.site, now=now)
    told = {uid.partition("@")[0]: status for uid, (_, status) in events(client, feed_path(feed)).items()}
    assert told == {f"booking-{booking.pk}": "CONFIRMED", f"slot-{free.pk}": "TENTATIVE"}
    world.company.memberships.filter(user=manager).delete()
    assert client.get(feed_path(feed)).status_code == 404


def test_company_and_association_are_followed_by_who_manages_them(
    world: World, now: dt.datetime, client: Client
) -> None:
    elsewhere = factories.make_room(now, factories.make_site(now, world.company))
    free = factories.make_slot(elsewhere, world.slot.starts_at)
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_booking(now, factories.make_slot(elsewhere, free.ends_at), factories.make_association(now))
    hosts = actions.open_feed(user=world.company_owner, shown=world.company, now=now)
    guests = actions.open_feed(user=world.association_owner, shown=world.association, now=now)
    assert len(events(client, feed_path(hosts))) == 3
    assert f"slot-{free.pk}" in {uid.partition("@")[0] for uid in events(client, feed_path(hosts))}
    assert [uid.partition("@")[0] for uid in events(client, feed_path(guests))] == [f"booking-{booking.pk}"]
    factories.add_member(world.association, factories.make_user(), Role.OWNER, now)
    world.association.memberships.filter(user=world.association_owner).update(role=Role.VOLUNTEER)
    assert client.get(feed_path(guests)).status_code == 404


def test_address_of_an_organisation_is_opened_and_closed_by_its_managers(
    world: World, visitor: Visitor, now: dt.datetime
) -> None:
    client = visitor(world.association_owner)
    shown = client.post(reverse("workshops:association_feed_open", args=[world.association.slug]), follow=True)
    feed = CalendarFeed.objects.open().get()
    assert feed_path(feed) in shown.text
    assert client.post(reverse("workshops:company_feed_open", args=[world.company.slug])).status_code == 404
    client.post(reverse("workshops:association_feed_close", args=[world.association.slug]))
    assert Client().get(feed_path(feed)).status_code == 404


def test_database_shows_one_thing_by_one_address(world: World, now: dt.datetime) -> None:
    both = {"company": world.company, "association": world.association}
    with pytest.raises(IntegrityError, match="feed_of_one_thing"), transaction.atomic():
        CalendarFeed.objects.create(user=world.volunteer, created_at=now, **both)


def test_moved_date_moves_its_events_with_a_higher_sequence(world: World, now: dt.datetime, client: Client) -> None:
    promise = factories.make_promise(now, world.slot, world.volunteer)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    told = []
    for later in (0, 24, 24):
        starts_at = world.slot.starts_at + dt.timedelta(hours=later)
        ends_at = starts_at + dt.timedelta(hours=2)
        Slot.objects.filter(pk=world.slot.pk).update(starts_at=starts_at, ends_at=ends_at, closes_at=starts_at)
        read: Any = Calendar.from_ical(client.get(feed_path(feed)).content)
        (event,) = read.walk("VEVENT")
        told.append((str(event["UID"]).partition("@")[0], int(str(event["SEQUENCE"])), event.start == starts_at))
    assert told == [(f"promise-{promise.pk}", sequence, True) for sequence in (0, 1, 1)]


def test_address_is_renewed_and_closed(world: World, now: dt.datetime, visitor: Visitor) -> None:
    browser = visitor(world.company_owner)
    browser.post(reverse("workshops:feed_open"))
    first = CalendarFeed.objects.get()
    browser.post(reverse("workshops:feed_open"))
    second = CalendarFeed.objects.open().get()
    assert feed_path(second) in browser.get(reverse("workshops:feeds")).text
    public = Client()
    assert (public.get(feed_path(first)).status_code, public.get(feed_path(second)).status_code) == (404, 200)
    browser.post(reverse("workshops:feed_close"))
    assert public.get(feed_path(second)).status_code == 404
    assert public.get("/agenda/1.ics").status_code == 404


def test_database_opens_one_address_at_a_time(world: World, now: dt.datetime) -> None:
    CalendarFeed.objects.create(user=world.volunteer, created_at=now)
    with pytest.raises(IntegrityError, match="feed_open_once"), transaction.atomic():
        CalendarFeed.objects.create(user=world.volunteer, created_at=now)
    assert not Message.objects.exists()
    assert not Booking.objects.exists()


def test_busy_time_of_several_days_stands_on_each_of_them(world: World, now: dt.datetime, visitor: Visitor) -> None:
    days = calendar("DTSTART;VALUE=DATE:20261130\r\nDTEND;VALUE=DATE:20261220")
    companies.import_calendar(room=world.room, file=days, name="a.ics", by=world.company_owner, now=now)
    client = visitor(world.company_owner)
    week = client.get(page(world, "agenda"), {"semaine": "2026-12-08"}).text
    assert week.count('class="entry busy"') == 7
    assert week.count('class="entry blocked"') == 1
    assert 'class="entry free"' not in week


def test_address_for_telephones_is_read_like_any_other() -> None:
    form = RoomCalendarForm({"url": " webcal://agenda.example/salle.ics "})
    assert form.is_valid()
    assert form.cleaned_data["url"] == "https://agenda.example/salle.ics"


def test_address_of_a_site_that_was_closed_can_still_be_closed(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    client.post(reverse("workshops:site_feed_open", args=[world.site.pk]))
    Slot.objects.update(state="withdrawn", withdrawn_at=now)
    companies.archive_places(rooms=world.site.rooms.all(), sites=Site.objects.filter(pk=world.site.pk), now=now)
    close = reverse("workshops:site_feed_close", args=[world.site.pk])
    assert close in client.get(reverse("workshops:feeds")).text
    client.post(close)
    assert close not in client.get(reverse("workshops:feeds")).text


@pytest.mark.parametrize("how", ["slot", "series", "room", "leave"])
def test_promise_of_an_evening_that_is_taken_back_is_shown_as_off(
    world: World, now: dt.datetime, client: Client, how: str
) -> None:
    series = factories.make_series(now, world.room)
    Slot.objects.filter(pk=world.slot.pk).update(availability=series, original_date=world.slot.starts_on)
    promise = companies.join_slot(slot=Slot.objects.get(pk=world.slot.pk), by=world.volunteer, now=now)
    feed = actions.open_feed(user=world.volunteer, shown=None, now=now)
    by, slot = world.company_owner, Slot.objects.with_place().get(pk=world.slot.pk)
    if how == "slot":
        actions.withdraw_slot(slot=slot, by=by, now=now)
    elif how == "series":
        actions.end_series(availability=series, from_date=now.date(), by=by, now=now)
    elif how == "room":
        rooms = Room.objects.filter(pk=world.room.pk)
        actions.close_places(rooms=rooms, sites=Site.objects.none(), reason="Travaux.", by=by, now=now)
    else:
        actions.leave(slot=slot, by=world.volunteer, now=now)
    assert followed(client, feed) == [(f"promise-{promise.pk}", "CANCELLED", 2, world.slot.starts_at)]
