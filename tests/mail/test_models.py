from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from mail.models import Message, Suppression
from tests.mail.conftest import NOW

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
STAMPS = {"sent": "sent_at", "failed": "failed_at", "skipped": "skipped_at", "gathered": "gathered_at"}


@pytest.mark.parametrize("state", STAMPS)
def test_state_needs_its_stamp(tell: Tell, state: str) -> None:
    message = tell()
    with pytest.raises(IntegrityError, match="message_state_stamps"):
        Message.objects.filter(pk=message.pk).update(state=state, last_error="raison")


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_unsent_message_says_why(tell: Tell, state: str) -> None:
    message = tell()
    with pytest.raises(IntegrityError, match="message_reason_given"):
        Message.objects.filter(pk=message.pk).update(state=state, **{STAMPS[state]: NOW})


def test_secret_does_not_leave_the_queue_readable(tell: Tell) -> None:
    message = tell(secret=True)
    with pytest.raises(IntegrityError, match="message_secret_erased"):
        Message.objects.filter(pk=message.pk).update(state="sent", sent_at=NOW)


def test_row_that_keeps_a_thing_from_being_told_twice_stays(tell: Tell) -> None:
    tell()
    with pytest.raises(ProgrammingError, match="Cannot delete"):
        Message.objects.all().delete()


@pytest.mark.parametrize("origin", Message.State)
@pytest.mark.parametrize("end", Message.State)
def test_move_follows_the_transitions(tell: Tell, origin: Message.State, end: Message.State) -> None:
    def stamps(state: Message.State) -> dict[str, object]:
        return {name: NOW if STAMPS.get(state) == name else None for name in STAMPS.values()}

    message = tell()
    Message.objects.filter(pk=message.pk).update(state=origin, last_error="raison", **stamps(origin))
    moved = Message.objects.filter(pk=message.pk).move(end, **stamps(end))
    assert moved == int(end in Message.TRANSITIONS[origin])
    message.refresh_from_db()
    assert message.state == (end if moved else origin)


def test_claim_is_served_by_the_partial_index(tell: Tell) -> None:
    tell()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = Message.objects.due(NOW).select_for_update(skip_locked=True)[:1].explain()
    assert ("message_due" in plan, "Sort" in plan) == (True, False)


def test_suppression_is_in_lower_case() -> None:
    with pytest.raises(IntegrityError, match="suppression_address_lower"):
        Suppression.objects.create(address="Ana@example.org", reason="demande", created_at=NOW)
