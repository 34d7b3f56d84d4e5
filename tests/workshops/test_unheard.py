"""What nobody of a side read is said to the other side, to those who run the portal, and to that side itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from mail.actions import RESTORED, save_preferences
from mail.bounces import set_aside
from mail.digests import tell_digests
from mail.kinds import Frequency
from mail.models import Message, Preferences
from solidarite.operator_tasks import operator_tasks
from tests import factories
from tests.factories import World
from workshops import actions, emails
from workshops.ledger import LABELS, ledger
from workshops.models import Booking, Side
from workshops.unheard import NAMES, unheard_by, unheard_lately

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
REASON = "550 5.1.1 no such user"


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    made = factories.make_booking(now, world.slot, world.association)
    return Booking.objects.with_everything().get(pk=made.pk)


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("racine@example.org", name="Racine")


def cancel(booking: Booking, side: Side, by: User, now: dt.datetime) -> None:
    actions.cancel_booking(booking=booking, side=side, reason="Panne.", by=by, now=now)


def lose(person: User, how: str, now: dt.datetime) -> None:
    """All that this person was written is lost."""
    told = Message.objects.filter(to_email=person.email)
    blank = {"sent_at": None, "failed_at": None, "skipped_at": None}
    ends: dict[str, dict[str, Any]] = {
        "set aside": {"state": "skipped", "skipped_at": now, "last_error": f"Adresse écartée\u00a0: {REASON}"},
        "refused": {"state": "failed", "failed_at": now, "last_error": "550 5.7.1 policy"},
        "came back": {"state": "sent", "sent_at": now, "outcome": "bounced", "outcome_at": now},
    }
    told.update(**blank | ends[how])


def page(client: Client, booking: Booking, side: Side) -> str:
    organisation = booking.slot.room.site.company if side == Side.COMPANY else booking.association
    answer = client.get(reverse(f"workshops:{side}_booking", args=[organisation.slug, booking.pk]))
    return re.sub(r"<[^>]+>", "", answer.text)


def lines(client: Client) -> list[str]:
    """The titles of « Ce qui vous attend »."""
    return re.findall(r"<li>\s*<span><strong>(.*?)</strong>", client.get(reverse("dashboard")).text)


def test_each_mail_of_the_ledger_has_a_name() -> None:
    assert NAMES.keys() == LABELS.keys()


@pytest.mark.parametrize("how", ["set aside", "refused", "came back"])
@pytest.mark.parametrize("lost", list(Side))
def test_page_of_the_other_side_says_what_was_not_got(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, lost: Side, how: str
) -> None:
    people = {Side.COMPANY: world.company_owner, Side.ASSOCIATION: world.association_owner}
    other = lost.other
    cancel(booking, other, people[other], now)
    client = visitor(people[other])
    assert "n’a pas reçu" not in page(client, booking, other)
    lose(people[lost], how, now)
    told = page(client, booking, other)
    assert f"L’{lost.label} n’a pas reçu l’annulation\u00a0: joignez-la par téléphone." in told
    assert f"à 1\u00a0personne de l’{lost.label}" in told
    assert "n’a pas reçu" not in page(visitor(people[lost]), booking, lost)


def test_several_facts_are_named_together_and_once(world: World, booking: Booking, now: dt.datetime) -> None:
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
        emails.workshop_today(workshop=booking.workshop, now=now + DAY)
    assert unheard_by(Side.ASSOCIATION, booking) == "la confirmation et le rappel du jour"
    assert unheard_by(Side.COMPANY, booking) == ""


def test_who_is_reached_stands_for_their_side(world: World, booking: Booking, now: dt.datetime) -> None:
    factories.add_member(world.association, factories.make_user("Zoé"), Role.MANAGER, now)
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    cancel(booking, Side.COMPANY, world.company_owner, now)
    assert unheard_by(Side.ASSOCIATION, booking) == ""
    lost = [one.who for one in ledger(booking) if "pas remis" in one.what]
    assert lost == ["à 1\u00a0personne de l’association"]


def test_lost_volunteer_is_no_side(world: World, booking: Booking, now: dt.datetime) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    set_aside(address=world.volunteer.email, reason=REASON, now=now)
    cancel(booking, Side.COMPANY, world.company_owner, now)
    assert [unheard_by(side, booking) for side in Side] == ["", ""]
    assert [one.who for one in ledger(booking) if "pas remis" in one.what] == ["à 1\u00a0personne"]


def test_digest_that_is_lost_is_lost_with_what_it_holds(world: World, booking: Booking, now: dt.datetime) -> None:
    address = world.association_owner.email
    save_preferences(Preferences(address=address, reminders=Frequency.DAILY), now=now)
    with transaction.atomic():
        emails.workshop_reminder(workshop=booking.workshop, now=now)
    held = Message.objects.filter(template="workshop_reminder", to_email=address)
    held.update(state="gathered", gathered_at=now)
    assert tell_digests(now=now + DAY) == 1
    assert unheard_by(Side.ASSOCIATION, booking) == ""
    digest = Message.objects.filter(template="digest")
    digest.update(state="skipped", skipped_at=now, last_error=f"Adresse écartée\u00a0: {REASON}")
    assert unheard_by(Side.ASSOCIATION, booking) == "le rappel"
    assert [(one.side, one.what) for one in unheard_lately(now)] == [(Side.ASSOCIATION, "le rappel")]
    digest.update(state="failed", failed_at=now, skipped_at=None, last_error=RESTORED)
    assert (unheard_by(Side.ASSOCIATION, booking), unheard_lately(now)) == ("", [])


def test_what_a_restore_holds_back_may_have_arrived(world: World, booking: Booking, now: dt.datetime) -> None:
    cancel(booking, Side.COMPANY, world.company_owner, now)
    Message.objects.update(state="failed", failed_at=now, last_error=RESTORED)
    assert unheard_by(Side.ASSOCIATION, booking) == ""
    assert unheard_lately(now) == []


@pytest.mark.parametrize("other_side", ["deaf", "reached"])
def test_who_calls_off_or_writes_is_not_told_that_everybody_knows(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, other_side: str
) -> None:
    deaf = other_side == "deaf"
    if deaf:
        set_aside(address=world.association_owner.email, reason=REASON, now=now)
    client, told = visitor(world.company_owner), []
    for name, given in (("note", {"kind": "programme", "text": "Bonjour."}), ("cancel", {"code": "closed"})):
        address = reverse(f"workshops:company_{name}", args=[world.company.slug, booking.pk])
        told.append(client.post(address, given, follow=True).text)
    said = ["Votre message est envoyé.", "Tout le monde est prévenu."]
    assert [words in page for words, page in zip(said, told, strict=True)] == [not deaf] * 2
    assert ["n’a pas reçu" in page for page in told] == [deaf] * 2
    assert "La réservation est annulée." in told[1]


# --- those who run the portal -------------------------------------------------------------------------


def test_operators_find_each_booking_once(
    world: World, booking: Booking, now: dt.datetime, operator: User, visitor: Visitor
) -> None:
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    cancel(booking, Side.COMPANY, world.company_owner, now)
    told, client = f"{world.association.name} n’a pas reçu l’annulation", visitor(operator)
    assert lines(client).count(told) == 1
    [task] = [one for one in operator_tasks(operator, now) if one.title == told]
    shown = client.get(task.url)
    assert (shown.status_code, world.association_owner.email in shown.text) == (200, True)
    assert not operator_tasks(world.company_owner, now)
    # An evening that is over is nobody's to save.
    assert told not in [one.title for one in operator_tasks(operator, booking.slot.ends_at + 4 * DAY)]


def test_operators_are_not_told_of_what_nobody_waits_for(world: World, now: dt.datetime, operator: User) -> None:
    pending = factories.make_booking(now, world.slot, world.association, state="pending")
    with transaction.atomic():
        emails.booking_requested(booking=Booking.objects.with_everything().get(pk=pending.pk), now=now)
    lose(world.company_owner, "refused", now)
    assert operator_tasks(operator, now) == []


def test_of_what_is_called_off_its_end_alone_matters(
    world: World, booking: Booking, now: dt.datetime, operator: User
) -> None:
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
    cancel(booking, Side.ASSOCIATION, world.association_owner, now)
    assert unheard_by(Side.ASSOCIATION, booking) == "l’annulation"
    Message.objects.filter(template="booking_cancelled").update(state="sent", sent_at=now, skipped_at=None)
    assert (unheard_by(Side.ASSOCIATION, booking), unheard_lately(now)) == ("", [])


# --- the side itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
def test_dashboard_names_an_evening_that_was_called_off_unheard(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    people = {Side.COMPANY: world.company_owner, Side.ASSOCIATION: world.association_owner}
    names = {Side.COMPANY: world.company.name, Side.ASSOCIATION: world.association.name}
    other = side.other
    cancel(booking, other, people[other], now)
    client, told = visitor(people[side]), f"L’atelier du mardi 8\u00a0décembre est annulé par {names[other]}"
    assert told not in lines(client)
    lose(people[side], "set aside", now)
    assert lines(client)[0] == told
    assert told not in lines(visitor(people[other]))


def test_what_one_called_off_oneself_is_no_news(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    cancel(booking, Side.ASSOCIATION, world.association_owner, now)
    lose(world.association_owner, "set aside", now)
    assert lines(visitor(world.association_owner)) == []


def test_volunteer_finds_that_a_promised_evening_is_off(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    cancel(booking, Side.COMPANY, world.company_owner, now)
    told = f"L’atelier du mardi 8\u00a0décembre est annulé par {world.company.name}"
    client = visitor(world.volunteer)
    assert told not in lines(client)
    lose(world.volunteer, "set aside", now)
    assert told in lines(client)
