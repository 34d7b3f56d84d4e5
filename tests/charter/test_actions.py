import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from charter import actions
from charter.models import Decision, Signature
from companies.models import Company, Slot
from mail.models import Message
from tests import factories
from tests.factories import World


@pytest.fixture
def applicant(world: World, now: dt.datetime) -> Company:
    return factories.make_company(now, signatory=False)


def sign(world: World, company: Company, now: dt.datetime) -> Signature:
    return actions.sign_charter(
        company=company,
        version=world.charter,
        signatory_name="Hélène Carpentier",
        signatory_capacity="directrice générale",
        by=world.company_owner,
        now=now,
    )


def test_signature_keeps_the_proof(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = sign(world, applicant, now)
    assert (signature.state, signature.signed_at, signature.text_sha256) == ("submitted", now, world.charter.sha256)


def test_signing_twice_is_refused(world: World, applicant: Company, now: dt.datetime) -> None:
    sign(world, applicant, now)
    with pytest.raises(actions.AlreadySigned):
        sign(world, applicant, now)
    assert Signature.objects.count() == 1


def test_approval_makes_a_signatory_and_opens_its_slots(world: World, applicant: Company, now: dt.datetime) -> None:
    room = factories.make_room(now, factories.make_site(now, applicant))
    slot = factories.make_slot(room, world.slot.starts_at)
    signature = sign(world, applicant, now)
    assert slot not in Slot.objects.open(now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert slot in Slot.objects.open(now)
    assert [message.template for message in Message.objects.all()] == ["signature_approved"]
    assert [(one.outcome, one.decided_by) for one in Decision.objects.all()] == [("approved", world.moderator)]


def test_changes_are_asked_for_then_signed_again(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = sign(world, applicant, now)
    actions.request_changes(signature=signature, reason="Indiquez la fonction.", by=world.moderator, now=now)
    later = now + dt.timedelta(days=1)
    again = sign(world, applicant, later)
    assert (again.pk, again.state, again.submitted_at, again.decided_at) == (signature.pk, "submitted", later, None)


def test_each_request_for_changes_is_told(world: World, applicant: Company, now: dt.datetime) -> None:
    for reason in ("La fonction.", "Le nom."):
        signature = sign(world, applicant, now)
        actions.request_changes(signature=signature, reason=reason, by=world.moderator, now=now)
    assert sorted(message.context["reason"] for message in Message.objects.all()) == ["La fonction.", "Le nom."]


def test_second_moderator_is_told_who_was_first(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = sign(world, applicant, now)
    actions.refuse_signature(signature=signature, reason="Radiée.", by=world.moderator, now=now)
    stale = Signature.objects.get(pk=signature.pk)
    with pytest.raises(actions.AlreadyDecided, match="Odile"):
        actions.approve_signature(signature=stale, by=factories.make_user(), now=now)
    applicant.refresh_from_db()
    assert applicant.charter_approved_at is None


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM charter_decision", "UPDATE charter_decision SET reason = 'autre'"],
)
def test_decisions_are_never_changed(world: World, applicant: Company, now: dt.datetime, statement: str) -> None:
    actions.approve_signature(signature=sign(world, applicant, now), by=world.moderator, now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Decision.objects.get().reason == ""


def test_erasing_a_moderator_keeps_the_decision(world: World, applicant: Company, now: dt.datetime) -> None:
    actions.approve_signature(signature=sign(world, applicant, now), by=world.moderator, now=now)
    world.moderator.delete()
    assert Decision.objects.get().decided_by is None
