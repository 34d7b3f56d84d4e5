"""Members of an organisation: the same rules for companies and associations."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from icalendar import Calendar

from accounts.actions import members as actions
from accounts.models import Organisation, Role, User
from companies import actions as companies
from companies.models import Membership, SlotVolunteer
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.races import at_once

DAY = dt.timedelta(days=1)


@pytest.fixture(params=["company", "association"])
def organisation(request: pytest.FixtureRequest, world: World) -> Organisation:
    found: Organisation = getattr(world, request.param)
    return found


def owner(organisation: Organisation) -> Any:
    return organisation.members().select_related("user").get(role=Role.OWNER)


def join(organisation: Any, role: Role, now: dt.datetime) -> Any:
    user = factories.make_user()
    factories.add_member(organisation, user, role, now)
    return organisation.members().select_related("user").get(user=user)


def roles(organisation: Organisation) -> list[str]:
    return sorted(organisation.members().values_list("role", flat=True))


def invite(
    organisation: Organisation, now: dt.datetime, email: str = "nina@example.org", role: Role = Role.MANAGER
) -> Any:
    by = owner(organisation).user
    return actions.invite_member(organisation=organisation, email=email, role=role, by=by, now=now)


def accept(organisation: Organisation, invitation: Any, by: User, now: dt.datetime) -> Any:
    return actions.accept_invitation(organisation=organisation, invitation=invitation, by=by, now=now)


def test_invitation_brings_its_address_in_once(organisation: Organisation, now: dt.datetime) -> None:
    invitation = invite(organisation, now, " Nina@Example.org ")
    nina = factories.make_user(email="nina@example.org")
    member = accept(organisation, invitation, nina, now + 13 * DAY)
    assert (member.user, member.role) == (nina, Role.MANAGER)
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, invitation, nina, now + 13 * DAY)


def test_invitation_refuses_another_address(organisation: Organisation, now: dt.datetime) -> None:
    invitation = invite(organisation, now)
    with pytest.raises(actions.OtherAddress, match=r"nina@example\.org"):
        accept(organisation, invitation, factories.make_user(), now)
    assert roles(organisation).count(Role.MANAGER) == 0


def test_invitation_refuses_an_address_that_is_not_verified(organisation: Organisation, now: dt.datetime) -> None:
    nina = factories.make_user(email="nina@example.org")
    nina.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]  # allauth's
    with pytest.raises(actions.OtherAddress):
        accept(organisation, invite(organisation, now), nina, now)


def test_invitation_expires_after_fourteen_days(organisation: Organisation, now: dt.datetime) -> None:
    invitation = invite(organisation, now)
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, invitation, factories.make_user(email="nina@example.org"), now + 14 * DAY)


def test_invitation_can_be_revoked(organisation: Organisation, now: dt.datetime) -> None:
    invitation = invite(organisation, now)
    by = owner(organisation).user
    actions.revoke_invitation(organisation=organisation, invitation=invitation, by=by, now=now)
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, invitation, factories.make_user(email="nina@example.org"), now)
    with pytest.raises(actions.InvitationClosed):
        actions.revoke_invitation(organisation=organisation, invitation=invitation, by=by, now=now)


def test_second_invitation_replaces_the_first(organisation: Organisation, now: dt.datetime) -> None:
    first, second = invite(organisation, now), invite(organisation, now + DAY)
    nina = factories.make_user(email="nina@example.org")
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, first, nina, now + DAY)
    assert accept(organisation, second, nina, now + DAY).user == nina


def test_member_is_not_invited_again(organisation: Organisation, now: dt.datetime) -> None:
    with pytest.raises(actions.AlreadyMember):
        invite(organisation, now, owner(organisation).user.email)


def test_manager_invites_volunteers_only(organisation: Organisation, now: dt.datetime) -> None:
    manager = join(organisation, Role.MANAGER, now).user
    with pytest.raises(actions.NotAllowed):
        actions.invite_member(organisation=organisation, email="a@example.org", role=Role.OWNER, by=manager, now=now)
    volunteer = Role.VOLUNTEER
    actions.invite_member(organisation=organisation, email="a@example.org", role=volunteer, by=manager, now=now)


def test_one_person_invites_twenty_a_day_over_all_organisations(world: World, now: dt.datetime) -> None:
    factories.add_member(world.association, world.company_owner, Role.OWNER, now)
    both: tuple[Organisation, Organisation] = (world.company, world.association)
    me = world.company_owner
    for number in range(20):
        of = both[number % 2]
        actions.invite_member(organisation=of, email=f"a{number}@example.org", role=Role.VOLUNTEER, by=me, now=now)
    with pytest.raises(actions.TooMany):
        actions.invite_member(organisation=of, email="b@example.org", role=Role.VOLUNTEER, by=me, now=now)
    later = now + DAY + dt.timedelta(seconds=1)
    actions.invite_member(organisation=of, email="b@example.org", role=Role.VOLUNTEER, by=me, now=later)


def test_volunteer_link_lets_in_its_domains_as_volunteers(world: World, now: dt.datetime) -> None:
    link = actions.open_volunteer_link(
        organisation=world.company, domains=["@Menuiserie.example"], by=owner(world.company).user, now=now
    )
    for name in ("ana", "leo"):
        member = accept(world.company, link, factories.make_user(email=f"{name}@menuiserie.example"), now)
        assert member.role == Role.VOLUNTEER
    with pytest.raises(actions.OtherAddress, match="@menuiserie"):
        accept(world.company, link, factories.make_user(email="ana@autremenuiserie.example"), now)
    with pytest.raises(actions.InvitationClosed):
        accept(world.company, link, factories.make_user(email="zoe@menuiserie.example"), now + 14 * DAY)


def test_volunteer_link_does_not_lower_a_role(world: World, now: dt.datetime) -> None:
    boss = factories.make_user(email="chef@menuiserie.example")
    factories.add_member(world.company, boss, Role.MANAGER, now)
    link = actions.open_volunteer_link(
        organisation=world.company, domains=["menuiserie.example"], by=owner(world.company).user, now=now
    )
    assert accept(world.company, link, boss, now).role == Role.MANAGER


def test_volunteer_link_refuses_public_domains(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.PublicDomain, match="gmail"):
        actions.open_volunteer_link(
            organisation=world.company, domains=["a.example", "gmail.com"], by=owner(world.company).user, now=now
        )


def test_role_changes_and_ownership_is_handed_over(organisation: Organisation, now: dt.datetime) -> None:
    me, other = owner(organisation), join(organisation, Role.VOLUNTEER, now)
    actions.change_role(organisation=organisation, member=other, role=Role.MANAGER, by=me.user, now=now)
    assert roles(organisation).count(Role.MANAGER) == 1
    actions.hand_over(organisation=organisation, to=other, by=me.user, now=now)
    assert owner(organisation) == other
    me.refresh_from_db()
    assert me.role == Role.MANAGER


@pytest.mark.parametrize("leave", ["remove", "step down"])
def test_last_owner_stays(organisation: Organisation, now: dt.datetime, leave: str) -> None:
    me = owner(organisation)
    join(organisation, Role.MANAGER, now)
    with pytest.raises(actions.LastOwner):
        if leave == "remove":
            actions.remove_member(organisation=organisation, member=me, by=me.user, now=now)
        else:
            actions.change_role(organisation=organisation, member=me, role=Role.MANAGER, by=me.user, now=now)
    assert owner(organisation) == me


@pytest.mark.parametrize("kind", ["company", "association"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {members} WHERE {key} = %s AND role = 'owner'",
        "UPDATE {members} SET role = 'manager' WHERE {key} = %s AND role = 'owner'",
    ],
)
def test_database_keeps_the_last_owner(world: World, kind: str, statement: str) -> None:
    table = {"company": "companies", "association": "associations"}[kind]
    with pytest.raises(IntegrityError, match="needs an owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(members=f"{table}_membership", key=f"{kind}_id"), [getattr(world, kind).pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_refuses_an_organisation_without_owner(now: dt.datetime, db: None) -> None:
    with pytest.raises(IntegrityError, match="needs an owner"), transaction.atomic(), connection.cursor() as cursor:
        company = factories.make_company(now)
        Membership.objects.filter(company=company).delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, None], ids=["demoted", "removed"])
@pytest.mark.parametrize("act", ["change_role", "hand_over", "remove", "let in", "invite", "revoke", "confirm"])
def test_who_lost_the_role_meanwhile_acts_no_more(
    organisation: Organisation, now: dt.datetime, act: str, role: Role | None
) -> None:
    invitation = invite(organisation, now, "zoe@example.org")
    me, other, third = owner(organisation), join(organisation, Role.OWNER, now), join(organisation, Role.VOLUNTEER, now)
    asked = actions.ask_to_join(organisation=organisation, message="", by=factories.make_user(), now=now)
    if role:
        actions.change_role(organisation=organisation, member=me, role=role, by=other.user, now=now)
    else:
        actions.remove_member(organisation=organisation, member=me, by=other.user, now=now)
    call: dict[str, Any] = {"organisation": organisation, "by": me.user, "now": now}
    moves: dict[str, Any] = {
        "change_role": partial(actions.change_role, member=third, role=Role.OWNER, **call),
        "hand_over": partial(actions.hand_over, to=third, **call),
        "remove": partial(actions.remove_member, member=third, **call),
        "let in": partial(actions.answer_join_request, asked=asked, role=Role.OWNER, **call),
        "invite": partial(actions.invite_member, email="a@example.org", role=Role.MANAGER, **call),
        "revoke": partial(actions.revoke_invitation, invitation=invitation, **call),
        "confirm": partial(actions.confirm_members, **call),
    }
    before = roles(organisation)
    with pytest.raises(actions.NotAllowed):
        moves[act]()
    assert roles(organisation) == before


@pytest.mark.parametrize("how", ["removed", "demoted", "handed over", "left"])
def test_who_loses_the_role_does_not_come_back_by_an_invitation_of_their_own(
    organisation: Organisation, now: dt.datetime, how: str
) -> None:
    me = owner(organisation)
    backdoor = invite(organisation, now, "autre@example.org", Role.OWNER)
    other = join(organisation, Role.OWNER, now)
    call: dict[str, Any] = {"organisation": organisation, "now": now}
    if how == "demoted":
        actions.change_role(member=me, role=Role.VOLUNTEER, by=other.user, **call)
    elif how == "handed over":
        actions.hand_over(to=other, by=me.user, **call)
    else:
        actions.remove_member(member=me, by=other.user if how == "removed" else me.user, **call)
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, backdoor, factories.make_user(email="autre@example.org"), now)


def test_promotion_leaves_what_is_offered_above_it(organisation: Any, now: dt.datetime) -> None:
    nina = factories.make_user(email="nina@example.org")
    factories.add_member(organisation, nina, Role.VOLUNTEER, now)
    offered = factories.make_invitation(now, organisation, "nina@example.org", role=Role.OWNER)
    member = organisation.members().select_related("user").get(user=nina)
    by = organisation.owners()[0]
    actions.change_role(organisation=organisation, member=member, role=Role.MANAGER, by=by, now=now)
    assert accept(organisation, offered, nina, now).role == Role.OWNER
    member.refresh_from_db()
    again = factories.make_invitation(now, organisation, "nina@example.org", role=Role.OWNER)
    actions.change_role(organisation=organisation, member=member, role=Role.VOLUNTEER, by=by, now=now)
    with pytest.raises(actions.InvitationClosed):
        accept(organisation, again, nina, now)


def test_without_the_lock_ownership_handed_over_twice_has_two_heirs(
    now: dt.datetime, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the race below."""
    monkeypatch.setattr(actions, "hold", lambda _organisation: None)
    company = factories.make_world(now).company
    me, heirs = owner(company), [join(company, Role.MANAGER, now) for _ in range(2)]
    both_read = threading.Barrier(2)
    checked = actions._check_decides

    def check_then_wait(organisation: Organisation, by: User) -> None:
        checked(organisation, by)
        both_read.wait()

    monkeypatch.setattr(actions, "_check_decides", check_then_wait)
    outcome = at_once(
        *[partial(actions.hand_over, organisation=company, to=heir, by=me.user, now=now) for heir in heirs]
    )
    assert outcome == {"done": 2}
    assert roles(company).count(Role.OWNER) == 2


