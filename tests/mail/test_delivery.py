import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from mail import wanted
from mail.delivery import Tally, deliver_due, wait_before
from mail.models import Message, Suppression
from tests.mail.conftest import DROP, NOW, Sink, text_of

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
MINUTE = dt.timedelta(minutes=1)


def deliver(at: dt.datetime = NOW, limit: int = 100) -> Tally:
    return deliver_due(now=at, limit=limit, clock=lambda: at)


def test_delivery_sends_and_marks(smtp_sink: Sink, tell: Tell) -> None:
    message = tell()
    assert deliver() == Tally(sent=1)
    [(recipient, mail)] = smtp_sink.taken
    message.refresh_from_db()
    assert (recipient, mail["Message-ID"]) == ("ana@example.org", message.message_id)
    assert (message.state, message.sent_at, message.attempts) == (Message.State.SENT, NOW, 0)
    assert message.subject == "Atelier du mardi 1er décembre & « L’Atelier <Lille> »"
    assert text_of(mail) == message.text


def test_delivery_uses_one_connection(smtp_sink: Sink, tell: Tell) -> None:
    for number in range(3):
        tell(f"hello:{number}")
    assert deliver() == Tally(sent=3)
    assert smtp_sink.connections == 1


def test_delivery_connects_only_when_something_is_due(smtp_sink: Sink, tell: Tell) -> None:
    tell(due_at=NOW + MINUTE)
    assert deliver() == Tally()
    assert smtp_sink.connections == 0
    assert deliver(NOW + MINUTE) == Tally(sent=1)


def test_delivery_stops_at_limit_and_at_time(smtp_sink: Sink, tell: Tell) -> None:
    for number in range(3):
        tell(f"hello:{number}")
    assert deliver(limit=2) == Tally(sent=2)
    assert deliver_due(now=NOW, limit=100, clock=lambda: NOW, stop_at=NOW) == Tally()


def test_delivery_orders_by_priority_then_age(smtp_sink: Sink, tell: Tell) -> None:
    tell("early", to=("early@example.org", ""), now=NOW - MINUTE)
    tell("late", to=("late@example.org", ""))
    tell("urgent", to=("urgent@example.org", ""), priority=1)
    deliver()
    assert smtp_sink.recipients == ["urgent@example.org", "early@example.org", "late@example.org"]


def test_delivery_skips_what_is_too_late(smtp_sink: Sink, tell: Tell) -> None:
    message = tell(not_after=NOW + MINUTE)
    assert deliver(NOW + MINUTE) == Tally(skipped=1)
    message.refresh_from_db()
    assert (message.state, message.skipped_at) == (Message.State.SKIPPED, NOW + MINUTE)
    assert message.last_error == "Trop tard\u00a0: le message n’avait plus d’objet."
    assert smtp_sink.taken == []


def test_delivery_skips_an_address_set_aside_since(smtp_sink: Sink, tell: Tell) -> None:
    message = tell(to=("Ana@Example.org", ""))
    Suppression.objects.create(address="ana@example.org", reason="demande", created_at=NOW)
    assert deliver() == Tally(skipped=1)
    message.refresh_from_db()
    assert message.last_error == "Adresse écartée\u00a0: demande"


def test_refused_recipient_fails_and_is_set_aside(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "550 5.1.1 no such user"
    message = tell()
    other = tell("hello:2", to=("bob@example.org", ""))
    assert deliver() == Tally(failed=1, sent=1)
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, message.failed_at) == (Message.State.FAILED, NOW)
    assert (message.attempts, message.last_error) == (1, "550 5.1.1 no such user")
    assert other.state == Message.State.SENT
    assert list(Suppression.objects.values_list("address", "reason")) == [("ana@example.org", "550 5.1.1 no such user")]
    assert tell("hello:3").last_error == "Adresse écartée\u00a0: 550 5.1.1 no such user"


