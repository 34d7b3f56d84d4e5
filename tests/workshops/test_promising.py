"""Volunteers promise evenings that are booked, not booked yet, or that a workshop moves onto."""

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
from companies.models import BookingMode, Slot
from mail.models import Message
from mail.rendering import render
from mail.wanted import overtaken
from tests import factories
from tests.factories import World
from tests.workshops.test_booking import book
from workshops import actions
from workshops.feeds import feed_calendar
from workshops.models import Side

Visitor = Callable[[User], Client]
HOUR, WEEK = dt.timedelta(hours=1), dt.timedelta(days=7)
Event = tuple[str, str, int]


def event(text: str) -> Event:
    """Number, status and sequence of the only event of a file."""
    read: Any = Calendar.from_ical(text)
    (one,) = read.walk("VEVENT")
    return str(one["UID"]).partition("@")[0], str(one["STATUS"]), one["SEQUENCE"]


def told_to(person: User) -> list[tuple[str, Event]]:
    """Each mail to a volunteer, with its event."""
    told = Message.objects.filter(capacity__startswith="volunteer:", to_email=person.email).order_by("pk")
    return [(one.template, event(one.calendar)) for one in told]


def events_of(message: Message) -> list[tuple[str, str, int]]:
    """The method of its file, then status and sequence of each of its events."""
    read: Any = Calendar.from_ical(message.calendar)
    assert str(read["METHOD"]) == message.calendar_method
    return [(message.calendar_method, str(one["STATUS"]), one["SEQUENCE"]) for one in read.walk("VEVENT")]


def followed(person: User, now: dt.datetime) -> Event:
    feed = actions.open_feed(user=person, shown=None, now=now)
    return event(feed_calendar(feed, url="/", now=now))


def test_who_promised_hears_that_the_evening_is_booked(world: World, now: dt.datetime) -> None:
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    uid = f"promise-{promise.pk}"
    assert followed(world.volunteer, now) == (uid, "TENTATIVE", 0)
    book(world, now)
    assert told_to(world.volunteer) == [("booking_confirmed", (uid, "CONFIRMED", 1))]
    assert followed(world.volunteer, now) == (uid, "CONFIRMED", 1)
    message = Message.objects.get(capacity__startswith="volunteer:")
    assert not overtaken(message, at=now)
    said = render(message)
    assert ("où vous vouliez venir" in said.text, "Voir mes ateliers" in said.html) == (True, True)
    assert "kit d’accès" not in said.text
    for manager in (world.company_owner, world.association_owner):
        [other] = Message.objects.filter(template="booking_confirmed", to_email=manager.email)
        assert "où vous vouliez venir" not in render(other).text


@pytest.mark.parametrize("left", [dt.timedelta(hours=5), dt.timedelta(minutes=1)])
def test_who_promised_hears_of_an_answer_of_the_same_day(world: World, now: dt.datetime, left: dt.timedelta) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    booking = book(world, world.slot.starts_at - 30 * HOUR)
    assert told_to(world.volunteer) == []
    actions.accept_booking(booking=booking, by=world.company_owner, now=world.slot.starts_at - left)
    assert told_to(world.volunteer) == [("booking_confirmed", (f"promise-{promise.pk}", "CONFIRMED", 1))]


def test_who_promised_hears_that_a_workshop_moves_onto_the_evening(world: World, now: dt.datetime) -> None:
    booking = book(world, now)
    later = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    promise = companies.join_slot(slot=later, by=world.volunteer, now=now)
    actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.COMPANY, by=world.company_owner, now=now)
    assert told_to(world.volunteer) == [("booking_confirmed", (f"promise-{promise.pk}", "CONFIRMED", 1))]


def test_evening_that_is_called_off_is_the_last_word(world: World, now: dt.datetime) -> None:
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    booking = book(world, now)
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=by, now=now)
    assert followed(world.volunteer, now) == (f"promise-{promise.pk}", "CANCELLED", 2)
    off = Message.objects.get(template="booking_cancelled", to_email=world.volunteer.email)
    assert event(off.calendar) == (f"promise-{promise.pk}", "CANCELLED", 2)


def test_evening_that_changes_its_hour_stays_tentative(world: World, now: dt.datetime) -> None:
    promise = companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    change = actions.Change(dt.date(2026, 12, 8), dt.time(19), dt.time(21), 10, 8, 2)
    actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=now)
    assert told_to(world.volunteer) == [("promise_moved", (f"promise-{promise.pk}", "TENTATIVE", 1))]
    message = Message.objects.get(template="promise_moved")
    book(world, now)
    assert not overtaken(message, at=now)
    assert event(message.calendar) == (f"promise-{promise.pk}", "CONFIRMED", 2)


def test_pages_say_what_is_not_booked_yet(world: World, now: dt.datetime, visitor: Visitor) -> None:
    client, page = visitor(world.volunteer), reverse("workshops:volunteering")
    joined = client.post(reverse("workshops:volunteer_join", args=[world.slot.pk]), follow=True).text
    assert ("nous vous écrirons dès" in joined, "pas encore réservé<" in joined) == (True, True)
    kept = reverse("workshops:volunteer_event", args=[world.slot.pk])
    assert event(client.get(kept).text)[1:] == ("TENTATIVE", 0)
    book(world, now)
    assert "pas encore réservé<" not in client.get(page).text
    assert event(client.get(kept).text)[1:] == ("CONFIRMED", 1)


def test_consent_that_is_withdrawn_takes_the_evening_out_of_the_calendar(world: World, now: dt.datetime) -> None:
    """The reminder had put it there."""
    profile = factories.make_profile(
        now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now, consented_by=None
    )
    book(world, now)
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    at = world.slot.starts_at - 47 * HOUR
    actions.remind_workshops(now=at)
    assert [one for _, one in told_to(world.volunteer)][-1][1:] == ("CONFIRMED", 1)
    assert companies.withdraw_consent(profile=profile, by=world.company_owner, now=at) == 1
    off = Message.objects.get(template="volunteer_consent_withdrawn")
    assert events_of(off) == [("CANCEL", "CANCELLED", 2)]
    assert f"MAILTO:{world.volunteer.email}" in off.calendar
    assert "met votre agenda à jour" in render(off).text


def test_consent_under_which_nothing_was_promised_ends_without_a_file(world: World, now: dt.datetime) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now)
    companies.withdraw_consent(profile=profile, by=world.company_owner, now=now)
    off = Message.objects.get(template="volunteer_consent_withdrawn")
    assert (off.calendar, "agenda" in render(off).text) == ("", False)


@pytest.mark.parametrize(("dates", "method"), [(1, "CANCEL"), (3, "PUBLISH")])
def test_evenings_that_are_taken_back_leave_the_calendar(
    world: World, now: dt.datetime, dates: int, method: str
) -> None:
    """One file cancels one event (RFC 5546); several are published as off."""
    more = [factories.make_slot(world.room, world.slot.starts_at + number * WEEK) for number in range(1, dates)]
    slots = [world.slot, *more]
    promises = [companies.join_slot(slot=one, by=world.volunteer, now=now) for one in slots]
    companies.withdraw_slots(slots=slots, by=world.company_owner, now=now)
    message = Message.objects.get(template="promises_ended")
    assert events_of(message) == [(method, "CANCELLED", 2)] * dates
    for promise in promises:
        assert f"UID:promise-{promise.pk}@" in message.calendar
