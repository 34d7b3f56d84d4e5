"""What waits is told to who reads it in a capacity of theirs, as long as they have it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts import emails as accounts
from accounts.models import Decision, Role, User
from companies.actions.organisations import remove_member
from companies.actions.volunteers import leave_slot
from companies.models import SlotVolunteer
from mail.actions import save_preferences
from mail.delivery import deliver_due, why_unwanted
from mail.digests import tell_digests
from mail.kinds import Frequency, Kind
from mail.models import Message, Preferences
from mail.wishes import preferences_of
from solidarite.moderation.merging import merge
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink
from workshops import actions, emails
from workshops.models import Booking, Side

GONE = "Plus pour cette personne\u00a0: elle n’est plus de l’organisation, ou n’y a plus ce rôle."
DAY = dt.timedelta(days=1)
Deed = Callable[[World, User, dt.datetime], None]


def company_manager(world: World, now: dt.datetime) -> User:
    person = factories.make_user("Inès")
    factories.add_member(world.company, person, Role.MANAGER, now)
    return person


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, world.association)


def remind(booking: Booking, now: dt.datetime) -> None:
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)


def reasons(now: dt.datetime) -> dict[str, str]:
    """Why nobody, or who, is not told of what waits, by the name of the reader."""
    return {one.to_name: why_unwanted(one, at=now) for one in Message.objects.filter(state="queued")}


def is_removed(world: World, person: User, now: dt.datetime) -> None:
    member = world.company.memberships.get(user=person)
    remove_member(organisation=world.company, member=member, by=world.company_owner, now=now)


def is_volunteer_only(world: World, person: User, now: dt.datetime) -> None:
    world.company.memberships.filter(user=person).update(role=Role.VOLUNTEER)


def is_deactivated(world: World, person: User, now: dt.datetime) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize("deed", [is_removed, is_volunteer_only, is_deactivated])
def test_who_manages_it_no_longer_is_told_nothing_that_waits(
    world: World, booking: Booking, now: dt.datetime, deed: Deed
) -> None:
    person = company_manager(world, now)
    remind(booking, now)
    deed(world, person, now)
    assert reasons(now)[person.name] == GONE
    assert {name for name, why in reasons(now).items() if why} == {person.name}


def test_an_owner_who_manages_only_reads_on(world: World, booking: Booking, now: dt.datetime) -> None:
    person = company_manager(world, now)
    world.company.memberships.filter(user=person).update(role=Role.OWNER)
    remind(booking, now)
    with transaction.atomic():
        member = world.company.memberships.get(user=world.volunteer)
        accounts.member_joined(organisation=world.company, member=member, now=now)
    world.company.memberships.filter(user=person).update(role=Role.MANAGER)
    told = Message.objects.filter(to_email=person.email)
    assert {one.template: why_unwanted(one, at=now) for one in told} == {
        "workshop_reminder": "",
        "member_joined": GONE,
    }


def test_volunteer_who_does_not_come_is_not_reminded(world: World, booking: Booking, now: dt.datetime) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    remind(booking, now)
    assert reasons(now)[world.volunteer.name] == ""
    leave_slot(slot=world.slot, by=world.volunteer)
    assert reasons(now)[world.volunteer.name] == "Plus pour cette personne\u00a0: elle ne vient plus."


def test_volunteers_hear_that_it_is_off_although_their_promise_goes_with_it(
    now: dt.datetime, committed: None, smtp_sink: Sink
) -> None:
    world = factories.make_world(now)
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    assert not SlotVolunteer.objects.exists()
    deliver_due(now=now, limit=9, clock=lambda: now)
    told = [mail for address, mail in smtp_sink.taken if address == world.volunteer.email]
    assert [mail["Subject"][:6] for mail in told] == ["Annulé"]
    # The file, which the words announce, takes the promise out of their calendar.
    texts = [part for part in told[0].walk() if part.get_content_maintype() == "text"]
    assert [(part.get_content_subtype(), "agenda" in part.get_content()) for part in texts] == [
        ("plain", True),
        ("html", True),
        ("calendar", False),
        ("calendar", False),
    ]


def test_colleague_who_left_is_not_asked_to_come(world: World, booking: Booking, now: dt.datetime) -> None:
    with transaction.atomic():
        emails.volunteers_missing(workshop=booking.workshop, colleague=world.volunteer, now=now)
    assert reasons(now) == {world.volunteer.name: ""}
    is_removed(world, world.volunteer, now)
    asked = Message.objects.get(template="volunteers_missing")
    assert why_unwanted(asked, at=now) == GONE


def test_operator_who_runs_it_no_longer_is_told_nothing_that_waits(now: dt.datetime, db: None) -> None:
    operator = factories.make_user("Ada", is_staff=True)
    with transaction.atomic():
        accounts.signups_near_limit(percent=80, now=now)
    assert reasons(now) == {operator.name: ""}
    User.objects.filter(pk=operator.pk).update(is_staff=False)
    assert reasons(now) == {operator.name: "Plus pour cette personne\u00a0: elle ne fait plus fonctionner le portail."}


def test_who_was_of_an_entry_that_was_united_with_another_reads_on(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    remind(booking, now)
    kept = factories.make_company(now)
    merge(
        file=kept,
        subject=Decision.Subject.SIGNATURE,
        keep=kept,
        absorb=world.company,
        by=world.moderator,
        now=now,
    )
    told = Message.objects.filter(template="workshop_reminder")
    assert {why_unwanted(one, at=now) for one in told} == {""}


def test_digest_leaves_out_what_is_for_owners_only(now: dt.datetime, committed: None, smtp_sink: Sink) -> None:
    """Gathered while somebody was an owner, not told once they are none; a digest that waits is looked at again."""
    world = factories.make_world(now)
    second = factories.make_user("Inès")
    factories.add_member(world.company, second, Role.OWNER, now)
    save_preferences(Preferences(address=second.email, **{Kind.ORGANISATION: Frequency.DAILY}), now=now)
    assert preferences_of(second.email).organisation == Frequency.DAILY
    stranger = factories.make_user("Paul")
    asked = world.company.join_requests.create(user=stranger, message="Bonjour", created_at=now)
    with transaction.atomic():
        accounts.join_requested(organisation=world.company, asked=asked, now=now)
    deliver_due(now=now, limit=9, clock=lambda: now)
    waiting = Message.objects.get(to_email=second.email)
    assert waiting.state == Message.State.GATHERED
    world.company.memberships.filter(user=second).update(role=Role.VOLUNTEER)
    assert tell_digests(now=waiting.next_attempt_at) == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error) == (Message.State.SKIPPED, GONE)
    assert second.email not in smtp_sink.recipients


def test_who_came_in_the_place_of_all_others_is_reminded(now: dt.datetime, committed: None, smtp_sink: Sink) -> None:
    """Everybody of one side went between the writing of a reminder and its hour."""
    world = factories.make_world(now)
    at = world.slot.starts_at - 2 * DAY
    factories.make_booking(now - 9 * DAY, world.slot, world.association)
    assert actions.remind_workshops(now=at) == 1
    new = factories.make_user("Inès")
    factories.add_member(world.company, new, Role.OWNER, now)
    member = world.company.memberships.get(user=world.company_owner)
    remove_member(organisation=world.company, member=member, by=new, now=at)
    for minutes in range(0, 15, 5):
        later = at + dt.timedelta(minutes=minutes)
        actions.remind_workshops(now=later)
        deliver_due(now=later, limit=9, clock=lambda later=later: later)  # type: ignore[misc]
    reminders = Message.objects.filter(template="workshop_reminder").order_by("to_name")
    assert {one.to_name: one.state for one in reminders} == {
        world.company_owner.name: "skipped",
        world.association_owner.name: "sent",
        new.name: "sent",
    }
    assert sorted(smtp_sink.recipients).count(world.association_owner.email) == 1


@pytest.mark.parametrize("first", ["unsent", "tried", "sent"])
def test_volunteer_who_promises_anew_is_reminded_once(
    now: dt.datetime, committed: None, smtp_sink: Sink, first: str
) -> None:
    """The reminder waited when the promise was taken back; what may have left is not told again."""
    world = factories.make_world(now)
    at = world.slot.starts_at - 2 * DAY
    factories.make_booking(now - 9 * DAY, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    left = factories.make_user("Inès")
    factories.add_member(world.company, left, Role.MANAGER, now)
    actions.remind_workshops(now=at)
    theirs = Message.objects.filter(capacity=f"volunteer:{world.slot.pk}:{world.volunteer.pk}")
    if first == "sent":
        theirs.update(state="sent", sent_at=at)
    if first == "tried":
        theirs.update(attempts=1, last_error="the line dropped after the final dot")
    leave_slot(slot=world.slot, by=world.volunteer)
    world.company.memberships.filter(user=left).delete()
    deliver_due(now=at, limit=9, clock=lambda: at)
    assert world.volunteer.email not in smtp_sink.recipients
    promise = factories.make_promise(at, world.slot, world.volunteer)
    for minutes in range(0, 15, 5):
        later = at + dt.timedelta(minutes=minutes)
        actions.remind_workshops(now=later)
        deliver_due(now=later, limit=9, clock=lambda later=later: later)  # type: ignore[misc]
    assert smtp_sink.recipients.count(world.volunteer.email) == (first == "unsent")
    assert left.email not in smtp_sink.recipients
    assert max(smtp_sink.recipients.count(address) for address in smtp_sink.recipients) == 1
    if first == "unsent":
        assert f"UID:promise-{promise.pk}@" in theirs.get().calendar
