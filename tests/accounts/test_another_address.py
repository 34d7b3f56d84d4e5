"""Who changes their address keeps what they chose about mail, and may be sent what was lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Role, User
from mail.actions import follow_to, save_preferences
from mail.bounces import set_aside
from mail.delivery import why_unwanted
from mail.digests import tell_digests
from mail.kinds import Frequency
from mail.models import Message, Preferences, Suppression
from mail.outbox import Address, post, requeue
from mail.wishes import preferences_of
from tests import factories
from tests.factories import World
from workshops import actions, emails
from workshops.models import Booking, Side

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


@contextmanager
def in_hand(rows: models.QuerySet[Any]) -> Iterator[None]:
    """Somebody else's transaction holds these rows meanwhile, and whoever asks for them waits no long time."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert list(rows.select_for_update())
                held.set()
                assert done.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        holding = pool.submit(hold)
        assert held.wait(5)
        cursor.execute("SELECT set_config('lock_timeout', '200ms', false)")
        try:
            yield
        finally:
            done.set()
            cursor.execute("RESET lock_timeout")
            holding.result()


def with_another_address(person: User, now: dt.datetime) -> tuple[Message, Message]:
    """They have shown another address to be theirs, and two messages wait for them."""
    EmailAddress.objects.create(user=person, email=ANOTHER.lower(), verified=True)
    for key in ("first", "second"):
        reader, to = f"person:{person.pk}", Address(person.email, person.name)
        with transaction.atomic():
            post("file_decided", key=key, to=to, context={}, capacity=reader, now=now)
    first, second = Message.objects.filter(template="file_decided").order_by("pk")
    return first, second


def choose(client: Client) -> int:
    return client.post(reverse("account_email"), {"action_primary": "", "email": ANOTHER.lower()}).status_code


@pytest.mark.usefixtures("committed")
def test_message_in_hand_does_not_hold_up_the_change(now: dt.datetime, visitor: Visitor) -> None:
    """It is being sent to the address that was right when it left; what waits follows."""
    person = factories.make_user()
    before = person.email
    leaving, waiting = with_another_address(person, now)
    save_preferences(Preferences(address=before, reminders=Frequency.NEVER), now=now)
    client = visitor(person)
    with in_hand(Message.objects.filter(pk=leaving.pk)):
        assert choose(client) == 302
    person.refresh_from_db()
    leaving.refresh_from_db()
    waiting.refresh_from_db()
    assert (person.email, leaving.to_email, waiting.to_email) == (ANOTHER.lower(), before, ANOTHER.lower())
    assert preferences_of(ANOTHER).reminders == Frequency.NEVER
    assert list(Message.objects.filter(template="account_notice").values_list("to_email", flat=True)) == [before]


@pytest.mark.usefixtures("committed")
def test_change_of_address_is_whole_or_none(now: dt.datetime, visitor: Visitor) -> None:
    """Whoever has to send it again goes from the old address to the new one, and the old one is told."""
    person = factories.make_user()
    before = person.email
    _, waiting = with_another_address(person, now)
    save_preferences(Preferences(address=before, reminders=Frequency.NEVER), now=now)
    client = visitor(person)
    with in_hand(Preferences.objects.filter(address=before)):
        assert choose(client) == 503
    person.refresh_from_db()
    primary = EmailAddress.objects.filter(user=person, primary=True)
    assert (person.email, primary.get().email) == (before, before)
    assert choose(client) == 302
    waiting.refresh_from_db()
    assert (primary.get().email, waiting.to_email) == (ANOTHER.lower(), ANOTHER.lower())
    assert preferences_of(ANOTHER).reminders == Frequency.NEVER
    assert list(Message.objects.filter(template="account_notice").values_list("to_email", flat=True)) == [before]


@pytest.mark.usefixtures("committed")
def test_confirmed_address_that_becomes_the_main_one_is_whole_or_none(now: dt.datetime, visitor: Visitor) -> None:
    """Of an account that has none yet, as one that an operator made: its mail goes along, and the old one is told."""
    person = factories.make_user()
    before = person.email
    EmailAddress.objects.filter(user=person).update(primary=False)
    save_preferences(Preferences(address=before, reminders=Frequency.NEVER), now=now)
    client = visitor(person)
    client.post(reverse("account_email"), {"action_add": "", "email": ANOTHER})
    code = Message.objects.filter(template="account_notice", to_email__iexact=ANOTHER).latest("pk").context["code"]
    confirm = reverse("account_email_verification_sent")
    with in_hand(User.objects.filter(pk=person.pk)):
        assert client.post(confirm, {"code": code}).status_code == 503
    assert not EmailAddress.objects.filter(email__iexact=ANOTHER).exists()
    assert client.post(confirm, {"code": code}).status_code == 302
    person.refresh_from_db()
    assert person.email == ANOTHER.lower()
    assert preferences_of(ANOTHER).reminders == Frequency.NEVER
    assert Message.objects.filter(template="account_notice", to_email=before).exists()


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


# --- what was lost is sent again ----------------------------------------------------------------------


