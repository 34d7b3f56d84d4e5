"""What people are told about their place in an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts import emails
from accounts.actions import members as actions
from accounts.models import Organisation, Role, User
from mail.models import Message
from mail.rendering import render
from territories.wording import day_date, long_date
from tests import factories
from tests.factories import World


def company(world: World) -> Organisation:
    world.company.name = "Bois & Fils"
    world.company.save()
    return world.company


def member(world: World, user: User) -> Any:
    return world.company.members().select_related("user").get(user=user)


def invited(world: World, now: dt.datetime) -> None:
    me = world.company_owner
    actions.invite_member(organisation=company(world), email="nina@example.org", role=Role.MANAGER, by=me, now=now)


def joined(world: World, now: dt.datetime) -> None:
    invitation = factories.make_invitation(now, world.company, "nina@example.org")
    nina = factories.make_user("Nina", email="nina@example.org")
    actions.accept_invitation(organisation=company(world), invitation=invitation, by=nina, now=now)


def changed(world: World, now: dt.datetime) -> None:
    volunteer = member(world, world.volunteer)
    by = world.company_owner
    actions.change_role(organisation=company(world), member=volunteer, role=Role.MANAGER, by=by, now=now)


def removed(world: World, now: dt.datetime) -> None:
    volunteer = member(world, world.volunteer)
    actions.remove_member(organisation=company(world), member=volunteer, by=world.company_owner, now=now)


def asked(world: World, now: dt.datetime) -> None:
    nina = factories.make_user("Nina", email="nina@example.org")
    actions.ask_to_join(organisation=company(world), message="Je range les <b>copeaux</b>.", by=nina, now=now)


def answered(world: World, now: dt.datetime) -> None:
    nina = factories.make_user("Nina", email="nina@example.org")
    request = world.company.join_requests.create(user=nina, created_at=now)
    by = world.company_owner
    actions.answer_join_request(organisation=company(world), asked=request, role=Role.VOLUNTEER, by=by, now=now)


def confirm(world: World, now: dt.datetime) -> None:
    actions.ask_to_confirm_members(organisations=[company(world)], now=now)


def merged(world: World, now: dt.datetime) -> None:
    owners = world.company.owners()
    emails.organisations_merged(
        organisation=company(world), absorbed="Bois et fils", number=7, suspended="", people=owners, now=now
    )


MAILS = [
    (invited, "member_invited", "nina@example.org", "Bois & Fils vous invite", "/entreprises/invitation/"),
    (joined, "member_joined", "Hélène", "Nina est membre de Bois & Fils", "comme bénévole"),
    (changed, "role_changed", "Lucie", "Votre rôle chez Bois & Fils", "gestionnaire"),
    (removed, "member_removed", "Lucie", "Vous n’êtes plus membre de Bois & Fils", "Vos accès"),
    (asked, "join_requested", "Hélène", "Nina demande à entrer chez Bois & Fils", "<b>copeaux</b>"),
    (answered, "join_answered", "Nina", "Bois & Fils vous accueille", "Vous êtes membre"),
    (merged, "organisations_merged", "Hélène", "Vos deux fiches sont réunies", "Bois et fils"),
    (confirm, "members_to_confirm", "Hélène", "Vos membres sont-ils toujours les bons\u00a0?", "2\u00a0membres"),
]


@pytest.mark.parametrize(("move", "template", "to", "subject", "words"), MAILS)
def test_each_fact_is_told_once_in_words(
    world: World,
    now: dt.datetime,
    move: Callable[[World, dt.datetime], None],
    template: str,
    to: str,
    subject: str,
    words: str,
) -> None:
    move(world, now)
    message = Message.objects.get()
    rendered = render(message)
    assert (message.template, rendered.subject) == (template, subject)
    assert to in (message.to_name, message.to_email)
    assert words in rendered.text
    assert "<b>copeaux" not in rendered.html


@pytest.mark.parametrize(("commune", "hour", "day"), [("59350", 22, 15), ("59350", 23, 16), ("98818", 13, 16)])
def test_invitation_and_page_tell_its_last_day_where_the_organisation_is(
    world: World, visitor: Callable[[User], Client], commune: str, hour: int, day: int
) -> None:
    world.company.commune_id = commune
    world.company.save()
    now = dt.datetime(2026, 12, 1, hour, 30, tzinfo=dt.UTC)
    invited(world, now)
    until = Message.objects.get().context["until"]
    assert until == long_date(dt.date(2026, 12, day))
    with travel(now, tick=False):
        page = visitor(world.company_owner).get(reverse("companies:members", args=[world.company.slug])).text
    assert f"gestionnaire, jusqu’au {day_date(dt.date(2026, 12, day))}<" in page


def test_link_of_an_invitation_is_erased_once_sent(world: World, now: dt.datetime) -> None:
    invited(world, now)
    assert Message.objects.get().secret
