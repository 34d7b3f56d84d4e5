"""What awaits those who run the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Role, User
from mail.bounces import set_aside
from mail.models import Suppression
from solidarite.operator_tasks import operator_tasks
from tests import factories
from tests.factories import World

Visitor = Callable[[User], Client]
REASON = "550 5.1.1 no such user"


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("racine@example.org", name="Racine")


@pytest.mark.parametrize("space", ["company", "association"])
def test_entry_of_an_organisation_stays_until_somebody_is_reached(
    world: World, now: dt.datetime, operator: User, visitor: Visitor, space: str
) -> None:
    def waiting() -> list[str]:
        return [task.title for task in operator_tasks(operator, now)]

    organisation, owner = getattr(world, space), getattr(world, f"{space}_owner")
    colleague = factories.make_user("Ines")
    factories.add_member(organisation, colleague, Role.MANAGER, now)
    for silent in (owner, world.volunteer):
        set_aside(address=silent.email, reason=REASON, now=now)
    assert waiting() == []
    set_aside(address=colleague.email, reason=REASON, now=now)
    assert waiting() == [f"Plus personne ne reçoit nos courriels\u00a0: {organisation.name}"]
    aside = Suppression.objects.filter(address=owner.email)
    [task] = operator_tasks(operator, now)
    assert task.url == reverse("admin:mail_suppression_change", args=[aside.get().pk])
    assert REASON in visitor(operator).get(task.url).text
    aside.delete()
    assert waiting() == []


def test_who_does_not_run_the_portal_is_told_of_nobody(world: World, now: dt.datetime) -> None:
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    moderator = factories.make_user(is_moderator=True)
    assert [operator_tasks(one, now) for one in (world.company_owner, moderator)] == [[], []]


def test_pages_of_operators_stay_closed_without_a_second_factor(
    world: World, now: dt.datetime, operator: User, settings: Settings
) -> None:
    set_aside(address=world.association_owner.email, reason=REASON, now=now)
    assert operator_tasks(operator, now) != []
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert operator_tasks(operator, now) == []
