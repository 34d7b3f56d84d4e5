"""A member whose address refuses our mail is never a silence: others hear of it."""

from __future__ import annotations

import datetime as dt

from accounts.models import Role, User
from mail.bounces import set_aside
from mail.models import Message
from tests import factories
from tests.factories import World

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


def test_it_is_told_once_and_for_each_organisation(world: World, now: dt.datetime) -> None:
    factories.add_member(world.company, world.association_owner, Role.MANAGER, now)
    other = factories.make_user("Zoé")
    factories.add_member(world.association, other, Role.OWNER, now)
    silence(world.association_owner, now)
    assert told() == [("Hélène", False), ("Zoé", False)]
    assert not set_aside(address=world.association_owner.email, reason="x", now=now)
    assert len(told()) == 2


def test_volunteers_and_strangers_are_nobodys_silence(world: World, now: dt.datetime) -> None:
    silence(world.volunteer, now)
    set_aside(address="eve@example.org", reason=REASON, now=now)
    assert told() == []
