"""The pages of members, as people use them."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import members
from accounts.invitations import invitation_path, join_path
from accounts.models import Role, User
from associations.models import Association
from mail.bounces import COMPLAINT, set_aside
from mail.models import Message
from tests import factories
from tests.factories import World

Visitor = Callable[[User], Client]


def test_list_shows_members_invitations_and_who_asks(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_invitation(now, world.company)
    world.company.join_requests.create(user=factories.make_user("Nina"), created_at=now, message="Bonjour")
    page = visitor(world.company_owner).get(reverse("companies:members", args=[world.company.slug])).content.decode()
    assert all(words in page for words in ("2\u00a0membres", "invitee@example.org", "Nina", "Bonjour"))


def test_manager_sees_no_button_that_only_owners_have(world: World, now: dt.datetime, visitor: Visitor) -> None:
    manager = factories.make_user()
    factories.add_member(world.company, manager, Role.MANAGER, now)
    page = visitor(manager).get(reverse("companies:members", args=[world.company.slug])).content.decode()
    assert "Changer le rôle" not in page
    assert "Quitter" in page
    assert 'value="owner"' not in page


def test_wrong_address_comes_back_with_its_error(world: World, visitor: Visitor) -> None:
    address = reverse("companies:member_invite", args=[world.company.slug])
    answer = visitor(world.company_owner).post(address, {"email": "nina@", "role": "volunteer"})
    assert answer.status_code == 422
    assert 'value="nina@"' in answer.content.decode()


def test_address_that_our_mail_does_not_reach_is_not_invited(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """Who invites learns that, and not why; what was there stays."""
    standing = factories.make_invitation(now, world.company, "nina@example.org")
    set_aside(address="nina@example.org", reason=COMPLAINT, now=now)
    factories.forget_mail()
    address = reverse("companies:member_invite", args=[world.company.slug])
    answer = visitor(world.company_owner).post(address, {"email": "Nina@Example.org", "role": "manager"})
    assert (answer.status_code, 'value="Nina@Example.org"' in answer.text) == (422, True)
    said = "Cette adresse ne reçoit pas nos courriels\u00a0: indiquez-en une autre, ou demandez à l’équipe du portail"
    assert answer.context["invite_form"].errors["email"][0].startswith(said)
    assert (said in answer.text, "indésirable" in answer.text) == (True, False)
    invitation = world.company.invitations_sent().get()
    assert (invitation.pk, invitation.revoked_at, Message.objects.count()) == (standing.pk, None, 0)


def test_following_an_invitation_changes_nothing_and_the_button_lets_in(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    invitation = factories.make_invitation(now, world.association, "nina@example.org")
    address = invitation_path(world.association, invitation)
    nina = factories.make_user(email="nina@example.org")
    client = visitor(nina)
    assert "Accepter l’invitation" in client.get(address).content.decode()
    assert not world.association.members().filter(user=nina).exists()
    assert client.post(address).status_code == 302
    assert world.association.members().get(user=nina).role == Role.VOLUNTEER
    assert "ne sert plus" in client.get(address).content.decode()


def test_another_account_is_told_which_address_to_use(world: World, now: dt.datetime, visitor: Visitor) -> None:
    invitation = factories.make_invitation(now, world.association, "nina@example.org")
    answer = visitor(world.company_owner).post(invitation_path(world.association, invitation))
    assert answer.status_code == 409
    assert "connectez-vous avec cette adresse" in answer.content.decode()


@pytest.mark.parametrize("token", ["1", "1.x", "x.y", "99999999999999999999.z"])
@pytest.mark.django_db
def test_link_that_we_did_not_sign_leads_nowhere(client: Client, token: str) -> None:
    assert client.get(reverse("companies:invitation", args=[token])).status_code == 404


def test_link_of_one_kind_does_not_open_the_other(world: World, now: dt.datetime, client: Client) -> None:
    token = invitation_path(world.company, factories.make_invitation(now, world.company)).split("/")[-2]
    assert client.get(reverse("associations:invitation", args=[token])).status_code == 404


def test_invited_person_signs_up_and_comes_back_to_the_invitation(
    world: World, now: dt.datetime, client: Client
) -> None:
    address = invitation_path(world.company, factories.make_invitation(now, world.company, "nina@example.org"))
    assert client.head(address).status_code == 200
    signup = re.search(r'href="(/compte/signup/[^"]+)"', client.get(address).content.decode())
    assert signup is not None
    client.post(
        signup[1], {"name": "Nina", "email": "nina@example.org", "password1": "une-porte-ouverte", "next": address}
    )
    code = Message.objects.get(template="account_notice").context["code"]
    answer = client.post(reverse("account_email_verification_sent"), {"code": code})
    assert answer["Location"] == address
    assert client.post(address).status_code == 302
    assert world.company.members().filter(user__email="nina@example.org").exists()


IDENTITY = {"name": "La Souris", "legal_form": "association", "commune": "Roubaix (59)"}


def test_registered_number_leads_to_joining(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_association(now, name="La Souris verte", rna="W591234567")
    client = visitor(factories.make_user("Nina"))
    answer = client.post(reverse("associations:create"), IDENTITY | {"rna": "W591234567"})
    assert answer.status_code == 422
    join = re.search(r'href="(/associations/rejoindre/[^"]+)"', answer.content.decode())
    assert join is not None
    assert "La Souris verte" in client.get(join[1]).content.decode()
    assert client.head(join[1]).status_code == 200
    assert client.post(join[1], {"message": "Bonjour"}).status_code == 302
    assert Message.objects.filter(template="join_requested").count() == 1
    assert client.post(join[1], {"message": "Bonjour"}).status_code == 422


def test_who_registers_to_post_a_request_comes_back_to_what_they_searched(world: World, visitor: Visitor) -> None:
    client = visitor(factories.make_user("Nina"))
    asked = "/creneaux/demander/?lieu=59350&places=7"
    there = client.get(asked)["Location"]
    page = client.get(there, follow=True).text
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', page)
    assert action is not None
    assert f'name="next" value="{html.escape(asked)}"' in page
    done = client.post(html.unescape(action[1]), IDENTITY, follow=True)
    assert done.redirect_chain[0][0] == asked
    assert (done.context["form"]["participants"].value(), "Lille" in str(done.context["form"]["commune"])) == (
        "7",
        True,
    )


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_who_registers_is_led_nowhere_else(world: World, visitor: Visitor, elsewhere: str) -> None:
    client = visitor(factories.make_user("Nina"))
    address = f"{reverse('associations:create')}?{urlencode({'next': elsewhere})}"
    assert "example.org" not in client.get(address).text
    assert client.post(address, IDENTITY)["Location"] == reverse(
        "association", args=[Association.objects.latest("pk").slug]
    )


def test_same_name_in_the_same_commune_may_be_another_organisation(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    factories.make_association(now, name="La  SOURIS")
    client = visitor(factories.make_user())
    answer = client.post(reverse("associations:create"), IDENTITY)
    assert answer.status_code == 422
    assert 'type="checkbox" name="another"' in answer.content.decode()
    assert client.post(reverse("associations:create"), IDENTITY | {"another": "on"}).status_code == 302
    assert Association.objects.filter(search_name="la souris").count() == 2


def test_names_in_other_scripts_are_not_taken_for_one_another(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_association(now, name="会社")
    client = visitor(factories.make_user())
    assert client.post(reverse("associations:create"), IDENTITY | {"name": "東京"}).status_code == 302
    assert client.post(reverse("associations:create"), IDENTITY | {"name": "会社"}).status_code == 422


def test_volunteer_link_shows_a_code_to_scan(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    address = reverse("companies:volunteer_link", args=[world.company.slug])
    assert client.post(address, {"domains": "gmail.com"}).status_code == 422
    assert client.post(address, {"domains": "pas un domaine !"}).status_code == 422
    page = client.post(address, {"domains": "menuiserie.example"}, follow=True).content.decode()
    assert 'class="qr"' in page
    assert "/entreprises/invitation/" in page


def test_who_was_taken_out_does_not_come_back_by_the_link(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """By an invitation in their name they do; and who left by themselves may use the link again."""
    boss = world.company_owner
    link = members.open_volunteer_link(organisation=world.company, domains=["parc.example"], by=boss, now=now)
    path = invitation_path(world.company, link)
    person = factories.make_user(email="ana@parc.example")
    taken_out_by = [person, world.company_owner]
    for by in taken_out_by:
        visitor(person).post(path)
        own = world.company.members().get(user=person)
        visitor(by).post(reverse("companies:member_remove", args=[world.company.slug, own.pk]))
    answer = visitor(person).post(path, follow=True)
    assert "demandez une invitation" in answer.text
    assert not world.company.members().filter(user=person).exists()
    named = members.invite_member(organisation=world.company, email=person.email, role=Role.VOLUNTEER, by=boss, now=now)
    visitor(person).post(invitation_path(world.company, named))
    assert world.company.members().filter(user=person).exists()


def test_same_number_is_joined_before_the_same_name(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_company(now, name="Twin")
    numbered = factories.make_company(now, name="Tout Autre", siren="732829320")
    typed = {"name": "Twin", "legal_form": "company", "commune": "Lille (59)", "siren": "732829320"}
    answer = visitor(world.volunteer).post(reverse("companies:create"), typed)
    assert answer.status_code == 422
    assert join_path(numbered) in answer.text


def test_who_is_taken_out_loses_the_invitations_to_their_address(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    boss = world.company_owner
    person = factories.make_user(email="ana@parc.example")
    named = members.invite_member(organisation=world.company, email=person.email, role=Role.MANAGER, by=boss, now=now)
    factories.add_member(world.company, person, Role.VOLUNTEER, now)
    own = world.company.members().select_related("user").get(user=person)
    members.remove_member(organisation=world.company, member=own, by=world.company_owner, now=now)
    answer = visitor(person).post(invitation_path(world.company, named))
    assert answer.status_code == 409
    assert not world.company.members().filter(user=person).exists()


def test_members_are_asked_for_every_year_until_somebody_answers(world: World, now: dt.datetime) -> None:
    told = []
    for days in (366, 370, 731, 1096):
        members.ask_to_confirm_members(organisations=[world.company], now=now + dt.timedelta(days=days))
        told.append(Message.objects.filter(template="members_to_confirm").count())
    assert told == [1, 1, 2, 3]