def test_ownership_handed_over_twice_at_once_has_one_heir(now: dt.datetime, committed: None) -> None:
    company = factories.make_world(now).company
    me, heirs = owner(company), [join(company, Role.MANAGER, now) for _ in range(2)]
    outcome = at_once(
        *[partial(actions.hand_over, organisation=company, to=heir, by=me.user, now=now) for heir in heirs]
    )
    assert outcome == {"done": 1, "NotAllowed": 1}
    assert roles(company).count(Role.OWNER) == 1


def test_two_owners_leave_at_once_and_one_stays(now: dt.datetime, committed: None) -> None:
    company = factories.make_world(now).company
    other = join(company, Role.OWNER, now)
    me = company.members().select_related("user").exclude(pk=other.pk).get(role=Role.OWNER)
    leaving = [
        partial(actions.remove_member, organisation=company, member=one, by=one.user, now=now) for one in (me, other)
    ]
    outcome = at_once(*leaving)
    assert outcome == {"done": 1, "LastOwner": 1}
    assert roles(company).count(Role.OWNER) == 1


LAST_OWNER = "companies.Membership:last_owner_stays"


@pytest.fixture(params=[True, False], ids=["with the trigger", "without it"])
def guarded(request: pytest.FixtureRequest, committed: None) -> Iterator[bool]:
    """The control: with the guard off the same race must leave nobody."""
    if not request.param:
        pgtrigger.disable(LAST_OWNER)
    yield request.param
    pgtrigger.enable(LAST_OWNER)