@pytest.mark.parametrize("where", ["answers", "body_answers"])
def test_refused_content_fails_without_setting_aside(smtp_sink: Sink, tell: Tell, where: str) -> None:
    getattr(smtp_sink, where)["ana@example.org"] = "554 5.7.1 looks like spam"
    message = tell()
    assert deliver() == Tally(failed=1)
    message.refresh_from_db()
    assert message.last_error == "554 5.7.1 looks like spam"
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(
    "answer",
    ["552 5.2.2 mailbox full", "552 mailbox full", "550 5.1.8 sender domain not found", "501 5.1.7 bad sender address"],
)
def test_what_may_be_repaired_is_tried_again(smtp_sink: Sink, tell: Tell, answer: str) -> None:
    smtp_sink.answers["ana@example.org"] = answer
    message = tell()
    assert deliver() == Tally(postponed=1)
    message.refresh_from_db()
    assert message.last_error == answer
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(
    "answer",
    [
        "550 relaying denied",
        "550 5.7.1 relay access denied",
        "503 bad sequence",
        "554 transaction failed",
        "550 Blocked - see https://www.spamhaus.org/query/ip/192.0.2.1",
        "550 Rejected because 192.0.2.1 is in a black list",
        "553 sorry, your IP is in our blacklist",
        "550 SPF check failed",
        "550 Administrative prohibition",
        "550 Sender verify failed",
        "551 authentication required",
        "550 too many connections",
        "550 mailbox is full",
        "554 5.1.0 Sender denied",
        "550 5.1.0 recipient rejected by policy",
        "550 5.4.1 client host blocked",
        "550 5.5.0 service refused, please try later",
        "550 5.5.0 mailbox unavailable for reasons of policy",
    ],
)
def test_refusal_of_our_server_sets_nobody_aside(smtp_sink: Sink, tell: Tell, answer: str) -> None:
    smtp_sink.answers["ana@example.org"] = answer
    tell()
    assert deliver() == Tally(failed=1)
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(
    "answer",
    [
        "550 no such user",
        "550 No such user on this server",
        "550 Requested action not taken: mailbox unavailable",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "553 no",
        "556 5.1.10 null MX",
        "550 5.1.1 no such user, says our policy",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550 5.2.1 disabled",
    ],
)
def test_refusal_of_the_address_sets_it_aside(smtp_sink: Sink, tell: Tell, answer: str) -> None:
    smtp_sink.answers["ana@example.org"] = answer
    tell()
    assert deliver() == Tally(failed=1)
    assert Suppression.objects.get().reason == answer


