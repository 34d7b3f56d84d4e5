"""The life of a signature: every move allowed and forbidden, and what each does to slots and bookings."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.actions import files
from accounts.actions.files import AlreadyDecided, HeldByAnother
from accounts.models import Decision, User
from charter import actions
from charter.actions import deciding, signing
from charter.models import CharterVersion, Signature
from companies.models import Company, Slot
from mail import wanted
from mail.delivery import deliver_due
from mail.models import Message
from mail.rendering import render
from territories.wording import long_date
from tests import factories
from tests.factories import World
from tests.races import at_once, second_waits
from workshops.actions import SlotTaken, accept_booking, book_slot
from workshops.models import Booking

DAY = dt.timedelta(days=1)
State = Signature.State
PLEDGE = actions.Pledge("Hélène Carpentier", "directrice générale", "helene@example.org", False, 1, 10, 40)


@pytest.fixture
def applicant(world: World, now: dt.datetime) -> Company:
    return factories.make_company(now, signatory=False)


def sign(world: World, company: Company, now: dt.datetime, version: CharterVersion | None = None) -> Signature:
    by = world.company_owner
    return actions.sign_charter(company=company, version=version or world.charter, pledge=PLEDGE, by=by, now=now)


def held(world: World, company: Company, now: dt.datetime) -> Signature:
    """A signature that the moderator has taken."""
    signature = sign(world, company, now)
    actions.claim_signature(signature=signature, by=world.moderator, now=now)
    return signature


def approved(world: World, company: Company, now: dt.datetime) -> Signature:
    signature = held(world, company, now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    return signature


def open_slot(world: World, company: Company, now: dt.datetime) -> Slot:
    return factories.make_slot(factories.make_room(now, factories.make_site(now, company)), world.slot.starts_at)


def next_version(world: World, now: dt.datetime, days: int = 10) -> CharterVersion:
    """Version 2, published now, in force in so many days."""
    effective = now.date() + dt.timedelta(days=days)
    draft = actions.save_draft_version(
        text="# Charte\n\nPlus.", effective_from_date=effective, by=world.moderator, now=now
    )
    return actions.publish_version(version=draft, seen=draft.etag, by=world.moderator, now=now)


# --- signing ----------------------------------------------------------------------------------------


def test_signature_keeps_the_proof(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = sign(world, applicant, now)
    proof = (signature.state, signature.signed_at, signature.signed_by, signature.text_sha256)
    assert proof == ("submitted", now, world.company_owner, world.charter.sha256)
    assert len(signature.code) == 12


def test_signing_twice_is_refused(world: World, applicant: Company, now: dt.datetime) -> None:
    sign(world, applicant, now)
    with pytest.raises(actions.AlreadySigned):
        sign(world, applicant, now)
    assert Signature.objects.count() == 1


def test_link_lets_the_legal_signatory_sign_without_account(world: World, applicant: Company, now: dt.datetime) -> None:
    by = world.company_owner
    draft = actions.send_signing_link(company=applicant, version=world.charter, pledge=PLEDGE, by=by, now=now)
    assert (draft.state, draft.signed_at) == ("draft", None)
    assert Message.objects.get().to_email == "helene@example.org"
    signed = actions.sign_by_link(
        signature=draft, version=draft.version, name="H. Carpentier", capacity="PDG", shows_name=True, now=now + DAY
    )
    assert (signed.state, signed.signed_by, signed.signatory_name) == ("submitted", None, "H. Carpentier")
    with pytest.raises(actions.LinkClosed):
        actions.sign_by_link(
            signature=draft, version=draft.version, name="X", capacity="Y", shows_name=True, now=now + DAY
        )


def test_link_ends_after_fourteen_days(world: World, applicant: Company, now: dt.datetime) -> None:
    by = world.company_owner
    draft = actions.send_signing_link(company=applicant, version=world.charter, pledge=PLEDGE, by=by, now=now)
    with pytest.raises(actions.LinkClosed):
        actions.sign_by_link(
            signature=draft, version=draft.version, name="X", capacity="Y", shows_name=True, now=now + 14 * DAY
        )


@pytest.mark.parametrize("end", ["corrected", "sent again", "signed", "by the owner", "withdrawn"])
def test_link_that_serves_no_more_does_not_leave(world: World, applicant: Company, now: dt.datetime, end: str) -> None:
    send = partial(actions.send_signing_link, company=applicant, version=world.charter, by=world.company_owner)
    draft = send(pledge=PLEDGE, now=now)
    waiting, later = Message.objects.get(), now + dt.timedelta(minutes=1)
    assert wanted.why_not(waiting) == ""
    match end:
        case "corrected":
            send(pledge=PLEDGE._replace(signatory_email="claire@example.org"), now=later)
        case "sent again":
            send(pledge=PLEDGE, now=later)
        case "signed":
            actions.sign_by_link(
                signature=draft, version=world.charter, name="X", capacity="Y", shows_name=True, now=later
            )
        case "by the owner":
            sign(world, applicant, later)
        case "withdrawn":
            actions.withdraw_signature(signature=draft, by=world.company_owner, now=later)
    deliver_due(now=later, limit=9, clock=lambda: later)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error, waiting.context) == ("skipped", "Ce lien ne sert plus.", {})
    links = Message.objects.filter(template="signature_link", state="sent").values_list("to_email", flat=True)
    assert list(links) == {"corrected": ["claire@example.org"], "sent again": ["helene@example.org"]}.get(end, [])


def test_text_that_is_not_the_newest_is_not_signed(world: World, applicant: Company, now: dt.datetime) -> None:
    second = next_version(world, now)
    with pytest.raises(actions.NewerVersion):
        sign(world, applicant, now)
    assert sign(world, applicant, now, second).version == second


def test_draft_for_an_earlier_text_goes_on_in_the_new_one(world: World, applicant: Company, now: dt.datetime) -> None:
    by = world.company_owner
    draft = actions.send_signing_link(company=applicant, version=world.charter, pledge=PLEDGE, by=by, now=now)
    second = next_version(world, now)
    person: dict[str, Any] = {"name": "X", "capacity": "Y", "shows_name": True, "now": now}
    with pytest.raises(actions.NewerVersion):
        actions.sign_by_link(signature=draft, version=world.charter, **person)
    actions.sign_by_link(signature=draft, version=second, **person)
    (signed,) = Signature.objects.of_company(applicant)
    assert (signed.version, signed.state, signed.text_sha256) == (second, "submitted", second.sha256)
    assert signed.pledged_rooms == PLEDGE.pledged_rooms


def test_link_signs_once_whatever_becomes_of_the_file(world: World, applicant: Company, now: dt.datetime) -> None:
    link = actions.send_signing_link(
        company=applicant, version=world.charter, pledge=PLEDGE, by=world.company_owner, now=now
    )
    person: dict[str, Any] = {"version": world.charter, "capacity": "gérant", "shows_name": True, "now": now}
    signed = actions.sign_by_link(signature=link, name="Paul Un", **person)
    actions.claim_signature(signature=signed, by=world.moderator, now=now)
    actions.request_changes(signature=signed, reason="Précisez.", by=world.moderator, now=now)
    with pytest.raises(actions.LinkClosed):
        actions.sign_by_link(signature=link, name="Jean Autre", **person)
    assert Signature.objects.get(pk=signed.pk).signatory_name == "Paul Un"


# --- deciding ---------------------------------------------------------------------------------------


def test_approval_makes_a_signatory_and_opens_its_slots(world: World, applicant: Company, now: dt.datetime) -> None:
    slot = open_slot(world, applicant, now)
    signature = held(world, applicant, now)
    assert slot not in Slot.objects.open(now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert slot in Slot.objects.open(now)
    assert [message.template for message in Message.objects.all()] == ["signature_approved"]
    assert [(one.outcome, one.decided_by) for one in Decision.objects.all()] == [("approved", world.moderator)]


def test_claim_keeps_others_out_for_an_hour(world: World, applicant: Company, now: dt.datetime) -> None:
    signature, other = held(world, applicant, now), factories.make_user("Paul", is_moderator=True)
    with pytest.raises(HeldByAnother, match="Odile examine ce dossier depuis 10"):
        actions.claim_signature(signature=fresh(signature), by=other, now=now + dt.timedelta(minutes=59))
    actions.claim_signature(signature=fresh(signature), by=other, now=now + dt.timedelta(minutes=60))
    with pytest.raises(AlreadyDecided):
        actions.approve_signature(signature=fresh(signature), by=world.moderator, now=now + dt.timedelta(minutes=61))
    actions.approve_signature(signature=fresh(signature), by=other, now=now + dt.timedelta(minutes=61))


def test_released_file_is_back_at_its_place(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = held(world, applicant, now)
    actions.release_signature(signature=signature, by=world.company_owner)
    assert fresh(signature).state == "in_review"
    actions.release_signature(signature=signature, by=world.moderator)
    again = fresh(signature)
    assert (again.state, again.submitted_at, again.claimed_by) == ("submitted", now, None)


def test_nobody_decides_without_the_file_in_hand(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = sign(world, applicant, now)
    with pytest.raises(AlreadyDecided):
        actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert not Decision.objects.exists()


def test_changes_are_asked_for_beside_the_fields_then_signed_again(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = held(world, applicant, now)
    remarks = {"signatory_capacity": "Écrivez la fonction entière."}
    by = world.moderator
    actions.request_changes(signature=signature, reason="Une précision.", comments=remarks, by=by, now=now)
    assert Decision.objects.get().comments == remarks
    again = sign(world, applicant, now + DAY)
    assert (again.pk, again.state, again.submitted_at, again.decided_at) == (signature.pk, "submitted", now + DAY, None)


def test_refusal_carries_a_code_and_lets_sign_again(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = held(world, applicant, now)
    actions.refuse_signature(signature=signature, reason_code="closed", reason="Radiée.", by=world.moderator, now=now)
    assert (fresh(signature).state, fresh(signature).reason_code) == ("refused", "closed")
    assert sign(world, applicant, now + DAY).pk != signature.pk


def test_suspension_closes_slots_at_once_and_keeps_bookings(world: World, applicant: Company, now: dt.datetime) -> None:
    signature, slot = approved(world, applicant, now), open_slot(world, applicant, now)
    booked = factories.make_slot(slot.room, slot.starts_at + DAY)
    booking = factories.make_booking(now, booked, world.association)
    actions.suspend_signature(signature=fresh(signature), reason="Travaux.", by=world.moderator, now=now + DAY)
    assert slot not in Slot.objects.open(now + DAY)
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert list(Booking.objects.without_signatory(now + DAY)) == [booking]
    actions.reinstate_signature(signature=fresh(signature), reason="Finis.", by=world.moderator, now=now + 2 * DAY)
    assert slot in Slot.objects.open(now + 2 * DAY)
    applicant.refresh_from_db()
    assert applicant.charter_approved_at == now
    assert list(Booking.objects.without_signatory(now + 2 * DAY)) == []


@pytest.mark.parametrize("prepare", ["draft", "submitted", "in_review", "changes_requested", "approved"])
def test_owner_withdraws_from_every_living_state(
    world: World, applicant: Company, now: dt.datetime, prepare: str
) -> None:
    signature = in_state(world, applicant, now, prepare)
    slot = open_slot(world, applicant, now)
    actions.withdraw_signature(signature=signature, by=world.company_owner, now=now + DAY)
    ended = fresh(signature)
    assert (ended.state, ended.ended_at, ended.ended_by) == ("withdrawn", now + DAY, world.company_owner)
    assert slot not in Slot.objects.open(now + DAY)


def in_state(world: World, company: Company, now: dt.datetime, state: str) -> Signature:
    """A signature brought there by the moves themselves."""
    by = world.moderator
    if state == "draft":
        owner = world.company_owner
        return actions.send_signing_link(company=company, version=world.charter, pledge=PLEDGE, by=owner, now=now)
    signature = sign(world, company, now)
    if state != "submitted":
        actions.claim_signature(signature=signature, by=by, now=now)
    reason: dict[str, Any] = {"reason": "Parce que.", "by": by, "now": now}
    moves: dict[str, Callable[[], None]] = {
        "changes_requested": lambda: actions.request_changes(signature=signature, **reason),
        "refused": lambda: actions.refuse_signature(signature=signature, reason_code="other", **reason),
        "approved": lambda: actions.approve_signature(signature=signature, by=by, now=now),
    }
    through = {"suspended": "approved", "withdrawn": "approved", "lapsed": "approved"}.get(state, state)
    moves.get(through, lambda: None)()
    if state == "suspended":
        actions.suspend_signature(signature=signature, **reason)
    elif state == "withdrawn":
        actions.withdraw_signature(signature=signature, by=world.company_owner, now=now)
    elif state == "lapsed":
        Signature.objects.filter(pk=signature.pk).update(state="lapsed", ended_at=now)
    return fresh(signature)


def fresh(signature: Signature) -> Signature:
    found: Signature = Signature.objects.with_file().get(pk=signature.pk)
    return found


MOVES: dict[str, Callable[[Signature, User, dt.datetime], object]] = {
    "in_review": lambda one, by, now: actions.claim_signature(signature=one, by=by, now=now),
    "approved": lambda one, by, now: (
        actions.reinstate_signature(signature=one, reason="Oui.", by=by, now=now)
        if one.state == "suspended"
        else actions.approve_signature(signature=one, by=by, now=now)
    ),
    "changes_requested": lambda one, by, now: actions.request_changes(signature=one, reason="Non.", by=by, now=now),
    "refused": lambda one, by, now: actions.refuse_signature(
        signature=one, reason_code="other", reason="Non.", by=by, now=now
    ),
    "suspended": lambda one, by, now: actions.suspend_signature(signature=one, reason="Non.", by=by, now=now),
    "withdrawn": lambda one, by, now: actions.withdraw_signature(signature=one, by=by, now=now),
}


@pytest.mark.parametrize("source", [state.value for state in State])
@pytest.mark.parametrize("target", MOVES)
def test_moves_are_those_of_the_table(
    world: World, applicant: Company, now: dt.datetime, source: str, target: str
) -> None:
    signature = in_state(world, applicant, now, source)
    # A claim may be renewed by who holds it.
    allowed = State(target) in Signature.TRANSITIONS[State(source)] or (source == target == "in_review")
    before = Decision.objects.count()
    if allowed:
        MOVES[target](signature, world.moderator, now + DAY)
        assert fresh(signature).state == target
    else:
        with pytest.raises(AlreadyDecided):
            MOVES[target](signature, world.moderator, now + DAY)
        assert (fresh(signature).state, Decision.objects.count()) == (source, before)


@pytest.mark.parametrize("source", [state.value for state in State])
def test_signing_again_goes_on_where_the_table_allows_and_begins_a_file_where_it_ended(
    world: World, applicant: Company, now: dt.datetime, source: str
) -> None:
    signature = in_state(world, applicant, now, source)
    if source in ("refused", "withdrawn", "lapsed"):
        again = sign(world, applicant, now + DAY)
        assert (again.pk != signature.pk, again.state, fresh(signature).state) == (True, "submitted", source)
    elif source in ("draft", "changes_requested"):
        assert State.SUBMITTED in Signature.TRANSITIONS[State(source)]
        assert sign(world, applicant, now + DAY).pk == signature.pk
        assert fresh(signature).state == "submitted"
    else:
        with pytest.raises(actions.AlreadySigned):
            sign(world, applicant, now + DAY)
        assert fresh(signature).state == source


@pytest.mark.parametrize("source", [state.value for state in State])
def test_files_are_given_back_reopened_and_lapse_from_where_the_table_says(
    world: World, applicant: Company, now: dt.datetime, source: str
) -> None:
    signature = in_state(world, applicant, now, source)
    if source == "in_review":
        actions.release_signature(signature=signature, by=world.moderator)
        assert fresh(signature).state == "submitted"
        return
    actions.release_signature(signature=signature, by=world.moderator)
    assert fresh(signature).state == source
    if source == "refused":
        actions.reopen_signature(signature=signature, now=now)
        assert fresh(signature).state == "submitted"
        return
    if source not in ("draft", "submitted", "changes_requested"):
        with pytest.raises(AlreadyDecided):
            actions.reopen_signature(signature=signature, now=now)
    second = next_version(world, now)
    actions.lapse_signatures(now=dt.datetime.combine(second.grace_ends_date, dt.time(12), tzinfo=dt.UTC))
    lapses = State.LAPSED in Signature.TRANSITIONS[State(source)]
    assert fresh(signature).state == ("lapsed" if lapses else source)


def test_second_moderator_is_told_who_was_first(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = held(world, applicant, now)
    stale = fresh(signature)
    actions.refuse_signature(signature=signature, reason_code="closed", reason="Radiée.", by=world.moderator, now=now)
    with pytest.raises(AlreadyDecided, match="Odile à 10"):
        actions.approve_signature(signature=stale, by=factories.make_user(), now=now)
    applicant.refresh_from_db()
    assert applicant.charter_approved_at is None


def test_accepted_appeal_reopens_the_file(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = in_state(world, applicant, now, "refused")
    actions.reopen_signature(signature=signature, now=now + DAY)
    assert (fresh(signature).state, fresh(signature).submitted_at) == ("submitted", now + DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_decision",
        "UPDATE accounts_decision SET reason = 'autre'",
        "UPDATE accounts_decision SET decided_by_id = (SELECT max(id) FROM accounts_user)",
    ],
)
def test_decisions_are_never_changed(world: World, applicant: Company, now: dt.datetime, statement: str) -> None:
    approved(world, applicant, now)
    factories.make_user()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Decision.objects.get().reason, Decision.objects.get().decided_by) == ("", world.moderator)


@pytest.mark.parametrize(
    "change",
    [
        "signed_by_id = (SELECT max(id) FROM accounts_user)",
        "pledged_rooms = 900",
        "pledged_computers = 900",
        "pledged_hours = 900",
        "shows_name = TRUE",
        "signatory_name = 'Jean Autre'",
        "company_name = 'Autre'",
        "code = '222222222222'",
    ],
)
def test_signed_proof_is_never_changed(world: World, applicant: Company, now: dt.datetime, change: str) -> None:
    signature = approved(world, applicant, now)
    factories.make_user()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE charter_signature SET {change}")  # noqa: S608
    assert fresh(signature).signed_by == world.company_owner


def test_erasing_who_signed_keeps_the_signature(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = approved(world, applicant, now)
    Signature.objects.update(signed_by=None)
    assert fresh(signature).signatory_name == PLEDGE.signatory_name


def test_erasing_a_moderator_keeps_the_decision(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    world.moderator.delete()
    assert Decision.objects.get().decided_by is None


# --- versions, renewal, lapse -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE charter_charterversion SET text = 'autre', sha256 = encode(sha256('autre'), 'hex')",
        "UPDATE charter_charterversion SET effective_from_date = '2030-01-01'",
        "UPDATE charter_charterversion SET published_at = NULL, published_by_id = NULL",
        "UPDATE charter_charterversion SET published_by_id = (SELECT max(id) FROM accounts_user)",
        "UPDATE charter_charterversion SET created_by_id = (SELECT max(id) FROM accounts_user)",
        "DELETE FROM charter_charterversion",
    ],
)
def test_published_version_never_changes(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_hash_is_that_of_the_text_in_the_database_too(world: World, now: dt.datetime) -> None:
    draft = actions.save_draft_version(text="# Été", effective_from_date=now.date(), by=world.moderator, now=now)
    with pytest.raises(IntegrityError, match="charter_version_hashed"), transaction.atomic():
        CharterVersion.objects.filter(pk=draft.pk).update(text="# Hiver")


def test_draft_is_one_and_is_written_again(world: World, now: dt.datetime) -> None:
    seen = ""
    for text in ("Un", "Deux"):
        draft = actions.save_draft_version(
            text=text, effective_from_date=now.date(), seen=seen, by=world.moderator, now=now
        )
        seen = draft.etag
    assert (draft.number, CharterVersion.objects.count()) == (2, 2)
    assert CharterVersion.objects.newest() == world.charter


def test_two_operators_begin_the_draft_at_once_and_the_second_compares(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    save = partial(actions.save_draft_version, effective_from_date=now.date(), by=world.moderator, now=now)
    assert at_once(partial(save, text="Un"), partial(save, text="Deux")) == {"done": 1, "DraftChanged": 1}


def test_draft_that_a_colleague_wrote_again_is_not_published_unread(world: World, now: dt.datetime) -> None:
    write = partial(actions.save_draft_version, effective_from_date=now.date() + DAY, by=world.moderator, now=now)
    read = write(text="Un").etag
    draft = write(text="Deux", seen=read)
    with pytest.raises(actions.DraftChanged):
        actions.publish_version(version=draft, seen=read, by=world.moderator, now=now)
    with pytest.raises(actions.DraftChanged):
        write(text="Trois", seen=read)
    assert CharterVersion.objects.newest() == world.charter


@pytest.mark.parametrize("days", [-1, 0])
def test_version_takes_effect_after_those_published(world: World, now: dt.datetime, days: int) -> None:
    with pytest.raises(actions.TooEarly):
        next_version(world, now, days)


def test_publishing_twice_is_refused(world: World, now: dt.datetime) -> None:
    second = next_version(world, now)
    with pytest.raises(actions.AlreadyPublished):
        actions.publish_version(version=second, seen=second.etag, by=world.moderator, now=now)


def test_new_version_leaves_signatories_their_time(
    world: World, applicant: Company, now: dt.datetime, settings: Any
) -> None:
    settings.CHARTER_GRACE_DAYS = 90
    approved(world, applicant, now)
    slot = open_slot(world, applicant, now)
    far = factories.make_slot(slot.room, slot.starts_at + 400 * DAY)
    next_version(world, now, days=10)
    last_instant = dt.datetime(2027, 3, 10, 22, 59, 59, tzinfo=dt.UTC)
    assert far in Slot.objects.open(last_instant)
    assert far not in Slot.objects.open(last_instant + dt.timedelta(seconds=1))
    told = Message.objects.filter(template="charter_renewal_due")
    assert {message.to_email for message in told} == {applicant.owners()[0].email}


def test_renewal_is_a_new_row_and_the_old_one_stays_public_until_then(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    first = approved(world, applicant, now)
    second = next_version(world, now)
    renewal = sign(world, applicant, now + DAY, second)
    assert (fresh(first).state, Company.objects.signatories(now + DAY).contains(applicant)) == ("approved", True)
    actions.claim_signature(signature=renewal, by=world.moderator, now=now + DAY)
    actions.approve_signature(signature=renewal, by=world.moderator, now=now + DAY)
    assert (fresh(first).state, fresh(renewal).state) == ("lapsed", "approved")
    applicant.refresh_from_db()
    assert (applicant.charter_approved_at, applicant.charter_until_at) == (now, None)


def test_signature_lapses_with_its_grace_period(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = approved(world, applicant, now)
    next_version(world, now)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    assert actions.lapse_signatures(now=applicant.charter_until_at - dt.timedelta(seconds=1)) == 0
    assert actions.lapse_signatures(now=applicant.charter_until_at) == 1
    assert actions.lapse_signatures(now=applicant.charter_until_at) == 0
    assert fresh(signature).state == "lapsed"
    assert Message.objects.filter(template="signature_lapsed").count() == 1


def test_suspended_signature_lapses_with_the_grace_period_too(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = approved(world, applicant, now)
    second = next_version(world, now)
    actions.suspend_signature(signature=fresh(signature), reason="Non.", by=world.moderator, now=now)
    until = dt.datetime.combine(second.grace_ends_date, dt.time(12), tzinfo=dt.UTC)
    assert actions.lapse_signatures(now=now) == 0
    assert actions.lapse_signatures(now=until) == 1
    assert fresh(signature).state == "lapsed"


def test_company_that_is_suspended_is_told_of_a_new_version(world: World, applicant: Company, now: dt.datetime) -> None:
    in_state(world, applicant, now, "suspended")
    next_version(world, now)
    told = Message.objects.get(template="charter_renewal_due", context__company=applicant.name)
    assert (told.context["stands"], wanted.why_not(told)) == (False, "")


def test_signature_that_was_suspended_since_is_not_said_to_count(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = approved(world, applicant, now)
    next_version(world, now)
    actions.suspend_signature(signature=fresh(signature), reason="Non.", by=world.moderator, now=now)
    told = Message.objects.get(template="charter_renewal_due", context__company=applicant.name)
    assert wanted.why_not(told) == "Cette signature ne compte plus."


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "changes_requested"])
def test_company_on_its_way_is_told_of_a_new_version_and_may_sign_it(
    world: World, applicant: Company, now: dt.datetime, state: str
) -> None:
    earlier = in_state(world, applicant, now, "submitted" if state == "in_review" else state)
    if state == "in_review":
        actions.claim_signature(signature=earlier, by=world.moderator, now=now)
    second = next_version(world, now)
    told = Message.objects.filter(template="charter_renewal_due", context__company=applicant.name)
    assert [(one.context["stands"], wanted.why_not(one)) for one in told] == [(False, "")]
    again = sign(world, applicant, now + DAY, second)
    assert (fresh(earlier).state, again.state, again.version) == ("withdrawn", "submitted", second)


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "changes_requested"])
def test_file_on_its_way_is_told_also_once_its_text_counts_no_more(
    world: World, applicant: Company, now: dt.datetime, state: str
) -> None:
    """Version 1 is on its way, the grace period of version 2 is over, version 3 comes out."""
    earlier = in_state(world, applicant, now, "submitted" if state == "in_review" else state)
    if state == "in_review":
        actions.claim_signature(signature=earlier, by=world.moderator, now=now)
    next_version(world, now)
    later = now + 120 * DAY
    actions.lapse_signatures(now=later)
    actions.remind_renewals(now=later)
    next_version(world, later)
    told = Message.objects.get(template="charter_renewal_due", context__company=applicant.name, context__new_version=3)
    assert (told.not_after, wanted.why_not(told)) == (None, "")
    text = render(told).text
    assert ("Le dossier d" in text, "jusqu’au" in text) == (True, False)


def test_signature_that_ended_and_was_not_noted_yet_holds_no_version_up(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    """Four minutes after the grace period of version 2, before the scan: it hears that it ended, not « jusqu’au »."""
    signature = approved(world, applicant, now)
    next_version(world, now)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    later = applicant.charter_until_at + dt.timedelta(minutes=4)
    third = next_version(world, later)
    assert CharterVersion.objects.newest() == third
    about = Message.objects.filter(context__company=applicant.name)
    assert not about.filter(context__new_version=3).exists()
    actions.lapse_signatures(now=later)
    assert (fresh(signature).state, about.filter(template="signature_lapsed").count()) == ("lapsed", 1)


def test_file_on_its_way_is_told_beside_a_signature_that_ended(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    approved(world, applicant, now)
    second = next_version(world, now)
    renewal = sign(world, applicant, now + DAY, second)
    next_version(world, now + 120 * DAY)
    told = Message.objects.get(template="charter_renewal_due", context__company=applicant.name, context__new_version=3)
    assert (told.about, told.context["stands"]) == (f"signature:{renewal.pk}", False)


def test_link_to_another_signatory_keeps_the_first_proof(world: World, applicant: Company, now: dt.datetime) -> None:
    first = in_state(world, applicant, now, "changes_requested")
    other = PLEDGE._replace(signatory_name="Jean Autre", signatory_email="jean@example.org")
    sent = actions.send_signing_link(
        company=applicant, version=world.charter, pledge=other, by=world.company_owner, now=now + DAY
    )
    kept = fresh(first)
    assert (kept.state, kept.signatory_name, kept.signed_at) == ("withdrawn", "Hélène Carpentier", now)
    assert (sent.state, sent.signatory_name, sent.signed_at) == ("draft", "Jean Autre", None)


def test_another_person_who_signs_begins_a_file_with_a_proof_of_its_own(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    first = in_state(world, applicant, now, "changes_requested")
    other = PLEDGE._replace(signatory_name="Jean Autre")
    again = actions.sign_charter(
        company=applicant, version=world.charter, pledge=other, by=world.company_owner, now=now + DAY
    )
    kept = fresh(first)
    assert (kept.state, kept.signatory_name, kept.signed_at) == ("withdrawn", "Hélène Carpentier", now)
    assert (again.pk != first.pk, again.state, again.signatory_name) == (True, "submitted", "Jean Autre")


def test_links_are_limited_for_a_person_whatever_the_company(world: World, now: dt.datetime) -> None:
    owner = world.company_owner
    companies = [factories.make_company(now, signatory=False, owner=owner) for _ in range(2)]
    for number in range(actions.LINKS_A_DAY):
        instant = now + dt.timedelta(minutes=number)
        actions.send_signing_link(
            company=companies[number % 2], version=world.charter, pledge=PLEDGE, by=owner, now=instant
        )
    for company in companies:
        with pytest.raises(actions.TooManyLinks):
            actions.send_signing_link(
                company=company, version=world.charter, pledge=PLEDGE, by=owner, now=now + dt.timedelta(hours=2)
            )


def test_suspended_company_accepts_nothing(world: World, applicant: Company, now: dt.datetime) -> None:
    signature = approved(world, applicant, now)
    waiting = factories.make_booking(now, open_slot(world, applicant, now), world.association, state="pending")
    actions.suspend_signature(signature=signature, reason="Non.", by=world.moderator, now=now)
    with pytest.raises(SlotTaken, match="plus signataire"):
        accept_booking(booking=waiting, by=world.company_owner, now=now + DAY)


def test_reminders_leave_thirty_and_seven_days_before(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    next_version(world, now)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    counts = []
    for days in (31, 30, 29, 7, 1):
        actions.remind_renewals(now=applicant.charter_until_at - days * DAY)
        counts.append(Message.objects.filter(template="charter_renewal_reminder").count())
    assert counts == [0, 1, 1, 2, 2]


def test_nobody_is_reminded_of_what_they_signed_since(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    second = next_version(world, now)
    applicant.refresh_from_db()
    until = applicant.charter_until_at
    assert until is not None
    actions.remind_renewals(now=until - 7 * DAY)
    told = Message.objects.filter(template__startswith="charter_renewal")
    assert {wanted.why_not(message) for message in told} == {""}
    assert {(message.not_after, message.time_zone) for message in told} == {(until, "Europe/Paris")}
    sign(world, applicant, until - 6 * DAY, second)
    assert {wanted.why_not(message) for message in told} == {"La nouvelle version est signée."}


@pytest.mark.parametrize("end", ["changes_requested", "refused", "withdrawn"])
def test_company_whose_new_signature_came_back_is_reminded(
    applicant: Company, world: World, now: dt.datetime, end: str
) -> None:
    """To be completed, refused or taken back: the company lapses unless it signs again."""
    approved(world, applicant, now)
    renewal = sign(world, applicant, now + DAY, next_version(world, now))
    if end != "withdrawn":
        actions.claim_signature(signature=renewal, by=world.moderator, now=now + DAY)
    MOVES[end](fresh(renewal), world.moderator, now + DAY)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    at = applicant.charter_until_at - 7 * DAY + dt.timedelta(hours=12)
    assert actions.remind_renewals(now=at) == 1
    deliver_due(now=at, limit=100, clock=lambda: at)
    reminder = Message.objects.get(template="charter_renewal_reminder")
    assert (reminder.state, reminder.last_error) == ("sent", "")


def test_version_that_another_followed_is_asked_for_no_more(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    next_version(world, now)
    next_version(world, now, days=20)
    told = Message.objects.filter(template="charter_renewal_due", context__company=applicant.name).order_by("pk")
    assert [wanted.why_not(one) for one in told] == ["Une version plus récente est à signer.", ""]


def test_late_scan_sends_the_nearest_reminder_alone(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    next_version(world, now)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    assert actions.remind_renewals(now=applicant.charter_until_at - 5 * DAY) == 1
    assert Message.objects.filter(template="charter_renewal_reminder").count() == 1


def test_mails_tell_the_end_of_the_companys_own_grace(world: World, applicant: Company, now: dt.datetime) -> None:
    """Version 1 is signed, 2 and 3 are published: what counts is the grace period of version 2."""
    approved(world, applicant, now)
    second = next_version(world, now)
    later = now + 60 * DAY
    third = actions.save_draft_version(
        text="# Charte\n\nEncore.", effective_from_date=later.date() + 10 * DAY, by=world.moderator, now=later
    )
    actions.publish_version(version=third, seen=third.etag, by=world.moderator, now=later)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    actions.remind_renewals(now=applicant.charter_until_at - DAY)
    about = Message.objects.filter(context__company=applicant.name, context__new_version=3)
    told = {message.template: message.context["until"] for message in about}
    assert told == dict.fromkeys(("charter_renewal_due", "charter_renewal_reminder"), long_date(second.grace_ends_date))


def test_who_has_signed_the_new_text_is_not_reminded(world: World, applicant: Company, now: dt.datetime) -> None:
    approved(world, applicant, now)
    sign(world, applicant, now, next_version(world, now))
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    assert actions.remind_renewals(now=applicant.charter_until_at - DAY) == 0


def test_approval_of_an_earlier_text_counts_until_the_grace_ends(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = held(world, applicant, now)
    second = next_version(world, now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now + DAY)
    applicant.refresh_from_db()
    assert applicant.charter_until_at is not None
    assert applicant.charter_until_at.astimezone(dt.timezone(dt.timedelta(hours=1))).date() == second.grace_ends_date


# --- races ------------------------------------------------------------------------------------------


ROUNDS = 5


def unguarded(signature: Signature, to: State, *, held: object = None, **stamps: object) -> bool:
    """A move that does not look where the signature is: the control."""
    return bool(Signature.objects.filter(pk=signature.pk).update(state=to, **stamps))


def test_without_the_guard_two_moderators_both_decide(world: World, applicant: Company, now: dt.datetime) -> None:
    """The control of the race below: on what both have read, the second decision would replace the first."""
    signature = held(world, applicant, now)
    read = [fresh(signature), fresh(signature)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "move", unguarded)
        MOVES["approved"](read[0], world.moderator, now)
        MOVES["refused"](read[1], world.moderator, now)
    assert Decision.objects.about(Decision.Subject.SIGNATURE, signature.pk).count() == 2


def test_two_moderators_decide_at_once(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    approve, refuse = MOVES["approved"], MOVES["refused"]
    for _ in range(ROUNDS):
        signature = held(world, factories.make_company(now, signatory=False), now)
        moves = [partial(move, fresh(signature), world.moderator, now) for move in (approve, refuse)]
        assert at_once(*moves) == {"done": 1, "AlreadyDecided": 1}
        assert Decision.objects.about(Decision.Subject.SIGNATURE, signature.pk).count() == 1


def test_two_moderators_claim_at_once(now: dt.datetime, committed: None) -> None:
    world, other = factories.make_world(now), factories.make_user(is_moderator=True)
    for _ in range(ROUNDS):
        signature = sign(world, factories.make_company(now, signatory=False), now)
        moves = [partial(MOVES["in_review"], fresh(signature), who, now) for who in (world.moderator, other)]
        assert at_once(*moves) == {"done": 1, "HeldByAnother": 1}


def test_owner_withdraws_while_a_moderator_approves(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    for _ in range(ROUNDS):
        company = factories.make_company(now, signatory=False)
        signature = held(world, company, now)
        people = {"approved": world.moderator, "withdrawn": world.company_owner}
        moves = [partial(MOVES[move], fresh(signature), who, now) for move, who in people.items()]
        assert at_once(*moves) == {"done": 1, "AlreadyDecided": 1}
        company.refresh_from_db()
        assert (company.charter_approved_at is not None) == (fresh(signature).state == "approved")


def test_one_company_signs_twice_at_once(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    for _ in range(ROUNDS):
        company = factories.make_company(now, signatory=False)
        assert at_once(*[partial(sign, world, company, now)] * 2) == {"done": 1, "AlreadySigned": 1}


@pytest.mark.parametrize("guarded", [True, False])
def test_version_is_published_while_one_signs(
    now: dt.datetime,
    committed: None,
    monkeypatch: pytest.MonkeyPatch,
    guarded: bool,  # noqa: FBT001
) -> None:
    """The signer reads that the text is the newest, then pauses: who publishes waits. Without the lock nobody does."""
    if not guarded:
        monkeypatch.setattr(signing, "hold_newest", lambda: None)
    world = factories.make_world(now)
    company = factories.make_company(now, signatory=False)

    def signer(pause: Callable[[], object]) -> None:
        signing.check_newest(world.charter)
        pause()
        if guarded:
            sign(world, company, now)

    assert second_waits(signer, partial(next_version, world, now)) == guarded
    if not guarded:
        return
    assert Message.objects.filter(template="charter_renewal_due", context__company=company.name).count() == 1
    with pytest.raises(actions.NewerVersion):
        sign(world, factories.make_company(now, signatory=False), now)


PARTIES_MAY_BOOK = "workshops.Booking:booking_may_be_made"


@pytest.fixture(params=[True, False], ids=["with the trigger", "without it"])
def guarded(request: pytest.FixtureRequest, committed: None) -> Iterator[bool]:
    """The control: with the guard off the same race must oversell a suspended company."""
    if not request.param:
        pgtrigger.disable(PARTIES_MAY_BOOK)
    yield request.param
    pgtrigger.enable(PARTIES_MAY_BOOK)


def book(world: World, slot: Slot, now: dt.datetime) -> Booking:
    return book_slot(
        slot_id=slot.pk,
        association=world.association,
        participants=4,
        topic="email",
        message="",
        key=uuid.uuid4(),
        request=None,
        by=world.association_owner,
        now=now,
    )


def test_booking_waits_for_a_suspension_under_way_and_is_refused(now: dt.datetime, guarded: bool) -> None:  # noqa: FBT001
    world = factories.make_world(now)
    company = factories.make_company(now, signatory=False)
    signature, slot = approved(world, company, now), open_slot(world, company, now)

    def moderator(pause: Callable[[], object]) -> None:
        actions.suspend_signature(signature=fresh(signature), reason="Non.", by=world.moderator, now=now)
        pause()

    def association() -> None:
        if guarded:
            with pytest.raises(SlotTaken):
                book(world, slot, now)
        else:
            book(world, slot, now)

    assert second_waits(moderator, association) == guarded
    assert Booking.objects.filter(slot=slot).exists() != guarded


def test_suspension_waits_for_who_books_and_leaves_the_booking(now: dt.datetime, guarded: bool) -> None:  # noqa: FBT001
    world = factories.make_world(now)
    company = factories.make_company(now, signatory=False)
    signature, slot = approved(world, company, now), open_slot(world, company, now)

    def association(pause: Callable[[], object]) -> None:
        book(world, slot, now)
        pause()

    suspend = partial(actions.suspend_signature, signature=fresh(signature), reason="Non.", by=world.moderator, now=now)
    assert second_waits(association, suspend) == guarded
    assert Booking.objects.filter(slot=slot).count() == 1
    assert slot not in Slot.objects.open(now)


@pytest.mark.parametrize("move", ["approve", "reinstate"])
def test_version_is_published_while_a_moderator_decides(now: dt.datetime, committed: None, move: str) -> None:
    """Who is approved meanwhile has the grace period and no more."""
    world = factories.make_world(now)
    company = factories.make_company(now, signatory=False)
    signature = held(world, company, now)
    if move == "reinstate":
        actions.approve_signature(signature=signature, by=world.moderator, now=now)
        actions.suspend_signature(signature=signature, reason="Non.", by=world.moderator, now=now)

    def moderator(pause: Callable[[], object]) -> None:
        if move == "approve":
            actions.approve_signature(signature=fresh(signature), by=world.moderator, now=now)
        else:
            actions.reinstate_signature(signature=fresh(signature), reason="", by=world.moderator, now=now)
        pause()

    assert second_waits(moderator, partial(next_version, world, now))
    company.refresh_from_db()
    assert company.charter_until_at is not None


def test_grace_of_an_earlier_version_is_not_lengthened_by_a_later_one(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    """Three versions: the first ends with the grace period of the second, suspended or not."""
    first = held(world, applicant, now)
    actions.approve_signature(signature=first, by=world.moderator, now=now)
    second = next_version(world, now)
    actions.suspend_signature(signature=first, reason="Le temps de voir.", by=world.moderator, now=now)
    later = now + 60 * DAY
    third = actions.save_draft_version(
        text="# Charte\n\nEncore.", effective_from_date=later.date() + 10 * DAY, by=world.moderator, now=later
    )
    actions.publish_version(version=third, seen=third.etag, by=world.moderator, now=later)
    over = dt.datetime.combine(second.grace_ends_date, dt.time(12), dt.UTC)
    actions.reinstate_signature(signature=first, reason="Rien.", by=world.moderator, now=later)
    assert not Company.objects.signatories(over).filter(pk=applicant.pk).exists()
    assert actions.lapse_signatures(now=over) == 1


def test_suspension_of_a_text_whose_grace_is_over_is_not_lifted(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = approved(world, applicant, now)
    second = next_version(world, now)
    actions.suspend_signature(signature=fresh(signature), reason="Non.", by=world.moderator, now=now)
    over = dt.datetime.combine(second.grace_ends_date, dt.time(12), dt.UTC)
    with pytest.raises(actions.VersionOver):
        actions.reinstate_signature(signature=fresh(signature), reason="Oui.", by=world.moderator, now=over)
    assert not Message.objects.filter(template="signature_reinstated").exists()


def test_company_that_takes_another_name_while_it_is_read_goes_back_to_the_queue(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    signature = held(world, applicant, now)
    applicant.name = "Tout autre chose"
    actions.describe_signatory(company=applicant, now=now)
    with pytest.raises(AlreadyDecided):
        actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert fresh(signature).state == "submitted"


def test_file_of_an_earlier_text_ends_no_signature_of_a_later_one(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    """Refused for version 1, a signatory by version 2: the first file neither comes back nor takes its place."""
    first = in_state(world, applicant, now, "refused")
    second = next_version(world, now)
    signed = sign(world, applicant, now + DAY, second)
    actions.claim_signature(signature=signed, by=world.moderator, now=now + DAY)
    actions.approve_signature(signature=signed, by=world.moderator, now=now + DAY)
    with pytest.raises(AlreadyDecided, match="signé à nouveau"):
        actions.reopen_signature(signature=first, now=now + DAY)
    Signature.objects.filter(pk=first.pk).update(
        state="in_review", claimed_at=now, claimed_by=world.moderator, decided_at=None, decided_by=None
    )
    with pytest.raises(actions.NewerStands, match="version 2"):
        actions.approve_signature(signature=fresh(first), by=world.moderator, now=now + DAY)
    assert fresh(signed).state == "approved"


def test_accepted_appeal_ends_a_draft_that_nobody_signed(world: World, applicant: Company, now: dt.datetime) -> None:
    refused = in_state(world, applicant, now, "refused")
    draft = actions.send_signing_link(
        company=applicant, version=world.charter, pledge=PLEDGE, by=world.company_owner, now=now
    )
    actions.reopen_signature(signature=refused, now=now + DAY)
    assert (fresh(refused).state, fresh(draft).state) == ("submitted", "withdrawn")


def test_signing_again_leaves_an_appeal_without_object(world: World, applicant: Company, now: dt.datetime) -> None:
    first = in_state(world, applicant, now, "refused")
    refusal = Decision.objects.last_refusal(Decision.Subject.SIGNATURE, first.pk)
    assert refusal is not None
    made = files.appeal(decision=refusal, message="Si.", by=world.company_owner, now=now)
    sign(world, applicant, now + DAY)
    made.refresh_from_db()
    assert made.state == "moot"


def test_company_that_signed_in_time_is_not_asked_to_sign_when_it_lapses(
    world: World, applicant: Company, now: dt.datetime
) -> None:
    approved(world, applicant, now)
    second = next_version(world, now)
    sign(world, applicant, now + DAY, second)
    actions.lapse_signatures(now=dt.datetime.combine(second.grace_ends_date, dt.time(12), dt.UTC))
    said = render(Message.objects.get(template="signature_lapsed"))
    assert "dès que l’équipe de modération l’approuve" in said.text
    assert "Lire et signer" not in said.text + said.html


def test_text_whose_grace_is_over_is_not_approved_any_more(world: World, applicant: Company, now: dt.datetime) -> None:
    first = held(world, applicant, now)
    second = next_version(world, now)
    over = dt.datetime.combine(second.grace_ends_date, dt.time(12), dt.UTC)
    with pytest.raises(actions.VersionOver):
        actions.approve_signature(signature=first, by=world.moderator, now=over)
    assert Message.objects.filter(template="signature_approved").count() == 0
