import datetime as dt
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from mail import tasks
from mail.models import Message, Suppression
from mail.outbox import (
    Address,
    OutsideTransaction,
    post,
    rehearsal,
    rehearsed_language,
    requeue,
    together,
    wake_delivery,
    ways_again,
)
from mail.wishes import UNWANTED
from solidarite.celery import app
from tests.mail.conftest import HELLO, NOW

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
ANA = Address("ana@example.org", "Ana")


def test_post_writes_a_queued_message() -> None:
    assert post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW) is True
    message = Message.objects.get()
    assert (message.key, message.template, message.to_email, message.to_name) == (
        "hello:1",
        "hello",
        "ana@example.org",
        "Ana",
    )
    assert (message.state, message.priority, message.attempts, message.language) == ("queued", 5, 0, "fr")
    assert (message.created_at, message.due_at, message.next_attempt_at, message.not_after) == (NOW, NOW, NOW, None)
    assert message.context == HELLO
    assert message.message_id.endswith("@portail.example.org>")


def test_post_keeps_what_it_is_given() -> None:
    due_at, not_after = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=2)
    post(
        "hello",
        key="hello:1",
        to=("bob@example.org", ""),
        context={},
        now=NOW,
        due_at=due_at,
        not_after=not_after,
        priority=1,
        reply_to="eva@example.org",
        calendar="BEGIN:VCALENDAR",
        calendar_method="REQUEST",
        secret=True,
        language="en",
    )
    message = Message.objects.get()
    assert (message.due_at, message.next_attempt_at, message.not_after) == (due_at, due_at, not_after)
    assert (message.priority, message.reply_to, message.secret, message.language) == (1, "eva@example.org", True, "en")
    assert (message.calendar, message.calendar_method) == ("BEGIN:VCALENDAR", "REQUEST")


def test_post_tells_a_key_once() -> None:
    assert post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW) is True
    assert post("hello", key="hello:1", to=("bob@example.org", ""), context=HELLO, now=NOW) is False
    assert Message.objects.get().to_email == "ana@example.org"


@pytest.mark.django_db(transaction=True)
def test_post_refuses_outside_a_transaction() -> None:
    with pytest.raises(OutsideTransaction, match="hello:1"):
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_post_is_undone_with_its_transaction() -> None:
    with transaction.atomic():
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
        transaction.set_rollback(True)
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_concurrent_posts_of_one_key_write_one_message() -> None:
    both_ready = threading.Barrier(2, timeout=5)

    def tell() -> bool:
        try:
            with transaction.atomic():
                both_ready.wait()
                return post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        written = [run.result() for run in [pool.submit(tell) for _ in range(2)]]
    assert (sorted(written), Message.objects.count()) == ([False, True], 1)


def test_rehearsal_gathers_what_would_be_posted_and_writes_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_capture_on_commit_callbacks() as woken, django_assert_num_queries(0), rehearsal(language="en") as it:
        for _ in range(2):
            assert post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW, language="en") is True
    assert [(one.key, one.to_name, one.language, one.context) for one in it.messages] == [
        ("hello:1", "Ana", "en", HELLO)
    ] * 2
    assert (woken, Message.objects.count(), rehearsed_language()) == ([], 0, None)
    assert post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW) is True
    assert Message.objects.count() == 1


def test_rehearsal_refuses_what_post_refuses_and_ends_with_it() -> None:
    with pytest.raises(TypeError, match="datetime at 'day'"), rehearsal(language="fr") as played:
        post("hello", key="hello:1", to=ANA, context={"day": NOW}, now=NOW)
    assert (played.messages, rehearsed_language()) == ([], None)


@pytest.mark.django_db(transaction=True)
def test_rehearsal_needs_a_transaction_as_post_does() -> None:
    with pytest.raises(OutsideTransaction), rehearsal(language="fr"):
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)


def test_post_to_an_address_set_aside_says_so() -> None:
    Suppression.objects.create(address="ana@example.org", reason="550 no such user", created_at=NOW)
    assert post("code", key="code:1", to=("Ana@example.org", ""), context={"code": "1"}, now=NOW, secret=True) is True
    message = Message.objects.get()
    assert (message.state, message.skipped_at, message.context) == ("skipped", NOW, {})
    assert message.last_error == "Adresse écartée\u00a0: 550 no such user"


@pytest.mark.parametrize(
    ("context", "place"),
    [
        ({"day": NOW}, "datetime at 'day'"),
        ({"facts": [["a", NOW.date()]]}, "date at 'facts\\[0\\]\\[1\\]'"),
        ({"slot": {"room": object()}}, "object at 'slot.room'"),
        ({"slot": {1: "a"}}, "dict at 'slot'"),
    ],
)
def test_post_names_what_is_not_json(context: dict[str, object], place: str) -> None:
    with pytest.raises(TypeError, match=place):
        post("hello", key="hello:1", to=ANA, context=context, now=NOW)


def test_post_refuses_names_of_the_layout() -> None:
    with pytest.raises(ValueError, match="site_url"):
        post("hello", key="hello:1", to=ANA, context={"site_url": "https://elsewhere.example"}, now=NOW)


@pytest.mark.parametrize(
    "email", ["ana", "ana@example.org\nBcc: eve@example.org", "a@b.org, c@d.org", "Ana <ana@example.org>"]
)
def test_post_refuses_what_is_no_address(email: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        post("hello", key="hello:1", to=(email, ""), context={}, now=NOW)
    with pytest.raises(ValueError, match="not an e-mail address"):
        post("hello", key="hello:1", to=ANA, reply_to=email, context={}, now=NOW)


def test_post_takes_control_characters_out_of_names() -> None:
    post("hello", key="hello:1", to=("ana@example.org", " Ana\r\nBcc:\x00 eve\u2028 "), context={}, now=NOW)
    assert Message.objects.get().to_name == "Ana Bcc: eve"


def test_post_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)


