"""What was known of an entry that was united with another one is known of that one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pghistory
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.actions import files, members
from accounts.audit import member_changes, was_removed
from accounts.models import Decision, Role, User
from associations.models import Association
from companies.models import Slot
from mail.models import Message
from mail.rendering import render
from solidarite.moderation import merging
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Reason, Side, WaitlistEntry

Visitor = Callable[[User], Client]


def unite(keep: Any, absorb: Any, world: World, now: dt.datetime) -> None:
    """As a moderator does."""
    company = keep._meta.model_name == "company"
    file = factories.make_signature(now, keep, world.charter, state="withdrawn", ended_at=now) if company else keep
    subject = Decision.Subject.SIGNATURE if company else Decision.Subject.ASSOCIATION
    merging.merge(file=file, subject=subject, keep=keep, absorb=absorb, by=world.moderator, now=now)


def pair(kind: str, now: dt.datetime) -> tuple[Any, Any]:
    if kind == "company":
        return tuple(factories.make_company(now, signatory=False) for _ in range(2))  # type: ignore[return-value]
    return tuple(factories.make_association(now) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["company", "association"])
def test_who_was_taken_out_of_the_former_entry_does_not_come_back_by_its_link(
    world: World, now: dt.datetime, kind: str
) -> None:
    keep, gone = pair(kind, now)
    person, owner = factories.make_user(email="leo@parc.example"), gone.owners()[0]
    factories.add_member(gone, person, Role.VOLUNTEER, now)
    link = members.open_volunteer_link(organisation=gone, domains=["parc.example"], by=owner, now=now)
    with pghistory.context(user=owner.pk):
        member = gone.members().get(user=person)
        members.remove_member(organisation=gone, member=member, by=owner, now=now)
    unite(keep, gone, world, now)
    assert was_removed(keep, person)
    with pytest.raises(members.RemovedBefore):
        members.accept_invitation(organisation=keep, invitation=link, by=person, now=now)


@pytest.mark.parametrize("kind", ["company", "association"])
def test_history_of_members_goes_on(world: World, now: dt.datetime, kind: str) -> None:
    keep, gone = pair(kind, now)
    factories.add_member(gone, factories.make_user("Zoé"), Role.VOLUNTEER, now)
    numbers = [gone.pk, keep.pk]
    unite(keep, gone, world, now)
    third = pair(kind, now)[0]
    unite(third, keep, world, now)
    assert sorted(third.absorbed_numbers) == numbers[::-1]
    assert any(change.column == "membre Zoé" for change in member_changes(third))


@pytest.mark.parametrize("kind", ["company", "association"])
def test_members_old_addresses_lead_on_and_nobody_elses_do(
    world: World, now: dt.datetime, visitor: Visitor, kind: str
) -> None:
    keep, gone = pair(kind, now)
    member, former = gone.owners()[0], gone.slug
    unite(keep, gone, world, now)
    space = {"company": "companies", "association": "associations"}[kind]
    for name in (kind, f"{space}:members"):
        answer = visitor(member).get(reverse(name, args=[former]), {"page": "2"})
        assert (answer.status_code, answer["Location"]) == (301, f"{reverse(name, args=[keep.slug])}?page=2")
        assert visitor(factories.make_user()).get(reverse(name, args=[former])).status_code == 404
    assert visitor(member).post(reverse(f"{space}:members_confirm", args=[former])).status_code == 404
    assert type(keep).objects.free_slug(former) != former


STAMPED: dict[str, dict[str, Any]] = {
    "new": {"decided_at": None},
    "refused": {"decision_reason": "Non."},
    "suspended": {"decision_reason": "Non."},
}


@pytest.mark.parametrize(
    ("states", "left"),
    [
        (("refused", "admitted"), "admitted"),
        (("refused", "new"), "new"),
        (("refused", "suspended"), "suspended"),
        (("new", "suspended"), "suspended"),
        (("new", "refused"), "new"),
        (("admitted", "refused"), "admitted"),
        (("admitted", "suspended"), "suspended"),
        (("suspended", "admitted"), "suspended"),
    ],
)
def test_state_of_two_united_associations(world: World, now: dt.datetime, states: tuple[str, str], left: str) -> None:
    keep, gone = (factories.make_association(now, state=state, **STAMPED.get(state, {})) for state in states)
    unite(keep, gone, world, now)
    keep.refresh_from_db()
    assert keep.state == left


@pytest.mark.parametrize("state", ["suspended", "refused"])
def test_what_an_entry_had_booked_goes_along_whatever_the_other_may(world: World, now: dt.datetime, state: str) -> None:
    """A suspension leaves what was agreed as it is; a refused entry has the state of the admitted one afterwards."""
    keep = factories.make_association(now, state=state, **STAMPED[state])
    gone = factories.make_association(now)
    booking = factories.make_booking(now, world.slot, gone)
    unite(keep, gone, world, now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    booking.refresh_from_db()
    assert (booking.association, booking.state) == (keep, "confirmed")


def test_file_of_an_earlier_text_ends_when_united_with_a_signatory_of_a_later_one(
    world: World, now: dt.datetime
) -> None:
    later = factories.make_charter_version(now, 2, effective_from_date=now.date() + dt.timedelta(days=5))
    keep, gone = factories.make_company(now), factories.make_company(now, signatory=False)
    standing = factories.make_signature(now, keep, later, state="approved", decided_at=now)
    waiting = factories.make_signature(now, gone, world.charter)
    unite(keep, gone, world, now)
    for signature in (standing, waiting):
        signature.refresh_from_db()
    assert (standing.state, waiting.state) == ("approved", "withdrawn")


def test_merge_that_takes_an_admitted_association_off_says_so(world: World, now: dt.datetime) -> None:
    keep = factories.make_association(now)
    gone = factories.make_association(now, state="suspended", decision_reason="Des absences.")
    unite(keep, gone, world, now)
    said = render(Message.objects.filter(template="organisations_merged")[0])
    assert "Des absences." in said.text
    assert "suspendue" in said.html


def test_appeal_of_a_refused_entry_ends_when_united_with_one_that_is_admitted(world: World, now: dt.datetime) -> None:
    keep = factories.make_association(now, state="refused", decision_reason="Déjà inscrite.")
    refusal = files.record_decision(
        Decision.Subject.ASSOCIATION, keep.pk, Decision.Outcome.REFUSED, by=world.moderator, now=now
    )
    made = files.appeal(decision=refusal, message="Si.", by=world.association_owner, now=now)
    unite(keep, factories.make_association(now), world, now)
    made.refresh_from_db()
    assert (made.state, type(keep).objects.get(pk=keep.pk).state) == ("moot", "admitted")


@pytest.mark.parametrize("kind", ["company", "association"])
def test_facts_that_are_true_together_are_taken_over_together(world: World, now: dt.datetime, kind: str) -> None:
    make: Any = factories.make_company if kind == "company" else factories.make_association
    facts = {
        "siren": "404833048",
        "siret": "40483304800022",
        "address": "2 rue de Paris",
        "website": "https://a.example",
    }
    keep, gone = make(now, siren="732829320", commune_id=factories.LILLE), make(now, **facts)
    type(gone).objects.filter(pk=gone.pk).update(commune=factories.ROUBAIX)
    unite(keep, gone, world, now)
    keep.refresh_from_db()
    assert (keep.siren, keep.siret, keep.address, keep.website) == ("732829320", "", "", "https://a.example")
    other = make(now)
    unite(other, make(now, siren="356000000", siret="35600000000048"), world, now)
    other.refresh_from_db()
    assert (other.siren, other.siret) == ("356000000", "35600000000048")


@pytest.mark.parametrize("kind", ["company", "association"])
def test_of_two_invitations_to_one_address_the_higher_goes_on(world: World, now: dt.datetime, kind: str) -> None:
    keep, gone = pair(kind, now)
    for number, (ours, theirs) in enumerate([(Role.VOLUNTEER, Role.OWNER), (Role.OWNER, Role.VOLUNTEER)]):
        factories.make_invitation(now, keep, f"p{number}@example.org", role=ours)
        factories.make_invitation(now, gone, f"p{number}@example.org", role=theirs)
    unite(keep, gone, world, now)
    going_on = keep.invitations_sent().open(now).values_list("email", "role")
    assert sorted(going_on) == [("p0@example.org", Role.OWNER), ("p1@example.org", Role.OWNER)]


def test_links_of_two_united_companies_are_taken_back_together(world: World, now: dt.datetime) -> None:
    keep, gone = pair("company", now)
    links = [factories.make_invitation(now, one, "", domains=["parc.example"]) for one in (keep, gone)]
    unite(keep, gone, world, now)
    members.revoke_invitation(organisation=keep, invitation=links[0], by=keep.owners()[0], now=now)
    late = factories.make_user(email="leo@parc.example")
    for link in links:
        with pytest.raises(members.InvitationClosed):
            members.accept_invitation(organisation=keep, invitation=link, by=late, now=now)


def queue(slot: Slot, association: Association, now: dt.datetime) -> WaitlistEntry:
    facts: dict[str, Any] = {"participants": 6, "topic": "email", "message": "", "request": None}
    by = association.owners()[0]
    return actions.join_waitlist(slot_id=slot.pk, association=association, by=by, now=now, **facts)


@pytest.mark.parametrize("by", ["kept", "gone"])
@pytest.mark.parametrize("claim", ["booked", "held"])
def test_nobody_waits_for_what_is_theirs_once_two_entries_are_one(
    world: World, now: dt.datetime, by: str, claim: str
) -> None:
    keep, gone = pair("association", now)
    claimer, other = (keep, gone) if by == "kept" else (gone, keep)
    first = factories.make_booking(now, world.slot, claimer if claim == "booked" else world.association)
    if claim == "held":
        queue(world.slot, claimer, now)
    waits = queue(world.slot, other, now)
    if claim == "held":
        actions.cancel_booking(
            booking=Booking.objects.with_everything().get(pk=first.pk),
            side=Side.ASSOCIATION,
            code=Reason.NO_NEED,
            by=world.association_owner,
            now=now,
        )
        assert Booking.objects.held(now).get().association == claimer
    unite(keep, gone, world, now)
    waits.refresh_from_db()
    assert (waits.state, waits.association, waits.ended_at) == (WaitlistEntry.State.LEFT, keep, now)
    assert Booking.objects.live(now).get().association == keep


@pytest.mark.parametrize("first", ["kept", "gone"])
def test_earlier_of_two_places_in_a_queue_stays(world: World, now: dt.datetime, first: str) -> None:
    keep, gone = pair("association", now)
    factories.make_booking(now, world.slot, world.association)
    earlier, later = (keep, gone) if first == "kept" else (gone, keep)
    places = [queue(world.slot, earlier, now), queue(world.slot, later, now + dt.timedelta(hours=1))]
    unite(keep, gone, world, now + dt.timedelta(hours=2))
    for place in places:
        place.refresh_from_db()
    assert [place.state for place in places] == ["waiting", "left"]
    assert places[0].association == keep
