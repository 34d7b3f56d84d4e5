"""Reports of abuse and appeals: held by one moderator, decided once, told."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import files
from accounts.models import AbuseReport, Appeal, Decision, Role
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World

HOUR = dt.timedelta(hours=1)


def report(world: World, now: dt.datetime) -> AbuseReport:
    by = world.association_owner
    return files.report_abuse(path="/creneaux/1/", reason="false", message="Fermé.", by=by, now=now)


def refusal(world: World, now: dt.datetime) -> Decision:
    refused, association = Decision.Outcome.REFUSED, Decision.Subject.ASSOCIATION
    by = world.moderator
    return files.record_decision(association, world.association.pk, refused, by=by, now=now, reason="Hors sujet.")


def test_report_is_settled_once_and_its_author_told(world: World, now: dt.datetime) -> None:
    made = report(world, now)
    with pytest.raises(files.AlreadyDecided, match="Prenez d’abord"):
        files.settle_report(report=made, upheld=True, reason="", by=world.moderator, now=now)
    files.claim_file(made, by=world.moderator, now=now)
    files.settle_report(report=made, upheld=False, reason="La salle est ouverte.", by=world.moderator, now=now)
    with pytest.raises(files.AlreadyDecided, match="Déjà traité par Odile à 10"):
        files.settle_report(report=made, upheld=True, reason="", by=world.moderator, now=now)
    rendered = render(Message.objects.get(template="report_settled"))
    assert "La salle est ouverte." in rendered.text
    assert Decision.objects.about(Decision.Subject.REPORT, made.pk).get().outcome == "dismissed"


def test_one_person_reports_twenty_pages_a_day(world: World, now: dt.datetime) -> None:
    for _ in range(20):
        report(world, now)
    with pytest.raises(files.TooManyReports):
        report(world, now)
    report(world, now + 25 * HOUR)


def test_file_is_held_for_an_hour(world: World, now: dt.datetime) -> None:
    made, other = report(world, now), factories.make_user("Paul", is_moderator=True)
    files.claim_file(made, by=world.moderator, now=now)
    with pytest.raises(files.HeldByAnother, match="Odile"):
        files.claim_file(made, by=other, now=now + HOUR - dt.timedelta(seconds=1))
    files.release_file(made, by=other)
    with pytest.raises(files.HeldByAnother):
        files.claim_file(made, by=other, now=now)
    files.claim_file(made, by=other, now=now + HOUR)
    files.release_file(made, by=other)
    files.claim_file(made, by=world.moderator, now=now + HOUR)


def test_one_appeal_a_refusal_and_another_moderator_decides(world: World, now: dt.datetime) -> None:
    decision, other = refusal(world, now), factories.make_user("Paul", is_moderator=True)
    made = files.appeal(decision=decision, message="Relisez.", by=world.association_owner, now=now)
    with pytest.raises(files.AppealedAlready):
        files.appeal(decision=decision, message="Encore.", by=world.association_owner, now=now)
    files.claim_file(made, by=world.moderator, now=now)
    with pytest.raises(files.OwnDecision):
        files.settle_appeal(
            appeal=made, accepted=True, answer="", organisation=world.association, by=world.moderator, now=now
        )
    files.release_file(made, by=world.moderator)
    files.claim_file(made, by=other, now=now)
    manager = factories.make_user()
    factories.add_member(world.association, manager, Role.MANAGER, now)
    factories.add_member(world.association, factories.make_user(), Role.VOLUNTEER, now)
    of = world.association
    files.settle_appeal(appeal=made, accepted=False, answer="Rien de neuf.", organisation=of, by=other, now=now)
    told = Message.objects.filter(template="appeal_answered").values_list("to_email", flat=True)
    assert set(told) == {world.association_owner.email, manager.email}
    assert Appeal.objects.get().state == "rejected"
    rendered = render(Message.objects.filter(template="appeal_answered")[0])
    assert rendered.subject == "Votre recours est rejeté"
    assert "Rien de neuf." in rendered.text
