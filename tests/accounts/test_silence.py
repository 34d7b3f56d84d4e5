"""A member whose address refuses our mail is never a silence: others hear of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import members
from accounts.models import Role, User
from companies.actions import register_company
from companies.models import Company
from mail import bounces
from mail.bounces import set_aside
from mail.models import Message, Suppression
from mail.outbox import post
from mail.rendering import render
from tests import factories
from tests.factories import World

Visitor = Callable[[User], Client]
HOUR = dt.timedelta(hours=1)
REASON = "550 5.1.1 no such user"


def told() -> list[tuple[str, bool]]:
    rows = Message.objects.filter(template="address_silent").order_by("to_name")
    return [(message.to_name, message.context["alone"]) for message in rows]


def silence(person: User, now: dt.datetime) -> None:
    assert set_aside(address=person.email, reason=REASON, now=now)


def test_other_members_who_act_for_it_and_the_operators_are_told(world: World, now: dt.datetime) -> None:
    User.objects.create_superuser("racine@example.org", name="Racine")
    manager = factories.make_user("Ines")
    factories.add_member(world.company, manager, Role.MANAGER, now)
    silence(world.company_owner, now)
    assert told() == [("Ines", False), ("Racine", False)]
    message = Message.objects.filter(template="address_silent")[0]
    assert (message.context["address"], message.context["reason"]) == (world.company_owner.email, REASON)


def test_operators_hear_that_nobody_is_left(world: World, now: dt.datetime) -> None:
    User.objects.create_superuser("racine@example.org", name="Racine")
    silence(world.association_owner, now)
    assert told() == [("Racine", True)]


@pytest.mark.parametrize("template", ["address_silent", "address_lost"])
def test_operators_are_led_to_the_address_itself(
    world: World, now: dt.datetime, visitor: Visitor, template: str
) -> None:
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    silence(world.association_owner if template == "address_silent" else factories.make_user("Seule"), now)
    said = render(Message.objects.get(template=template, to_email=operator.email))
    page = reverse("admin:mail_suppression_change", args=[Suppression.objects.get().pk])
    assert [page in text for text in (said.text, said.html)] == [True, True]
    assert REASON in visitor(operator).get(page).text


def test_members_are_not_led_where_operators_are(world: World, now: dt.datetime) -> None:
    silence(world.company_owner, now)
    said = render(Message.objects.get(template="address_silent", to_name="Lucie"))
    assert "/admin/" not in said.text + said.html


def test_it_is_told_once_and_for_each_organisation(world: World, now: dt.datetime) -> None:
    factories.add_member(world.company, world.association_owner, Role.MANAGER, now)
    other = factories.make_user("Zoé")
    factories.add_member(world.association, other, Role.OWNER, now)
    silence(world.association_owner, now)
    assert told() == [("Hélène", False), ("Zoé", False)]
    assert not set_aside(address=world.association_owner.email, reason="x", now=now)
    assert len(told()) == 2


def test_manager_hears_of_a_silent_volunteer(world: World, now: dt.datetime) -> None:
    silence(world.volunteer, now)
    assert told() == [("Hélène", False)]


def test_who_invites_hears_that_the_invitation_did_not_arrive(world: World, now: dt.datetime) -> None:
    factories.make_invitation(now, world.association, email="Neuve@example.org")
    set_aside(address="neuve@example.org", reason=REASON, now=now)
    assert told() == [("Karim", False)]
    assert Message.objects.get(template="address_silent").context["person"] == "neuve@example.org"


def test_company_hears_that_the_link_to_sign_did_not_arrive(world: World, now: dt.datetime) -> None:
    named = {"signatory_email": "legale@example.org", "signatory_name": "Aline Roux"}
    stamps = {"signed_at": None, "submitted_at": None, "link_sent_at": now}
    factories.make_signature(now, world.company, world.charter, state="draft", **named, **stamps)
    set_aside(address="legale@example.org", reason=REASON, now=now)
    assert told() == [("Hélène", False)]
    assert Message.objects.get(template="address_silent").context["person"] == "Aline Roux"


@pytest.mark.parametrize("move", ["change_role", "hand_over"])
def test_who_begins_to_act_and_hears_nothing_is_told_of(world: World, now: dt.datetime, move: str) -> None:
    set_aside(address=world.volunteer.email, reason=REASON, now=now)
    factories.forget_mail()
    member = world.company.members().get(user=world.volunteer)
    given = {"organisation": world.company, "by": world.company_owner, "now": now}
    if move == "hand_over":
        members.hand_over(to=member, **given)  # type: ignore[arg-type]
    else:
        members.change_role(member=member, role=Role.MANAGER, **given)  # type: ignore[arg-type]
    assert told() == [("Hélène", False)]


def test_strangers_are_nobodys_silence(world: World, now: dt.datetime) -> None:
    set_aside(address="eve@example.org", reason=REASON, now=now)
    assert told() == []


@pytest.mark.django_db
def test_operators_hear_of_who_is_of_no_organisation(now: dt.datetime) -> None:
    operators = [factories.make_user(name, is_staff=True) for name in ("Odile", "Paul")]
    silence(operators[0], now)
    silence(factories.make_user("Seule"), now)
    told = (
        Message.objects.filter(template="address_lost", state="queued").order_by("pk").values_list("to_name", flat=True)
    )
    assert list(told) == ["Paul", "Paul"]


def test_members_hear_that_nobody_acts_any_more(world: World, now: dt.datetime) -> None:
    silence(world.company_owner, now)
    assert ("Lucie", True) in told()


def test_who_is_silent_too_is_not_somebody_who_acts(world: World, now: dt.datetime) -> None:
    manager = factories.make_user("Ines")
    factories.add_member(world.company, manager, Role.MANAGER, now)
    silence(manager, now)
    assert told() == [("Hélène", False)]
    silence(world.company_owner, now)
    assert told() == [("Hélène", False), ("Lucie", True)]


@pytest.mark.parametrize("move", ["leave", "step down"])
def test_members_hear_when_only_silent_ones_are_left(world: World, now: dt.datetime, move: str) -> None:
    other = factories.make_user("Ines")
    factories.add_member(world.company, other, Role.OWNER, now)
    member = world.company.members().get(user=other)
    silence(world.company_owner, now)
    assert told() == [("Ines", False)]
    given = {"organisation": world.company, "member": member, "by": other, "now": now + HOUR}
    if move == "leave":
        members.remove_member(**given)
    else:
        members.change_role(role=Role.VOLUNTEER, **given)
    assert ("Lucie", True) in told()


def test_volunteers_come_and_go_without_a_word_of_it(world: World, now: dt.datetime) -> None:
    silence(world.company_owner, now)
    said = told()
    member = world.company.members().get(user=world.volunteer)
    members.remove_member(organisation=world.company, member=member, by=world.volunteer, now=now + HOUR)
    assert told() == said


def test_operators_hear_of_a_silent_person_who_registers(world: World, now: dt.datetime) -> None:
    User.objects.create_superuser("racine@example.org", name="Racine")
    person = factories.make_user("Muette")
    set_aside(address=person.email, reason=REASON, now=now)
    register_company(company=Company(name="Neuve", legal_form="company", commune_id="59350"), by=person, now=now)
    assert told() == [("Racine", True)]


def test_managers_hear_of_a_silent_person_who_comes(world: World, now: dt.datetime) -> None:
    person = factories.make_user("Muette")
    set_aside(address=person.email, reason=REASON, now=now)
    asked = members.ask_to_join(organisation=world.company, message="", by=person, now=now)
    given = {"organisation": world.company, "by": world.company_owner, "now": now}
    members.answer_join_request(asked=asked, role=Role.MANAGER, **given)  # type: ignore[arg-type]
    assert told() == [("Hélène", False)]


def complain(address: str, now: dt.datetime) -> None:
    """Somebody marks one of our mails as unwanted, and the provider tells us."""
    with transaction.atomic():
        post("account_notice", key=f"any:{address}", to=(address, ""), context={}, now=now)
    bounces.note(event=bounces.Event.COMPLAINED, address=address, message_id="", reason="", now=now)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_others_hear_that_mail_was_stopped_and_not_who_complained(
    world: World, now: dt.datetime, language: str
) -> None:
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    alone = factories.make_user("Seule")
    User.objects.update(language=language)
    for person in (world.volunteer, alone):
        complain(person.email, now)
    found = Message.objects.filter(template__in=["address_silent", "address_lost"])
    assert sorted(found.values_list("template", "to_name")) == [
        ("address_lost", operator.name),
        ("address_silent", world.company_owner.name),
        ("address_silent", operator.name),
    ]
    for message in found:
        said = render(message)
        stopped = {"fr": "ous avons arrêté les courriels à", "en": "e have stopped mail to"}[language]
        assert [stopped in text for text in (said.text, said.html)] == [True, True]
        words = f"{said} {message.context}"
        for never in ("indésirable", "signalé", "messagerie", "refuse", "unwanted", "spam", "answers", "répond"):
            assert never not in words


# --- the person themselves ----------------------------------------------------------------------------

NOTICE = "Nos courriels n’arrivent plus à {}"


@pytest.mark.parametrize("role", ["company_owner", "association_owner", "volunteer"])
def test_person_is_told_where_they_look_and_how_to_go_on(
    world: World, now: dt.datetime, visitor: Visitor, role: str
) -> None:
    person: User = getattr(world, role)
    client, address = visitor(person), reverse("account_email")
    pages = [reverse(name) for name in ("dashboard", "own_preferences", "account_email")]
    told = NOTICE.format(person.email)
    assert [told in client.get(page).text for page in pages] == [False] * 3
    silence(person, now)
    assert [told in client.get(page).text for page in pages] == [True] * 3
    for page in pages[:2]:
        assert f'href="{address}">Donner une autre adresse</a>' in client.get(page).text
    # They give another one, and all is well.
    other = "ailleurs@example.org"
    client.post(address, {"action_add": "", "email": other})
    code = Message.objects.filter(template="account_notice", to_email=other).latest("pk").context["code"]
    client.post(reverse("account_email_verification_sent"), {"code": code})
    client.post(address, {"action_primary": "", "email": other})
    assert ["n’arrivent plus à" in client.get(page).text for page in pages] == [False] * 3


def test_page_of_addresses_says_which_one_nothing_reaches(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """However verified it is, in whatever letters."""
    person, client = world.company_owner, visitor(world.company_owner)
    EmailAddress.objects.create(user=person, email="Autre@example.org", verified=True, primary=False)
    set_aside(address="autre@example.org", reason=REASON, now=now)
    page = client.get(reverse("account_email")).text
    beside = dict(re.findall(r"<span>(\S+@\S+)\s+<span class=\"badge[^>]*>([^<]+)</span>", page))
    assert beside == {person.email: "vérifiée", "Autre@example.org": "nos courriels n’y arrivent plus"}
    assert "n’arrivent plus à" not in page


def test_what_leaves_always_is_not_promised_to_who_gets_nothing(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client, page = visitor(world.company_owner), reverse("own_preferences")
    assert "part toujours" in client.get(page).text
    silence(world.company_owner, now)
    assert "part toujours" not in client.get(page).text


def test_door_tells_nobody_whose_address_is_set_aside(world: World, now: dt.datetime, client: Client) -> None:
    silence(world.company_owner, now)
    asked = client.post(reverse("account_request_login_code"), {"email": world.company_owner.email}, follow=True).text
    assert "n’arrivent plus" not in asked
