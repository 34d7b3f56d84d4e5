"""Mails that facts overtake before they leave: series confirmed, stand-ins found, invitations taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import members
from accounts.models import Role
from companies import actions
from companies import emails as company_emails
from companies.models import Availability
from mail import wanted
from mail.delivery import deliver_due
from mail.models import Message
from tests import factories
from tests.factories import World


def why(template: str) -> set[str]:
    return {wanted.why_not(message) for message in Message.objects.filter(template=template)}


def test_series_that_was_confirmed_is_not_asked_about(world: World, now: dt.datetime) -> None:
    series = factories.make_series(now, world.room, confirm_by_at=now + dt.timedelta(days=3))
    company_emails.series_to_confirm(availability=series, now=now)
    message = Message.objects.get(template="series_to_confirm")
    assert wanted.overtaken(message, at=now) == ""
    actions.confirm_availability(availability=series, by=world.company_owner, now=now)
    assert wanted.overtaken(message, at=now) == "La série est confirmée, ou elle n’est plus."


def test_series_that_was_cut_meanwhile_is_not_asked_about(world: World, now: dt.datetime) -> None:
    series = factories.make_series(now, world.room, confirm_by_at=now + dt.timedelta(days=3))
    evening = now.replace(hour=22)
    assert actions.ask_to_confirm_series(now=evening) == 1
    deliver_due(now=evening, limit=9, clock=lambda: evening)
    actions.cut_series(series=Availability.objects.filter(pk=series.pk), from_date=now.date())
    morning = evening + dt.timedelta(hours=12)
    deliver_due(now=morning, limit=9, clock=lambda: morning)
    message = Message.objects.get(template="series_to_confirm")
    assert (message.state, message.last_error) == ("skipped", "La série est confirmée, ou elle n’est plus.")


@pytest.mark.parametrize("found", [True, False])
def test_colleague_is_not_asked_once_a_stand_in_is_found_or_nobody_is_sought(
    world: World, now: dt.datetime, *, found: bool
) -> None:
    colleague = factories.make_user("Ines")
    factories.add_member(world.company, colleague, Role.VOLUNTEER, now)
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.ask_stand_in(promise=promise, now=now)
    assert why("stand_in_asked") == {""}
    if found:
        actions.take_over(promise=promise, by=colleague, now=now)
    else:
        actions.leave_slot(slot=world.slot, by=world.volunteer)
    assert why("stand_in_asked") == {"Le remplaçant est trouvé, ou n’est plus cherché."}


def test_colleague_who_has_promised_meanwhile_is_not_asked_to_stand_in(world: World, now: dt.datetime) -> None:
    ines, nina = factories.make_user("Ines"), factories.make_user("Nina")
    for colleague in (ines, nina):
        factories.add_member(world.company, colleague, Role.VOLUNTEER, now)
    promise = actions.join_slot(slot=world.slot, by=world.volunteer, now=now)
    actions.ask_stand_in(promise=promise, now=now)
    actions.join_slot(slot=world.slot, by=ines, now=now)
    asked = {one.to_name: wanted.why_not(one) for one in Message.objects.filter(template="stand_in_asked")}
    assert asked == {
        "Ines": "Cette personne a déjà promis de venir.",
        "Nina": "",
        world.company_owner.name: "",
    }


@pytest.mark.parametrize("kind", ["company", "association"])
def test_invitation_that_was_taken_back_does_not_leave(world: World, now: dt.datetime, kind: str) -> None:
    organisation = world.company if kind == "company" else world.association
    owner = world.company_owner if kind == "company" else world.association_owner
    invitation = members.invite_member(
        organisation=organisation, email="ines@example.org", role=Role.MANAGER, by=owner, now=now
    )
    assert why("member_invited") == {""}
    members.revoke_invitation(organisation=organisation, invitation=invitation, by=owner, now=now)
    assert why("member_invited") == {"L’invitation est retirée, ou elle a servi."}


@pytest.mark.parametrize("end", ["declined", "kept"])
def test_owners_are_not_asked_about_who_was_answered(world: World, now: dt.datetime, end: str) -> None:
    asked = members.ask_to_join(
        organisation=world.association, message="Bonjour.", by=factories.make_user("Paul"), now=now
    )
    assert why("join_requested") == {""}
    if end == "declined":
        members.answer_join_request(
            organisation=world.association, asked=asked, role=None, by=world.association_owner, now=now
        )
        assert why("join_requested") == {"Quelqu’un a déjà répondu."}


def test_owners_are_not_asked_for_what_they_confirmed(world: World, now: dt.datetime) -> None:
    later = now + dt.timedelta(days=400)
    members.ask_to_confirm_members(organisations=[world.company], now=later)
    assert why("members_to_confirm") == {""}
    members.confirm_members(organisation=world.company, by=world.company_owner, now=later)
    assert why("members_to_confirm") == {"La liste des membres est vérifiée."}


def test_managers_are_not_asked_for_a_consent_that_was_given(world: World, now: dt.datetime) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat")
    company_emails.volunteer_consent_asked(profile=profile, now=now)
    assert why("volunteer_consent_asked") == {""}
    actions.consent(profile=profile, by=world.company_owner, now=now)
    assert why("volunteer_consent_asked") == {"La réponse est donnée, ou la question est retirée."}
