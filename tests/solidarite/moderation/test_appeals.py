"""A refusal is not the end: an association corrects its entry, or asks for another look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import files
from accounts.actions.files import AlreadyDecided
from accounts.models import Appeal, Decision, User
from associations import actions
from associations.models import Association
from mail.models import Message
from mail.rendering import render
from solidarite.moderation.kinds import KINDS
from solidarite.moderation.queue import page
from tests import factories
from tests.factories import World
from tests.races import second_waits

Visitor = Callable[[User], Client]
TYPED = {"name": "Les Clics", "legal_form": "association", "commune": "Roubaix (59)"}


@pytest.fixture
def refused(world: World, now: dt.datetime) -> Association:
    association = factories.make_association(now, admitted=False, owner=world.association_owner)
    refuse(association, world.moderator, now)
    return association


def refuse(association: Association, by: User, now: dt.datetime) -> None:
    files.claim_file(association, by=by, now=now)
    actions.refuse_association(association=association, reason_code="off_topic", reason="Sans rapport.", by=by, now=now)


def test_owner_corrects_a_refused_association_and_presents_it_again(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    edit = reverse("associations:edit", args=[refused.slug])
    assert edit in client.get(reverse("association", args=[refused.slug])).text
    assert "Sans rapport." in client.get(edit).text
    assert "repart à l’examen" in client.post(edit, TYPED, follow=True).text
    refused.refresh_from_db()
    assert (refused.state, refused.name) == ("new", "Les Clics")
    assert [row.pk for row in page(world.moderator)] == [refused.pk]


def test_association_presented_again_waits_behind_the_others(
    world: World, refused: Association, now: dt.datetime
) -> None:
    other = factories.make_association(now + dt.timedelta(hours=1), admitted=False)
    actions.present_again(association=refused, now=now + dt.timedelta(hours=2))
    assert [row.pk for row in page(world.moderator)] == [other.pk, refused.pk]


def test_three_refusals_are_enough(world: World, refused: Association, now: dt.datetime, visitor: Visitor) -> None:
    for _ in range(actions.REFUSALS_AT_MOST - 1):
        actions.present_again(association=refused, now=now)
        refuse(refused, world.moderator, now)
    answer = visitor(world.association_owner).post(reverse("associations:edit", args=[refused.slug]), TYPED)
    assert answer.status_code == 422
    assert "refusée trois fois" in answer.text
    refused.refresh_from_db()
    assert (refused.state, refused.name == "Les Clics") == ("refused", False)


def test_third_refusal_does_not_say_to_try_again(world: World, refused: Association, now: dt.datetime) -> None:
    for _ in range(actions.REFUSALS_AT_MOST - 1):
        actions.present_again(association=refused, now=now)
        refuse(refused, world.moderator, now + dt.timedelta(minutes=_ + 1))
    said = [render(message).text for message in Message.objects.filter(template="association_refused").order_by("pk")]
    assert ["présentez-la à nouveau" in text for text in said] == [True, True, False]


def test_association_presented_again_leaves_its_appeal_without_object(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    owner, address = visitor(world.association_owner), reverse("appeal", args=["association", refused.pk])
    owner.post(address, {"message": "Nous formons des seniors."})
    actions.present_again(association=refused, now=now)
    assert Appeal.objects.get().state == "moot"
    assert page(world.moderator)[0].kind == "association"
    assert len(page(world.moderator)) == 1


def test_first_request_of_a_refused_association_is_not_put_online(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    wanted = factories.make_request(now, refused, state="in_review")
    client = visitor(world.moderator)
    client.post(reverse("moderation_claim", args=["request", wanted.pk]))
    answer = client.post(reverse("moderation_decide", args=["request", wanted.pk]), {"outcome": "approve"})
    assert "L’association est refusée" in answer.text
    wanted.refresh_from_db()
    assert wanted.state == "in_review"


def test_appeal_page_tells_what_became_of_it(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    owner, address = visitor(world.association_owner), reverse("appeal", args=["association", refused.pk])
    assert "demander un réexamen" in owner.get(reverse("association", args=[refused.slug])).text
    owner.post(address, {"message": "Nous formons des seniors."})
    assert "Nous formons des seniors." in owner.get(address).text
    assert "Envoyer le recours" not in owner.get(address).text
    other, made = factories.make_user(is_moderator=True), Appeal.objects.get()
    client = visitor(other)
    client.post(reverse("moderation_claim", args=["appeal", made.pk]))
    client.post(reverse("moderation_decide", args=["appeal", made.pk]), {"outcome": "refuse", "reason": "Vu et revu."})
    owner = visitor(world.association_owner)
    assert "Vu et revu." in owner.get(address).text
    assert "voir votre recours" in owner.get(reverse("association", args=[refused.slug])).text


def test_hidden_request_of_a_refused_association_is_not_put_online(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    wanted = factories.make_request(now, refused, state="hidden", hidden_reason="Non.")
    hidden = files.record_decision(
        Decision.Subject.REQUEST, wanted.pk, Decision.Outcome.REFUSED, by=factories.make_user(), now=now
    )
    made = files.appeal(decision=hidden, message="Si.", by=world.association_owner, now=now)
    client = visitor(world.moderator)
    client.post(reverse("moderation_claim", args=["appeal", made.pk]))
    decide = reverse("moderation_decide", args=["appeal", made.pk])
    answer = client.post(decide, {"outcome": "approve", "reason": "Entendu."})
    assert answer.status_code == 409
    assert "L’association est refusée" in answer.text
    assert "Entendu." in answer.text
    wanted.refresh_from_db()
    made.refresh_from_db()
    assert (wanted.state, made.state) == ("hidden", "open")
    assert not Message.objects.filter(template__in=("request_published", "appeal_answered")).exists()


def test_rejection_says_to_try_again_only_while_that_may_be(
    world: World, refused: Association, now: dt.datetime, visitor: Visitor
) -> None:
    for _ in range(actions.REFUSALS_AT_MOST - 1):
        actions.present_again(association=refused, now=now)
        refuse(refused, world.moderator, now)
    answer_appeal(world, refused, visitor, outcome="refuse")
    said = render(Message.objects.filter(template="appeal_answered")[0]).text
    assert "la décision est maintenue" in said
    assert "présenter un nouveau dossier" not in said


def answer_appeal(world: World, refused: Association, visitor: Visitor, *, outcome: str) -> None:
    address = reverse("appeal", args=["association", refused.pk])
    visitor(world.association_owner).post(address, {"message": "Nous formons des seniors."})
    made, client = Appeal.objects.get(), visitor(factories.make_user(is_moderator=True))
    client.post(reverse("moderation_claim", args=["appeal", made.pk]))
    client.post(reverse("moderation_decide", args=["appeal", made.pk]), {"outcome": outcome, "reason": "Vu."})


def test_request_put_online_again_leaves_its_appeal_without_object(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, state="hidden", hidden_reason="Non.")
    hidden = files.record_decision(
        Decision.Subject.REQUEST, wanted.pk, Decision.Outcome.REFUSED, by=world.moderator, now=now
    )
    made = files.appeal(decision=hidden, message="Si.", by=world.association_owner, now=now)
    actions.show_request(request=wanted, reason="Relu.", by=world.moderator, now=now)
    made.refresh_from_db()
    assert made.state == "moot"


def test_appeal_is_accepted_while_the_owner_presents_again(now: dt.datetime, committed: None) -> None:
    """Both hold the organisation first: one waits for the other, and neither is killed."""
    world = factories.make_world(now)
    association = factories.make_association(now, admitted=False, owner=world.association_owner)
    refuse(association, world.moderator, now)
    refusal = Decision.objects.last_refusal(Decision.Subject.ASSOCIATION, association.pk)
    assert refusal is not None
    made = files.appeal(decision=refusal, message="Si.", by=world.association_owner, now=now)
    other = factories.make_user(is_moderator=True)
    files.claim_file(made, by=other, now=now)
    read = KINDS["appeal"].files().get(pk=made.pk)

    def present(pause: Callable[[], object]) -> None:
        actions.present_again(association=association, now=now)
        pause()

    def accept() -> None:
        with pytest.raises(AlreadyDecided):
            KINDS["appeal"].decide(read, {"outcome": "approve", "reason": "Oui."}, by=other, now=now)

    assert second_waits(present, accept)
    made.refresh_from_db()
    assert made.state == "moot"


def test_association_that_takes_another_name_while_it_is_read_is_read_again(world: World, now: dt.datetime) -> None:
    association = factories.make_association(now, admitted=False)
    files.claim_file(association, by=world.moderator, now=now)
    association.name = "Tout autre chose"
    actions.describe_association(association=association)
    with pytest.raises(AlreadyDecided):
        actions.admit_association(association=association, by=world.moderator, now=now)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example/x", "/\t/evil.example/x", "/a\\b", "https://evil.example"]
)
def test_report_is_about_a_page_of_ours(client: Client, db: None, path: str) -> None:
    typed = {"path": path, "reason": "other", "message": "Voyez."}
    assert client.post(reverse("report_abuse"), typed).status_code == 422
