"""Where a workshop takes place is called otherwise, is elsewhere, or one gets in otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from companies import actions as companies
from companies.models import AccessKit, Company, Room, Site, Slot
from mail.delivery import deliver_due, why_unwanted
from mail.digests import tell_digests
from mail.kinds import DIGEST, Frequency, Kind
from mail.models import Message, Preferences
from mail.outbox import post
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink, text_of
from workshops import actions, emails
from workshops.feeds import feed_calendar
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
    for name, uid, sequence in (("Karim", f"booking-{booking.pk}", 1), ("Lucie", "promise-", 2)):
        read: Any = Calendar.from_ical(told[name].calendar)
        (event,) = read.walk("VEVENT")
        assert (str(event["UID"]).startswith(uid), event["SEQUENCE"]) == (True, sequence)
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


def told_of_it(booking: Booking, now: dt.datetime) -> None:
    """All that brings people to a workshop, written before anything changes."""
    workshop = booking.workshop
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
        emails.workshop_reminder(workshop=workshop, now=now)
        emails.workshop_today(workshop=workshop, now=now)
        for side in Side:
            emails.workshop_agreement(workshop=workshop, side=side, now=now)


def change_everything(world: World, now: dt.datetime) -> None:
    """And the change is told, which takes the next sequence."""
    for change in (move_house, rename, change_the_lock):
        change(world, now)
    actions.remind_workshops(now=now + SOON)


def test_what_waited_brings_nobody_to_the_former_address(world: World, booking: Booking, now: dt.datetime) -> None:
    told_of_it(booking, now)
    change_everything(world, now)
    for message in Message.objects.all():
        assert why_unwanted(message, at=now + SOON) == ""
        said = render(message)
        for text in (said.text, said.html):
            assert "Salle Hopper, 999 rue Ailleurs" in text
            assert ("Sonnez trois fois." in text) is ("access" in message.context)
        if message.calendar:
            sequence = 2 if message.capacity.startswith("volunteer:") else 1
            there = "Salle Hopper, 999 rue Ailleurs, Lille"
            assert event_of(message) == (sequence, f"MAILTO:{message.to_email}", there)
    assert Message.objects.filter(context__has_key="access").count() == 4


def event_of(message: Message) -> tuple[int, str, str]:
    """Of its only event: the sequence, who is asked, and where."""
    read: Any = Calendar.from_ical(message.calendar)
    (event,) = read.walk("VEVENT")
    return event["SEQUENCE"], str(event["ATTENDEE"]), str(event["LOCATION"])


def test_volunteer_who_waited_keeps_the_event_of_their_promise(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    told_of_it(booking, now)
    message = Message.objects.get(template="workshop_reminder", to_name="Lucie")
    change_everything(world, now)
    assert why_unwanted(message, at=now + SOON) == ""
    assert ("UID:promise-" in message.calendar, "booking-" in message.calendar) == (True, False)


def test_moved_workshop_is_told_with_the_way_of_today(world: World, booking: Booking, now: dt.datetime) -> None:
    later, by = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7)), world.company_owner
    actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.COMPANY, by=by, now=now)
    message = Message.objects.get(template="booking_moved", to_name="Karim")
    change_everything(world, now + SOON)
    assert why_unwanted(message, at=now + 2 * SOON) == ""
    said = render(message).text
    assert ("Salle Hopper, 999 rue Ailleurs" in said, "Sonnez trois fois." in said) == (True, True)
    assert "Il était prévu\u00a0: mardi 8\u00a0décembre 2026" in said
    assert event_of(message)[0] == Booking.objects.get(moved_from=booking).sequence == 3


def test_of_two_changes_the_last_is_told(committed: None, now: dt.datetime, smtp_sink: Sink) -> None:
    """The server put off the first; the second has left before it."""
    world = factories.make_world(now)
    factories.make_booking(now - dt.timedelta(hours=1), world.slot, world.association)
    move_house(world, now)
    actions.remind_workshops(now=now + SOON)
    karim = world.association_owner.email
    smtp_sink.body_answers[karim] = "451 4.3.0 later"
    deliver_due(now=now + SOON, limit=9, clock=lambda: now + SOON)
    smtp_sink.body_answers.clear()
    at = now + 3 * SOON
    change_the_lock(world, now + 2 * SOON)
    actions.remind_workshops(now=at)
    deliver_due(now=at, limit=9, clock=lambda: at)
    to_karim = Message.objects.filter(template="workshop_way_changed", to_email=karim).order_by("pk")
    assert [(one.state, one.last_error) for one in to_karim] == [
        ("skipped", "Un autre changement est annoncé depuis."),
        ("sent", ""),
    ]
    [said] = [text_of(mail) for address, mail in smtp_sink.taken if address == karim]
    assert ("999 rue Ailleurs" in said, "Sonnez trois fois." in said) == (True, True)


def test_file_that_was_sent_is_kept_as_it_was_sent(committed: None, now: dt.datetime, smtp_sink: Sink) -> None:
    world = factories.make_world(now)
    booking = factories.make_booking(now - dt.timedelta(hours=1), world.slot, world.association)
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
    change_everything(world, now)
    deliver_due(now=now + SOON, limit=9, clock=lambda: now + SOON)
    message = Message.objects.get(template="booking_confirmed", to_name="Karim")
    assert ("999 rue Ailleurs" in message.text, event_of(message)[0]) == (True, 1)


def test_digest_that_held_a_reminder_tells_the_way_of_today(world: World, booking: Booking, now: dt.datetime) -> None:
    daily = {Kind.REMINDERS.value: Frequency.DAILY}
    Preferences.objects.create(address=world.association_owner.email, changed_at=now, **daily)
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)
    to_karim = Message.objects.filter(to_name="Karim")
    to_karim.update(state="gathered", gathered_at=now, next_attempt_at=now + dt.timedelta(hours=22))
    change_everything(world, now)
    at = now + dt.timedelta(hours=23)
    assert tell_digests(now=at) == 1
    said = render(Message.objects.get(template=DIGEST)).text
    assert ("Salle Hopper, 999 rue Ailleurs" in said, "Sonnez trois fois." in said) == (True, True)


def test_what_names_no_booking_leaves_as_it_was_written(db: None, now: dt.datetime) -> None:
    with transaction.atomic():
        post("booking_confirmed", key="x", to=("ana@example.org", ""), context={"place": "1 rue des Lilas"}, now=now)
    message = Message.objects.get()
    assert (why_unwanted(message, at=now), message.context) == ("", {"place": "1 rue des Lilas"})


# --- evenings that nobody has booked yet ------------------------------------------------------------


def elsewhere(person: User) -> list[Message]:
    return list(Message.objects.filter(template="promises_elsewhere", to_email=person.email).order_by("pk"))


def followed(person: User, shown: Company | None, now: dt.datetime) -> list[tuple[str, str, int, str]]:
    """Kind, status, sequence and place of each event that a calendar shows."""
    feed = actions.open_feed(user=person, shown=shown, now=now)
    read: Any = Calendar.from_ical(feed_calendar(feed, url="/", now=now))
    return [
        (str(one["UID"]).partition("-")[0], str(one["STATUS"]), one["SEQUENCE"], str(one["LOCATION"]))
        for one in read.walk("VEVENT")
    ]


@pytest.mark.parametrize("change", [move_house, rename, change_the_lock, place])
def test_calendars_of_an_evening_that_is_not_booked_follow_its_place(
    world: World, now: dt.datetime, change: Callable[[World, dt.datetime], None]
) -> None:
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    change(world, now)
    assert (actions.remind_workshops(now=now), elsewhere(world.volunteer)) == (0, [])
    assert actions.remind_workshops(now=now + SOON) == 1
    assert actions.remind_workshops(now=now + 2 * SOON) == 0
    [told] = elsewhere(world.volunteer)
    there = f"{Room.objects.get().name}, {Site.objects.get().address}, Lille"
    assert event_of(told) == (1, f"MAILTO:{world.volunteer.email}", there)
    assert Message.objects.count() == 1
    assert followed(world.volunteer, None, now) == [("promise", "TENTATIVE", 1, there)]
    assert followed(world.company_owner, world.company, now) == [("slot", "TENTATIVE", 1, there)]


def test_several_evenings_are_told_in_one_mail(world: World, now: dt.datetime) -> None:
    """As they are when it leaves: one of them is booked, and another taken back, meanwhile."""
    more = [factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * n)) for n in (1, 2)]
    for slot in (world.slot, *more):
        companies.join_slot(slot=slot, by=world.volunteer, now=now)
    move_house(world, now)
    assert actions.remind_workshops(now=now + SOON) == 1
    [told] = elsewhere(world.volunteer)
    assert (told.calendar_method, told.calendar.count("STATUS:TENTATIVE")) == ("PUBLISH", 3)
    assert render(told).text.count("999 rue Ailleurs") == 3
    factories.make_booking(now, world.slot, world.association)
    actions.leave(slot=more[0], by=world.volunteer, now=now)
    assert why_unwanted(told, at=now + SOON) == ""
    assert [told.calendar.count(f"STATUS:{status}") for status in ("CONFIRMED", "TENTATIVE")] == [1, 1]
    for slot in (world.slot, more[1]):
        actions.leave(slot=slot, by=world.volunteer, now=now)
    assert why_unwanted(told, at=now + SOON) == "Cette personne ne vient plus à ces dates."


def test_evening_that_was_opened_since_knows_it_already(world: World, now: dt.datetime) -> None:
    move_house(world, now)
    Slot.objects.update(created_at=now + dt.timedelta(minutes=1))
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    assert (actions.remind_workshops(now=now + SOON), elsewhere(world.volunteer)) == (0, [])


def test_evening_that_comes_free_knows_what_was_told_of_its_workshop(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    move_house(world, now)
    assert actions.remind_workshops(now=now + SOON) == 1
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=now + SOON)
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now + SOON)
    assert (actions.remind_workshops(now=now + 2 * SOON), elsewhere(world.volunteer)) == (0, [])


def test_each_change_of_an_evening_is_told(world: World, now: dt.datetime) -> None:
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    move_house(world, now)
    actions.remind_workshops(now=now + SOON)
    rename(world, now + 2 * SOON)
    actions.remind_workshops(now=now + 3 * SOON)
    assert [event_of(one)[0] for one in elsewhere(world.volunteer)] == [1, 2]