def test_two_raw_deletes_at_once_leave_one_owner(now: dt.datetime, guarded: bool) -> None:  # noqa: FBT001
    """The trigger's own lock, without that of the action."""
    company = factories.make_world(now).company
    join(company, Role.OWNER, now)
    owners = list(company.members().owners())
    both_deleted = threading.Barrier(2)

    def leave(pk: int) -> None:
        with transaction.atomic():
            Membership.objects.filter(pk=pk).delete()
            both_deleted.wait()

    outcome = at_once(*[partial(leave, one.pk) for one in owners], refused=(IntegrityError,))
    assert outcome == ({"done": 1, "IntegrityError": 1} if guarded else {"done": 2})
    assert roles(company).count(Role.OWNER) == int(guarded)


def test_one_invitation_followed_twice_at_once_is_used_once(now: dt.datetime, committed: None) -> None:
    company = factories.make_world(now).company
    invitation, nina = invite(company, now), factories.make_user(email="nina@example.org")
    outcome = at_once(*[partial(accept, company, invitation, nina, now)] * 2)
    assert outcome == {"done": 1, "InvitationClosed": 1}
    assert company.members().filter(user=nina).count() == 1


def test_removed_volunteer_is_freed_of_coming_slots(world: World, now: dt.datetime) -> None:
    companies.join_slot(slot=world.slot, by=world.volunteer, now=now)
    member = Membership.objects.select_related("user").get(user=world.volunteer)
    companies.remove_member(organisation=world.company, member=member, by=world.company_owner, now=now)
    assert not SlotVolunteer.objects.exists()
    assert Message.objects.get(template="member_removed").to_email == world.volunteer.email


