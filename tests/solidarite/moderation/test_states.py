"""Every move of associations, reports, appeals and requests to join, from every state: those of the tables alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actions import files, members
from accounts.models import AbuseReport, Appeal, Decision, JoinRequest, Role
from accounts.refusals import Refused
from associations import actions as associations
from associations.models import Association
from tests import factories
from tests.factories import World

Moves = dict[str, Callable[[Any, World, dt.datetime], None]]


def hold(row: Any, world: World, now: dt.datetime) -> None:
    """Take the file, when it is one that waits."""
    type(row).objects.awaiting_decision().filter(pk=row.pk).claim(by=world.moderator, now=now)
    row.refresh_from_db()


ASSOCIATION: Moves = {
    "admitted": lambda one, world, now: (
        associations.admit_association(association=one, by=world.moderator, now=now)
        if one.state != "suspended"
        else associations.reinstate_association(association=one, reason="Oui.", by=world.moderator, now=now)
    ),
    "refused": lambda one, world, now: associations.refuse_association(
        association=one, reason_code="other", reason="Non.", by=world.moderator, now=now
    ),
    "suspended": lambda one, world, now: associations.suspend_association(
        association=one, reason="Non.", by=world.moderator, now=now
    ),
    "new": lambda one, _world, now: associations.reopen_association(association=one, now=now),
}


@pytest.mark.parametrize("source", [state.value for state in Association.State])
@pytest.mark.parametrize("target", ASSOCIATION)
def test_association_moves_as_its_table_says(world: World, now: dt.datetime, source: str, target: str) -> None:
    association = factories.make_association(now, admitted=False)
    if source != "new":
        stamps = {"decided_at": now, "decision_reason": "Parce que."}
        Association.objects.filter(pk=association.pk).update(state=source, **stamps)
    association.refresh_from_db()
    hold(association, world, now)
    allowed = Association.State(target) in Association.TRANSITIONS[Association.State(source)]
    try:
        ASSOCIATION[target](association, world, now)
    except Refused:
        assert not allowed
    association.refresh_from_db()
    assert association.state == (target if allowed else source)


@pytest.mark.parametrize("source", [state.value for state in AbuseReport.State])
@pytest.mark.parametrize("target", ["upheld", "dismissed"])
def test_report_moves_as_its_table_says(world: World, now: dt.datetime, source: str, target: str) -> None:
    report = AbuseReport.objects.create(
        path="/",
        reason="other",
        message="Faux.",
        created_at=now,
        state=source,
        decided_at=None if source == "open" else now,
    )
    hold(report, world, now)
    allowed = AbuseReport.State(target) in AbuseReport.TRANSITIONS[AbuseReport.State(source)]
    try:
        files.settle_report(report=report, upheld=target == "upheld", reason="Vu.", by=world.moderator, now=now)
    except Refused:
        assert not allowed
    report.refresh_from_db()
    assert report.state == (target if allowed else source)


@pytest.mark.parametrize("source", [state.value for state in Appeal.State])
@pytest.mark.parametrize("target", ["accepted", "rejected", "moot"])
def test_appeal_moves_as_its_table_says(world: World, now: dt.datetime, source: str, target: str) -> None:
    other = factories.make_user(is_moderator=True)
    subject, outcome = Decision.Subject.ASSOCIATION, Decision.Outcome.REFUSED
    decision = files.record_decision(subject, world.association.pk, outcome, by=other, now=now)
    settled = {} if source == "open" else {"decided_at": now, "answer": "Vu."}
    appeal = Appeal.objects.create(decision=decision, message="Encore.", created_at=now, state=source, **settled)
    hold(appeal, world, now)
    allowed = Appeal.State(target) in Appeal.TRANSITIONS[Appeal.State(source)]
    if target == "moot":
        files.drop_appeals(subject=subject, numbers=[world.association.pk], now=now)
        appeal.refresh_from_db()
        assert (appeal.state == "moot") == (allowed or source == "moot")
        return
    try:
        files.settle_appeal(
            appeal=appeal,
            accepted=target == "accepted",
            answer="Vu.",
            organisation=world.association,
            by=world.moderator,
            now=now,
        )
    except Refused:
        assert not allowed
    appeal.refresh_from_db()
    assert appeal.state == (target if allowed else source)


@pytest.mark.parametrize("source", [state.value for state in JoinRequest.State])
@pytest.mark.parametrize("target", ["accepted", "declined"])
def test_request_to_join_moves_as_its_table_says(world: World, now: dt.datetime, source: str, target: str) -> None:
    asked = world.company.join_requests.create(
        user=factories.make_user(), created_at=now, state=source, decided_at=None if source == "pending" else now
    )
    allowed = JoinRequest.State(target) in JoinRequest.TRANSITIONS[JoinRequest.State(source)]
    role = Role.VOLUNTEER if target == "accepted" else None
    try:
        members.answer_join_request(organisation=world.company, asked=asked, role=role, by=world.company_owner, now=now)
    except Refused:
        assert not allowed
    asked.refresh_from_db()
    assert asked.state == (target if allowed else source)
    assert world.company.members().filter(user=asked.user).exists() == (allowed and target == "accepted")