def test_mailbox_that_is_unavailable_after_the_words_sets_nobody_aside(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.body_answers["ana@example.org"] = "550 5.5.0 Requested action not taken: mailbox unavailable"
    tell()
    assert deliver() == Tally(failed=1)
    assert Suppression.objects.count() == 0


def test_address_refused_after_the_words_is_set_aside_too(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.body_answers["ana@example.org"] = "550 5.1.1 no such user"
    tell()
    assert deliver().failed == 1
    assert Suppression.objects.get().address == "ana@example.org"


@pytest.mark.parametrize("where", ["answers", "body_answers"])
def test_temporary_refusal_is_retried_later(smtp_sink: Sink, tell: Tell, where: str) -> None:
    getattr(smtp_sink, where)["ana@example.org"] = "451 4.7.1 greylisted"
    message = tell()
    assert deliver() == Tally(postponed=1)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.QUEUED, 1)
    assert message.last_error == "451 4.7.1 greylisted"
    assert message.next_attempt_at == NOW + wait_before(1, seed=message.message_id)
    assert deliver(NOW + MINUTE / 2) == Tally()
    getattr(smtp_sink, where).clear()
    assert deliver(message.next_attempt_at) == Tally(sent=1)


def test_message_is_given_up_after_four_days_of_refusals(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "451 later"
    message = tell()
    for _ in range(20):
        assert message.state == Message.State.QUEUED
        deliver(message.next_attempt_at)
        message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (Message.State.FAILED, 20, "451 later")
    assert message.failed_at is not None
    assert dt.timedelta(days=4) < message.failed_at - NOW < dt.timedelta(days=5)


def test_no_message_is_given_up_while_nothing_is_taken_from_us(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.sender_answer = "550 5.7.1 who are you"
    message = tell()
    Message.objects.update(attempts=40)
    assert deliver() == Tally(postponed=1, paused=True)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.QUEUED, 41)


def test_last_hours_of_a_message_are_used(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "451 later"
    message = tell(not_after=NOW + dt.timedelta(hours=2))
    Message.objects.update(attempts=9)
    attempts = 0
    while message.state == Message.State.QUEUED:
        deliver(message.next_attempt_at)
        message.refresh_from_db()
        attempts += 1
    assert (message.state, attempts) == (Message.State.FAILED, 7)
    assert message.failed_at is not None
    assert message.failed_at > NOW + dt.timedelta(hours=1, minutes=57)


def test_message_with_a_limit_is_tried_until_then(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "451 4.7.1 come back"
    message = tell(not_after=NOW + dt.timedelta(days=4))
    Message.objects.update(attempts=12)
    assert deliver() == Tally(postponed=1)
    message.refresh_from_db()
    assert dt.timedelta(hours=8) <= message.next_attempt_at - NOW <= dt.timedelta(hours=10)


def test_message_is_given_up_when_a_retry_would_be_too_late(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "451 later"
    message = tell(not_after=NOW + MINUTE)
    assert deliver() == Tally(failed=1)
    message.refresh_from_db()
    assert message.last_error == "451 later"


@pytest.mark.parametrize("fault", ["of ours", "of the database"])
def test_check_that_fails_holds_up_no_other_message(
    smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def check(message: Message) -> str:
        if fault == "of ours":
            raise ValueError(message.key)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        return ""

    monkeypatch.setitem(wanted._checks, "hello", check)
    message = tell(about="booking:1")
    tell("hello:2", to=("bob@example.org", ""))
    assert deliver() == Tally(postponed=1, sent=1)
    message.refresh_from_db()
    assert (message.state, message.attempts, "Error" in message.last_error) == ("queued", 1, True)


def test_waits_double_and_spread() -> None:
    waits = [wait_before(attempt, seed="<a@b>") / MINUTE for attempt in range(1, 5)]
    assert [2**n <= wait < 1.25 * 2**n for n, wait in enumerate(waits)] == [True] * 4
    assert wait_before(1, seed="<a@b>") != wait_before(1, seed="<c@d>")


def test_closing_server_pauses_the_run(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "421 too busy"
    message = tell()
    other = tell("hello:2", to=("bob@example.org", ""))
    assert deliver() == Tally(postponed=1, paused=True)
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (Message.State.QUEUED, 1, "421 too busy")
    assert (other.state, other.attempts) == (Message.State.QUEUED, 0)
    assert deliver() == Tally(sent=1)


def test_refused_sender_pauses_without_giving_up(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.sender_answer = "553 5.7.1 sender not allowed"
    message = tell()
    assert deliver() == Tally(postponed=1, paused=True)
    message.refresh_from_db()
    assert (message.state, message.last_error) == (Message.State.QUEUED, "553 5.7.1 sender not allowed")


def test_too_large_message_fails(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.sender_answer = "552 5.3.4 too big"
    tell()
    assert deliver() == Tally(failed=1)


def test_dropped_connection_is_opened_again(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = DROP
    message = tell()
    tell("hello:2", to=("bob@example.org", ""))
    assert deliver() == Tally(postponed=1, sent=1)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.QUEUED, 1)
    assert message.last_error == "SMTPServerDisconnected: Connection unexpectedly closed"
    assert (smtp_sink.connections, smtp_sink.recipients) == (2, ["bob@example.org"])


@pytest.mark.usefixtures("no_mail_server")
def test_absent_server_leaves_the_queue_alone(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    message = tell()
    assert deliver() == Tally(paused=True)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.QUEUED, 0)
    assert ["unreachable" in record.message for record in caplog.records] == [True]


def test_broken_template_does_not_hold_up_the_others(
    smtp_sink: Sink, tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tell("broken:1", "broken")
    tell("hello:2")
    assert deliver() == Tally(postponed=1, sent=1)
    broken.refresh_from_db()
    assert broken.state == Message.State.QUEUED
    assert broken.last_error == "TemplateDoesNotExist: mail/no_such_component.txt"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_secret_message_is_erased(smtp_sink: Sink, tell: Tell) -> None:
    message = tell("code:1", "code", context={"code": "482 913"}, secret=True)
    deliver()
    message.refresh_from_db()
    assert "482 913" in text_of(smtp_sink.taken[0][1])
    assert (message.state, message.context, message.subject, message.text, message.html) == ("sent", {}, "", "", "")


def test_secret_message_stays_readable_in_debug(smtp_sink: Sink, tell: Tell, settings: Settings) -> None:
    settings.DEBUG = True
    message = tell("code:1", "code", context={"code": "482 913"}, secret=True)
    deliver()
    message.refresh_from_db()
    assert (message.context, "482 913" in message.text) == ({}, True)


def test_secret_message_is_erased_when_given_up(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "550 no"
    message = tell("code:1", "code", context={"code": "482 913"}, secret=True)
    deliver()
    message.refresh_from_db()
    assert (message.state, message.context) == (Message.State.FAILED, {})


def test_delivery_asks_a_fixed_number_of_queries(smtp_sink: Sink, tell: Tell) -> None:
    """Due?, turns (lock, give, take); a message: time-out, claim, suppression, mark; a claim that finds nothing."""
    counts = []
    for messages in (1, 3):
        for number in range(messages):
            tell(f"hello:{messages}:{number}")
        with CaptureQueriesContext(connection) as queries:
            deliver()
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    assert counts == [4 + 4 + 2, 4 + 3 * 4 + 2]


@pytest.mark.django_db(transaction=True)
def test_concurrent_deliveries_send_each_message_once(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.delay = 0.02
    expected = [f"user{number}@example.org" for number in range(20)]
    for number, address in enumerate(expected):
        tell(f"hello:{number}", to=(address, ""))

    with ThreadPoolExecutor(2) as pool:
        tallies = [run.result() for run in [pool.submit(deliver_in_thread) for _ in range(2)]]
    assert sorted(smtp_sink.recipients) == sorted(expected)
    assert (sum(tally.sent for tally in tallies), all(tally.sent for tally in tallies)) == (20, True)


@pytest.mark.django_db(transaction=True)
def test_message_in_hand_is_passed_over(smtp_sink: Sink, tell: Tell) -> None:
    """A second worker neither waits for it nor sends it again, however long the mail server takes."""
    tell()
    smtp_sink.released.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(deliver_in_thread)
        assert smtp_sink.in_hand.wait(5)
        assert deliver() == Tally()
        smtp_sink.released.set()
        assert slow.result() == Tally(sent=1)
    assert smtp_sink.recipients == ["ana@example.org"]


def deliver_in_thread() -> Tally:
    try:
        return deliver()
    finally:
        connection.close()
