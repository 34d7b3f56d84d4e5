"""Who changes their address keeps what they chose about mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from mail.actions import follow_to, save_preferences
from mail.kinds import Frequency
from mail.models import Message, Preferences
from mail.wishes import preferences_of
from tests import factories
from tests.factories import World
from workshops import actions, emails
from workshops.models import Side

Visitor = Callable[[User], Client]
ANOTHER = "Helene@Ailleurs.example.org"


def test_wishes_follow_to_the_address_that_mail_goes_to(world: World, now: dt.datetime, visitor: Visitor) -> None:
    person = world.company_owner
    save_preferences(Preferences(address=person.email, reminders=Frequency.NEVER, quiet_from=dt.time(20)), now=now)
    client, page, before = visitor(person), reverse("account_email"), person.email
    client.post(page, {"action_add": "", "email": ANOTHER})
    booking = factories.make_booking(now, world.slot, world.association)
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)
    code = Message.objects.filter(template="account_notice", to_email__iexact=ANOTHER).latest("pk").context["code"]
    client.post(reverse("account_email_verification_sent"), {"code": code})
    client.post(page, {"action_primary": "", "email": ANOTHER.lower()})
    person.refresh_from_db()
    assert person.email == ANOTHER.lower()
    wishes = preferences_of(person.email)
    assert (wishes.reminders, wishes.quiet_from) == (Frequency.NEVER, dt.time(20))
    assert Preferences.objects.count() == 1
    waiting = Message.objects.get(template="workshop_reminder", capacity__endswith=f":{person.pk}")
    assert waiting.to_email == ANOTHER.lower()
    # That an address is none of theirs any more is told to that address.
    assert before in Message.objects.filter(template="account_notice").values_list("to_email", flat=True)


def test_what_was_chosen_for_the_new_address_stands(db: None, now: dt.datetime) -> None:
    save_preferences(Preferences(address="a@example.org", reminders=Frequency.NEVER), now=now)
    save_preferences(Preferences(address="b@example.org", reminders=Frequency.DAILY), now=now)
    follow_to(was="A@example.org", becomes="B@example.org", reader=1, now=now)
    assert [preferences_of(one).reminders for one in ("a@example.org", "b@example.org")] == ["never", "daily"]


def test_nothing_chosen_is_nothing_to_take(db: None, now: dt.datetime) -> None:
    follow_to(was="a@example.org", becomes="b@example.org", reader=1, now=now)
    assert not Preferences.objects.exists()


def test_calendar_files_that_wait_ask_the_new_address(world: World, now: dt.datetime) -> None:
    """Also of an address that is longer than a line."""
    person, longer = world.company_owner, f"{'h' * 60}@ailleurs.example.org"
    booking = factories.make_booking(now, world.slot, world.association)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=person, now=now)
    was = person.email
    for becomes in (longer, ANOTHER):
        follow_to(was=was, becomes=becomes, reader=person.pk, now=now)
        was, asked = becomes, {}
        for message in Message.objects.filter(template="booking_cancelled"):
            read: Any = Calendar.from_ical(message.calendar)
            (event,) = read.walk("VEVENT")
            asked[message.to_email] = str(event["ATTENDEE"])
        both = (becomes, world.association_owner.email)
        assert asked == {address: f"MAILTO:{address}" for address in both}