@pytest.mark.parametrize("by", ["owner", "volunteer"])
@pytest.mark.parametrize("count", [1, 2])
def test_who_leaves_a_company_hears_that_their_evenings_leave_their_calendar(
    world: World, now: dt.datetime, by: str, count: int
) -> None:
    week, nina = dt.timedelta(days=7), factories.make_user("Nina")
    factories.add_member(world.company, nina, Role.VOLUNTEER, now)
    slots = [world.slot, *(factories.make_slot(world.room, world.slot.starts_at + n * week) for n in range(1, count))]
    for slot in slots:
        companies.join_slot(slot=slot, by=nina, now=now)
    elsewhere = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
    kept = factories.make_slot(elsewhere, world.slot.starts_at + 9 * week)
    factories.add_member(kept.room.site.company, nina, Role.VOLUNTEER, now)
    companies.join_slot(slot=kept, by=nina, now=now)
    promised = {one.slot: f"promise-{one.pk}" for one in SlotVolunteer.objects.filter(slot__in=slots)}
    member = Membership.objects.select_related("user").get(user=nina, company=world.company)
    remover = world.company_owner if by == "owner" else nina
    companies.remove_member(organisation=world.company, member=member, by=remover, now=now)

    told = Message.objects.get(template="promises_ended")
    assert (told.to_email, told.calendar_method) == (nina.email, "CANCEL" if count == 1 else "PUBLISH")
    events = Calendar.from_ical(told.calendar).walk("VEVENT")
    off = {(str(one["UID"]).partition("@")[0], str(one["STATUS"]), one["SEQUENCE"]) for one in events}
    assert off == {(uid, "CANCELLED", slot.sequence + 2) for slot, uid in promised.items()}
    assert f"Vous n’êtes plus membre d’{world.company.name}" in render(told).text
    assert [one.slot for one in SlotVolunteer.objects.all()] == [kept]