def test_posts_wake_the_delivery_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(3):
            post("hello", key=f"hello:{number}", to=ANA, context=HELLO, now=NOW)
    assert callbacks == [wake_delivery]


def test_post_for_later_or_told_already_wakes_nobody(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
    connection.run_on_commit.clear()
    with django_capture_on_commit_callbacks() as callbacks:
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
        post("hello", key="hello:2", to=ANA, context=HELLO, now=NOW, due_at=NOW + dt.timedelta(hours=1))
    assert callbacks == []


@pytest.fixture
def absent_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker address where nobody answers, as during a restart of Redis."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{unused.getsockname()[1]}/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setitem(app.conf.broker_transport_options, "max_retries", 1)
    monkeypatch.setitem(app.conf.broker_transport_options, "interval_start", 0)


@pytest.mark.usefixtures("absent_broker")
@pytest.mark.django_db(transaction=True)
def test_absent_broker_does_not_undo_the_deed(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OperationalError):
        tasks.deliver.delay()
    with transaction.atomic():
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
    assert Message.objects.get().state == "queued"
    assert ["The broker is unreachable" in record.message for record in caplog.records] == [True]


def test_requeue_tries_failed_messages_again(tell: Tell) -> None:
    failed, secret, sent = tell("failed"), tell("secret", secret=True, context={}), tell("sent")
    Message.objects.exclude(pk=sent.pk).move(Message.State.FAILED, failed_at=NOW, attempts=10, last_error="451 later")
    Message.objects.filter(pk=sent.pk).move(Message.State.SENT, sent_at=NOW)
    later = NOW + dt.timedelta(hours=1)
    assert requeue([failed.pk, secret.pk, sent.pk], now=later) == 1
    failed.refresh_from_db()
    assert (failed.state, failed.failed_at, failed.attempts, failed.next_attempt_at) == ("queued", None, 0, later)


@pytest.mark.parametrize("state", ["failed", "bounced", "skipped"])
def test_requeue_leaves_as_it_is_what_goes_to_an_address_set_aside(tell: Tell, state: str) -> None:
    message = tell()
    ends: dict[str, Any] = {
        "failed": {"state": "failed", "failed_at": NOW, "last_error": "550 5.1.1 unknown"},
        "bounced": {"state": "sent", "sent_at": NOW, "outcome": "bounced", "outcome_at": NOW},
        "skipped": {
            "state": "skipped",
            "skipped_at": NOW,
            "last_error": "Adresse écartée\u00a0: 550",
            "gathered_at": NOW,
        },
    }
    Message.objects.filter(pk=message.pk).update(**ends[state])
    aside = Suppression.objects.create(address="ana@example.org", reason="550", created_at=NOW)
    before = Message.objects.values().get()
    assert (requeue([message.pk], now=NOW), ways_again([message.pk], now=NOW).silent) == (0, 1)
    assert Message.objects.values().get() == before
    aside.delete()
    assert (ways_again([message.pk], now=NOW).silent, requeue([message.pk], now=NOW)) == (0, 1)
    message.refresh_from_db()
    assert (message.state, message.skipped_at, message.gathered_at, message.outcome) == ("queued", None, None, "")


def test_requeue_sends_nothing_that_was_skipped_for_another_reason_or_is_too_late(tell: Tell) -> None:
    Suppression.objects.create(address="ana@example.org", reason="550", created_at=NOW)
    late, hour = tell("late", not_after=NOW + dt.timedelta(hours=1)), dt.timedelta(hours=1)
    secret, unwanted = tell("secret", secret=True), tell("unwanted", to=("bob@example.org", ""))
    Message.objects.filter(pk=unwanted.pk).move(Message.State.SKIPPED, skipped_at=NOW, last_error=UNWANTED)
    Suppression.objects.all().delete()
    every = [late.pk, secret.pk, unwanted.pk]
    assert (requeue(every, now=NOW + hour), ways_again(every, now=NOW + hour)) == (0, ([], 0, 0))
    assert requeue(every, now=NOW + hour / 2) == 1
    assert Message.objects.get(state="queued") == late


def test_not_after_follows_due_at() -> None:
    with pytest.raises(IntegrityError, match="message_not_after_follows_due"):
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW, not_after=NOW)


def test_calendar_goes_with_a_method() -> None:
    with pytest.raises(IntegrityError, match="message_calendar_whole"):
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW, calendar="BEGIN:VCALENDAR")


def test_what_is_told_together_is_written_in_one_statement_in_turns(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1), together():
        for number in range(3):
            post("hello", key=f"hello:{number}", to=ANA, context=HELLO, now=NOW)
        post("hello", key="hello:0", to=("bob@example.org", ""), context={}, now=NOW)
    turns = list(Message.objects.order_by("key").values_list("to_name", "turn_at"))
    assert turns == [("Ana", NOW + dt.timedelta(seconds=number)) for number in range(3)]


def test_nothing_is_told_together_when_the_deed_fails() -> None:
    with pytest.raises(ValueError, match="not an e-mail address"), together():
        post("hello", key="hello:1", to=ANA, context=HELLO, now=NOW)
        post("hello", key="hello:2", to=("bob", ""), context=HELLO, now=NOW)
    assert not Message.objects.exists()
