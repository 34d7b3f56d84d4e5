"""One deed is told to each person in their own language, whoever did it: dates, counts, labels, calendars."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language, override

from accounts.actions import members
from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations import actions as associations
from charter import actions as charter
from companies import emails as companies
from companies.models import BookingMode, Slot
from mail import outbox
from mail.actions import save_preferences
from mail.delivery import why_unwanted
from mail.digests import tell_digests
from mail.kinds import Frequency
from mail.models import Message, Preferences
from mail.rendering import render
from tests import factories
from tests.factories import World
from workshops import actions as workshops
from workshops import emails
from workshops.models import Booking, Side

DAYS = dt.timedelta(days=1)

DAY, JOUR = "Tuesday 8\u00a0December 2026", "mardi 8\u00a0décembre 2026"
HOURS, HEURES = "6:30\u00a0pm\u00a0– 8:30\u00a0pm", "18\u00a0h\u00a030\u00a0– 20\u00a0h\u00a030"


@pytest.fixture
def anna(world: World, now: dt.datetime) -> User:
    """Manages the association and the company beside their owners, and reads English."""
    anna = factories.make_user("Anna", email="anna@example.org", language="en")
    for organisation in (world.association, world.company):
        factories.add_member(organisation, anna, Role.MANAGER, now)
    return anna


def told(template: str, to: str) -> Message:
    return Message.objects.filter(template=template, to_name=to).latest("pk")


def book(world: World, now: dt.datetime, **fields: Any) -> Booking:
    given = {
        "slot_id": world.slot.pk,
        "association": world.association,
        "participants": 6,
        "topic": Topic.SECURITY,
        "message": "",
        "key": uuid.uuid4(),
        "request": None,
        "by": world.association_owner,
        "now": now,
    }
    return workshops.book_slot(**given | fields)  # type: ignore[arg-type]


def test_booking_is_told_in_the_language_of_each_reader(world: World, now: dt.datetime, anna: User) -> None:
    factories.add_member(world.company, factories.make_user("Bob", language="en"), Role.MANAGER, now)
    book(world, now)
    english, french = told("booking_confirmed", "Bob"), told("booking_confirmed", "Karim")
    assert (english.language, french.language) == ("en", "fr")
    assert (english.context["day"], english.context["hours"]) == (DAY, HOURS)
    assert (french.context["day"], french.context["hours"]) == (JOUR, HEURES)
    assert (english.context["topic"], french.context["topic"]) == (
        "Staying safe online",
        "Prévention en sécurité numérique",
    )
    assert render(english).subject == f"It is confirmed: workshop on {DAY}, {HOURS}"
    assert render(french).subject == f"C’est confirmé\u00a0: atelier du {JOUR}, {HEURES}"
    assert "SUMMARY:Digital workshop: Staying safe online" in english.calendar
    assert "SUMMARY:Atelier numérique" in french.calendar
    assert render(english).text.startswith("Hello Bob,\n\nThe workshop is confirmed.")


def test_access_kit_has_english_labels_around_what_the_company_wrote(
    world: World, now: dt.datetime, anna: User
) -> None:
    kit = world.site.access_kit
    kit.visitor_count_hours = 48
    kit.save()
    # One person manages both sides: the mail that the association gets is the one with the kit.
    world.company.members().filter(user=anna).delete()
    book(world, now)
    text = render(told("booking_confirmed", "Anna")).text
    assert "How to get there:\nHow to get in: Sonnez deux fois.\nOn the evening: 01 99 00 12 34" in text
    assert "Number of visitors to give: at least 48\u00a0hours before" in text


@pytest.mark.parametrize(
    ("number", "in_english", "in_french"),
    [
        (0, "0\u00a0computers", "0\u00a0ordinateur"),
        (1, "1\u00a0computer", "1\u00a0ordinateur"),
        (2, "2\u00a0computers", "2\u00a0ordinateurs"),
    ],
)
def test_facts_are_counted_as_each_language_counts(
    world: World, now: dt.datetime, anna: User, number: int, in_english: str, in_french: str
) -> None:
    Slot.objects.filter(pk=world.slot.pk).update(computers=number, booking_mode=BookingMode.ON_APPROVAL)
    book(world, now)
    english, french = told("booking_requested", "Anna"), told("booking_requested", "Hélène")
    assert (english.context["computers"], french.context["computers"]) == (in_english, in_french)
    assert in_english in render(english).text
    assert in_french in render(french).text


def test_reason_of_the_portal_is_translated_and_that_of_a_person_is_not(
    world: World, now: dt.datetime, anna: User
) -> None:
    Slot.objects.filter(pk=world.slot.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    book(world, now)
    workshops.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    assert "Reason: The slot was withdrawn" in render(told("booking_declined", "Anna")).text
    assert "Motif\u00a0: Le créneau a été retiré" in render(told("booking_declined", "Karim")).text
    other = factories.make_slot(world.room, world.slot.starts_at, booking_mode=BookingMode.ON_APPROVAL)
    booking = book(world, now, slot_id=other.pk)
    workshops.decline_booking(booking=booking, reason="Travaux.", by=world.company_owner, now=now)
    assert "Reason: Travaux." in render(told("booking_declined", "Anna")).text


@pytest.mark.parametrize(
    ("more", "in_english", "in_french"),
    [(0, "has 3\u00a0members", "compte 3\u00a0membres"), (1, "has 4\u00a0members", "compte 4\u00a0membres")],
)
def test_owners_are_asked_to_look_at_their_members(
    world: World, now: dt.datetime, anna: User, more: int, in_english: str, in_french: str
) -> None:
    world.company.members().filter(user=anna).update(role=Role.OWNER)
    for _ in range(more):
        factories.add_member(world.company, factories.make_user(), Role.VOLUNTEER, now)
    members.ask_to_confirm_members(organisations=[world.company], now=now)
    english, french = (render(told("members_to_confirm", name)) for name in ("Anna", "Hélène"))
    assert english.subject == "Are your members still the right ones?"
    assert f"{in_english}. Nobody has looked at this list since Tuesday 1\u00a0December 2026." in english.text
    assert f"{in_french}. Personne n’a regardé cette liste depuis le mardi 1er\u00a0décembre 2026." in french.text


def test_role_is_named_in_the_language_of_its_bearer(world: World, now: dt.datetime, anna: User) -> None:
    members.change_role(
        organisation=world.company,
        member=world.company.members().get(user=anna),
        role=Role.OWNER,
        by=world.company_owner,
        now=now,
    )
    assert told("role_changed", "Anna").context["role"] == "person in charge"


@pytest.mark.parametrize(("language", "role"), [("en", "volunteer"), ("fr", "bénévole")])
def test_invitation_is_in_the_language_of_who_invites(
    world: World, now: dt.datetime, anna: User, language: str, role: str
) -> None:
    by = anna if language == "en" else world.company_owner
    members.invite_member(organisation=world.company, email="new@example.org", role=Role.VOLUNTEER, by=by, now=now)
    message = Message.objects.get(template="member_invited")
    assert (message.language, message.context["role"]) == (language, role)


def test_remarks_of_moderators_stand_under_english_labels(world: World, now: dt.datetime, anna: User) -> None:
    signature = factories.make_signature(
        now, world.company, world.charter, state="in_review", claimed_at=now, claimed_by=world.moderator
    )
    remarks = {"pledged_rooms": "Deux\u00a0?", "address": "Laquelle\u00a0?"}
    charter.request_changes(signature=signature, reason="Voir.", comments=remarks, by=world.moderator, now=now)
    text = render(told("signature_changes_requested", "Anna")).text
    assert "- Rooms that you expect to open: Deux\u00a0?\n- Address: Laquelle\u00a0?" in text
    assert "- Salles que vous pensez ouvrir\u00a0: Deux" in render(told("signature_changes_requested", "Hélène")).text


def test_coded_reason_of_a_refusal_is_translated(world: World, now: dt.datetime) -> None:
    owner = factories.make_user("Ben", language="en")
    held = {"claimed_at": now, "claimed_by": world.moderator}
    newcomer = factories.make_association(now, owner=owner, admitted=False, **held)
    factories.add_member(newcomer, factories.make_user("Zoé"), Role.MANAGER, now)
    associations.refuse_association(
        association=newcomer, reason_code="off_topic", reason="Non.", by=world.moderator, now=now
    )
    assert "Reason: Its purpose has nothing to do with" in render(told("association_refused", "Ben")).text
    assert "Motif\u00a0: Son objet est sans rapport" in render(told("association_refused", "Zoé")).text


def test_series_is_described_in_english(world: World, now: dt.datetime, anna: User) -> None:
    series = factories.make_series(now, world.room, weekdays=[2, 4], every="month", ordinals=[1, -1])
    with transaction.atomic():
        companies.series_to_confirm(availability=series, now=now)
    assert told("series_to_confirm", "Anna").context["series"] == (
        f"Tuesdays and Thursdays, first and last of the month, {HOURS}, every month"
    )
    assert told("series_to_confirm", "Hélène").context["series"] == (
        f"1er et dernier du mois, le mardi et le jeudi, {HEURES}, chaque mois"
    )
    assert "before Saturday 30\u00a0January 2027" in render(told("series_to_confirm", "Anna")).text


def test_who_acts_in_english_still_writes_french_to_the_french(world: World, now: dt.datetime, anna: User) -> None:
    with override("en"):
        book(world, now, by=anna)
        assert get_language() == "en"
    assert told("booking_confirmed", "Karim").context["day"] == JOUR
    assert told("booking_confirmed", "Anna").context["day"] == DAY


def test_languages_cost_no_query(world: World, now: dt.datetime, anna: User) -> None:
    """As many statements for readers of two languages as for readers of one."""
    asked = []
    for language in ("en", "fr"):
        User.objects.filter(pk=anna.pk).update(language=language)
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            book(world, now)
            transaction.set_rollback(True)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_rehearsal_speaks_its_own_language(world: World, now: dt.datetime, anna: User) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    with outbox.rehearsal(language="en") as played:
        emails.booking_confirmed(booking=booking, now=now)
    assert {(one.to_name, one.language, one.context["day"]) for one in played.messages} == {
        (name, "en", DAY) for name in ("Hélène", "Karim", "Anna")
    }
    assert "SUMMARY:Digital workshop" in played.messages[0].calendar
    assert not Message.objects.exists()


@pytest.mark.parametrize("when", ["before the digest is written", "after it is written"])
def test_digest_speaks_the_language_that_its_reader_reads_by_now(world: World, now: dt.datetime, when: str) -> None:
    """What cannot be told anew stays in its own language, whole, and is marked with it."""
    reader = world.association_owner
    booking = book(world, now)
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)
        emails.report_due(workshop=booking.workshop, side=Side.ASSOCIATION, until=now + 30 * DAYS, now=now)
    wishes = Preferences(address=reader.email, reminders=Frequency.DAILY, reports=Frequency.DAILY)
    save_preferences(wishes, now=now)
    items = Message.objects.filter(to_email=reader.email, template__in=["workshop_reminder", "report_due"])
    assert items.update(state="gathered", gathered_at=now, about=f"booking:{booking.pk}") == 2
    # It is the last that is told, and would have the whole digest speak French.
    items.filter(template="report_due").update(gathered_at=now + dt.timedelta(minutes=1), about="")
    if when == "before the digest is written":
        User.objects.filter(pk=reader.pk).update(language="en")
    assert tell_digests(now=now + DAYS) == 1
    User.objects.filter(pk=reader.pk).update(language="en")
    digest = Message.objects.get(template="digest")
    assert why_unwanted(digest, at=now + DAYS) == ""
    said = render(digest)
    assert said.subject == "2 pieces of news from your portal"
    (_, reminder), (language, report) = re.findall(
        r'<div lang="(..)">(.*?)(?=<div lang=|</html>)', said.html, re.DOTALL
    )
    assert (DAY in reminder, JOUR in reminder) == (True, False)
    assert (language, DAY in report) == ("fr", False)
    for words in (JOUR, "Comment s’est passé l’atelier", "Quatre champs, une minute", "Écrire le compte rendu"):
        assert words in report