def lose_confirmation(world: World, now: dt.datetime) -> Message:
    """The association's owner, whose address is set aside, is told that a workshop is confirmed."""
    set_aside(address=world.association_owner.email, reason="550 5.1.1 no such user", now=now)
    booking = factories.make_booking(now, world.slot, world.association)
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
    return Message.objects.get(template="booking_confirmed", capacity__endswith=f":{world.association_owner.pk}")


def move_away(person: User, *, verified: bool = True, **fields: object) -> None:
    """They have another address by now."""
    EmailAddress.objects.filter(user=person).update(email=ANOTHER.lower(), verified=verified)
    User.objects.filter(pk=person.pk).update(email=ANOTHER.lower(), **fields)


@pytest.mark.parametrize("state", ["skipped", "failed", "bounced"])
def test_what_was_lost_goes_to_the_present_address(world: World, now: dt.datetime, state: str) -> None:
    lost = lose_confirmation(world, now)
    if state == "failed":
        Message.objects.filter(pk=lost.pk).update(state="failed", failed_at=now, skipped_at=None)
    if state == "bounced":
        left = {"state": "sent", "sent_at": now, "outcome": "bounced", "outcome_at": now}
        Message.objects.filter(pk=lost.pk).update(skipped_at=None, **left)
    assert requeue([lost.pk], now=now) == 0
    move_away(world.association_owner, name="Karima", language="en")
    assert requeue([lost.pk], now=now) == 1
    again = Message.objects.get(pk=lost.pk)
    assert (again.state, again.to_email, again.to_name, again.key) == ("queued", ANOTHER.lower(), "Karima", lost.key)
    assert f"MAILTO:{ANOTHER.lower()}" in again.calendar.replace("\r\n ", "")
    assert why_unwanted(again, at=now) == ""
    assert (again.language, again.context["day"]) == ("en", "Tuesday 8\u00a0December 2026")
    # The former address stays set aside, and nothing goes there.
    assert Suppression.objects.exists()


def test_language_stays_where_words_of_then_do(world: World, now: dt.datetime) -> None:
    lost = lose_confirmation(world, now)
    Message.objects.filter(pk=lost.pk).update(template="report_due")
    move_away(world.association_owner, language="en")
    assert requeue([lost.pk], now=now) == 1
    lost.refresh_from_db()
    assert (lost.to_email, lost.language) == (ANOTHER.lower(), "fr")


@pytest.mark.parametrize("why", ["called off", "no manager any more"])
def test_what_was_overtaken_is_not_told_at_another_address(world: World, now: dt.datetime, why: str) -> None:
    lost = lose_confirmation(world, now)
    move_away(world.association_owner)
    if why == "called off":
        booking = Message.objects.get(pk=lost.pk).about.partition(":")[2]
        given = {"side": Side.COMPANY, "reason": "Panne.", "by": world.company_owner, "now": now}
        actions.cancel_booking(booking=Booking.objects.with_everything().get(pk=booking), **given)  # type: ignore[arg-type]
    else:
        factories.add_member(world.association, factories.make_user(), Role.OWNER, now)
        world.association.members().get(user=world.association_owner).delete()
    assert requeue([lost.pk], now=now) == 1
    lost.refresh_from_db()
    assert why_unwanted(lost, at=now) != ""


@pytest.mark.parametrize("why", ["gone", "inactive", "unverified", "set aside too"])
def test_what_nobody_could_read_stays_and_says_so(world: World, now: dt.datetime, visitor: Visitor, why: str) -> None:
    lost = lose_confirmation(world, now)
    Suppression.objects.all().delete()
    if why == "gone":
        Message.objects.filter(pk=lost.pk).update(capacity="manager:associations:1:999999")
    elif why == "set aside too":
        move_away(world.association_owner)
        set_aside(address=ANOTHER, reason="550", now=now)
    else:
        move_away(world.association_owner, verified=why != "unverified", is_active=why != "inactive")
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    chosen = {"action": "send_again", "_selected_action": [lost.pk]}
    before = Message.objects.values().get(pk=lost.pk)
    page = visitor(operator).post(reverse("admin:mail_message_changelist"), chosen, follow=True).text
    assert Message.objects.values().get(pk=lost.pk) == before
    said = (
        "son adresse est écartée" if why == "set aside too" else "la personne à qui il s’adressait n’a plus de compte"
    )
    assert f"1 message reste\u00a0: {said}" in page


def test_digest_that_was_lost_follows_with_what_it_holds(world: World, now: dt.datetime) -> None:
    person = world.association_owner
    save_preferences(Preferences(address=person.email, reminders=Frequency.DAILY), now=now)
    booking = factories.make_booking(now, world.slot, world.association)
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)
    held = Message.objects.get(template="workshop_reminder", capacity__endswith=f":{person.pk}")
    Message.objects.filter(pk=held.pk).update(state="gathered", gathered_at=now)
    assert tell_digests(now=now + dt.timedelta(days=1)) == 1
    digest = Message.objects.get(template="digest")
    Message.objects.filter(pk=digest.pk).update(state="failed", failed_at=now, last_error="550")
    move_away(person)
    assert requeue([digest.pk], now=now) == 1
    assert set(Message.objects.filter(pk__in=[digest.pk, held.pk]).values_list("to_email", flat=True)) == {
        ANOTHER.lower()
    }