def test_asking_to_join_reaches_the_owners_and_is_answered(organisation: Organisation, now: dt.datetime) -> None:
    nina = factories.make_user("Nina")
    asked = actions.ask_to_join(organisation=organisation, message="Je suis la trésorière.", by=nina, now=now)
    assert Message.objects.get(template="join_requested").to_email == owner(organisation).user.email
    with pytest.raises(actions.AlreadyAnswered), transaction.atomic():
        actions.ask_to_join(organisation=organisation, message="", by=nina, now=now)
    by = owner(organisation).user
    actions.answer_join_request(organisation=organisation, asked=asked, role=Role.MANAGER, by=by, now=now)
    assert organisation.members().get(user=nina).role == Role.MANAGER
    with pytest.raises(actions.AlreadyAnswered):
        actions.answer_join_request(organisation=organisation, asked=asked, role=None, by=by, now=now)
    with pytest.raises(actions.AlreadyMember):
        actions.ask_to_join(organisation=organisation, message="", by=nina, now=now)


def test_declined_person_stays_out(organisation: Organisation, now: dt.datetime) -> None:
    nina = factories.make_user()
    asked = actions.ask_to_join(organisation=organisation, message="", by=nina, now=now)
    by = owner(organisation).user
    actions.answer_join_request(organisation=organisation, asked=asked, role=None, by=by, now=now)
    assert not organisation.members().filter(user=nina).exists()


def test_one_person_waits_for_ten_answers_at_most(world: World, now: dt.datetime) -> None:
    nina = factories.make_user()
    for _ in range(10):
        actions.ask_to_join(organisation=factories.make_company(now), message="", by=nina, now=now)
    with pytest.raises(actions.TooMany):
        actions.ask_to_join(organisation=world.association, message="", by=nina, now=now)


def test_owners_are_asked_once_a_year_whether_members_are_right(organisation: Organisation, now: dt.datetime) -> None:
    kind, year = type(organisation), dt.timedelta(days=365)

    def ask(at: dt.datetime) -> int:
        return actions.ask_to_confirm_members(organisations=kind.objects.unconfirmed(at), now=at)

    assert ask(now + year - DAY) == 0
    assert ask(now + year) == ask(now + year + DAY) == 1
    assert Message.objects.filter(template="members_to_confirm").count() == 1
    by = owner(organisation).user
    actions.confirm_members(organisation=organisation, by=by, now=now + year + DAY)
    assert ask(now + year + 2 * DAY) == 0
    assert ask(now + 2 * year + DAY) == 1
    assert Message.objects.filter(template="members_to_confirm").count() == 2
