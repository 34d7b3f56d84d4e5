import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actions.files import AlreadyDecided
from accounts.refusals import Refused
from associations import actions
from associations.models import Association, Request
from mail.models import Message
from tests import factories
from tests.factories import World


@pytest.fixture
def newcomer(world: World, now: dt.datetime) -> Association:
    return factories.make_association(now, admitted=False, claimed_at=now, claimed_by=world.moderator)


def refuse(association: Association, world: World, now: dt.datetime) -> None:
    by = world.moderator
    actions.refuse_association(association=association, reason_code="off_topic", reason="Hors sujet.", by=by, now=now)


def test_admission_is_stamped_and_told(newcomer: Association, world: World, now: dt.datetime) -> None:
    actions.admit_association(association=newcomer, by=world.moderator, now=now)
    newcomer.refresh_from_db()
    assert (newcomer.state, newcomer.decided_at, newcomer.decided_by) == ("admitted", now, world.moderator)
    assert [message.template for message in Message.objects.all()] == ["association_admitted"]


def test_second_decision_is_refused(newcomer: Association, world: World, now: dt.datetime) -> None:
    actions.admit_association(association=newcomer, by=world.moderator, now=now)
    with pytest.raises(AlreadyDecided, match="Odile"):
        actions.refuse_association(
            association=newcomer, reason_code="other", reason="Non.", by=world.moderator, now=now
        )
    newcomer.refresh_from_db()
    assert newcomer.state == "admitted"


def test_refusal_is_told_with_its_reason(newcomer: Association, world: World, now: dt.datetime) -> None:
    actions.refuse_association(
        association=newcomer, reason_code="off_topic", reason="Hors sujet.", by=world.moderator, now=now
    )
    assert Message.objects.get().context["reason"] == "Hors sujet."


def test_requests_of_new_associations_are_not_open(newcomer: Association, world: World, now: dt.datetime) -> None:
    factories.make_request(now, newcomer, state="in_review")
    wanted = factories.make_request(now, world.association)
    assert list(Request.objects.open(now)) == [wanted]


def test_withdrawing_a_request_twice_is_refused(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association)
    actions.withdraw_request(request=wanted, now=now)
    with pytest.raises(actions.RequestClosed):
        actions.withdraw_request(request=wanted, now=now)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.withdrawn_at) == ("withdrawn", now)


@pytest.mark.parametrize("source", Request.State)
@pytest.mark.parametrize("target", Request.State)
def test_request_moves_as_its_table_says(
    world: World, now: dt.datetime, source: Request.State, target: Request.State
) -> None:
    wanted = factories.make_request(
        now,
        world.association,
        state=source,
        withdrawn_at=now if source == Request.State.WITHDRAWN else None,
        hidden_reason="Hors sujet." if source == Request.State.HIDDEN else "",
    )
    Request.objects.awaiting_decision().filter(pk=wanted.pk).claim(by=world.moderator, now=now)
    allowed = target in Request.TRANSITIONS[source]
    moves: dict[Request.State, Callable[[], object]] = {
        Request.State.WITHDRAWN: lambda: actions.withdraw_request(request=wanted, now=now),
        Request.State.HIDDEN: lambda: actions.hide_request(request=wanted, reason="Non.", by=world.moderator, now=now),
    }
    if source == Request.State.IN_REVIEW:
        moves[Request.State.OPEN] = lambda: actions.publish_request(request=wanted, by=world.moderator, now=now)
    if source == Request.State.HIDDEN:
        again = {"request": wanted, "reason": "Après tout.", "by": world.moderator, "now": now}
        moves[Request.State.OPEN] = lambda: actions.show_request(**again)  # type: ignore[arg-type]
    try:
        moves.get(target, lambda: actions.move_request(request_id=wanted.pk, to=target, now=now))()
    except Refused:
        assert not allowed
    wanted.refresh_from_db()
    assert wanted.state == (target if allowed else source)


def test_hidden_request_is_shown_again_once(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, state="hidden", hidden_reason="Hors sujet.")
    again: dict[str, Any] = {"request": wanted, "reason": "Après tout.", "by": world.moderator, "now": now}
    actions.show_request(**again)
    with pytest.raises(Refused):
        actions.show_request(**again)
    wanted.refresh_from_db()
    assert wanted.state == "open"
