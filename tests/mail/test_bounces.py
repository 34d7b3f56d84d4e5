"""What the provider and the receiving side tell of our mail, as the provider posts it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mail import bounces
from mail.delivery import Tally, deliver_due
from mail.figures import mail_figures
from mail.kinds import Frequency, Kind
from mail.models import Message, Preferences, Suppression
from mail.outbox import requeue
from mail.webhooks import take_down
from territories import clock
from tests.mail.conftest import NOW, Sink

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
HOUR = dt.timedelta(hours=1)
SECRET = "portail:une-longue-phrase-que-personne-ne-devine"  # for these tests alone
HARD = "550 5.1.1 no such user"


@pytest.fixture(autouse=True)
def provider(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "brevo"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def told() -> list[str]:
    """The addresses of which others heard that they fell silent."""
    heard: list[str] = []
    listener = bounces.when_set_aside(lambda suppression, _now: heard.append(suppression.address))
    bounces._listeners[:] = [listener]
    return heard


@pytest.fixture(autouse=True)
def own_listeners() -> Any:
    before = list(bounces._listeners)
    yield
    bounces._listeners[:] = before


@pytest.fixture
def message(tell: Tell) -> Message:
    """One that was sent."""
    sent = tell()
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=NOW)
    return Message.objects.get(pk=sent.pk)


def tell_us(message: Message, event: str, *, secret: str = SECRET, **fields: object) -> int:
    """As Brevo posts it."""
    told = {"event": event, "email": message.to_email, "message-id": message.message_id, "ts_epoch": 1796146200000}
    return tell_us_in_bytes(json.dumps({**told, **fields}), secret=secret)


def tell_us_in_bytes(body: str | bytes, *, secret: str = SECRET) -> int:
    credentials = base64.b64encode(secret.encode()).decode()
    answer = Client().post(
        reverse("mail:provider"),
        body,
        content_type="application/json",
        headers={"authorization": f"Basic {credentials}"},
    )
    return answer.status_code


def test_message_arrives(message: Message) -> None:
    assert tell_us(message, "delivered") == 200
    message.refresh_from_db()
    assert (message.state, message.outcome, message.outcome_at is not None) == ("sent", "delivered", True)
    assert not Suppression.objects.exists()


def test_hard_bounce_sets_the_address_aside_and_is_told_once(message: Message, told: list[str]) -> None:
    for _ in range(2):
        assert tell_us(message, "hard_bounce", reason=HARD) == 200
    message.refresh_from_db()
    assert (message.outcome, message.last_error) == ("bounced", HARD)
    assert list(Suppression.objects.values_list("address", "reason")) == [("ana@example.org", HARD)]
    assert told == ["ana@example.org"]


def test_refusal_during_the_dialogue_is_told_the_same_way(smtp_sink: Sink, tell: Tell, told: list[str]) -> None:
    smtp_sink.answers["ana@example.org"] = HARD
    tell()
    assert deliver_due(now=NOW, limit=9, clock=lambda: NOW) == Tally(failed=1)
    assert told == ["ana@example.org"]


def test_fault_in_telling_others_holds_up_no_mail(
    smtp_sink: Sink, tell: Tell, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_suppression: Suppression, _now: dt.datetime) -> None:
        Message.objects.update(key="all alike")

    bounces._listeners.insert(0, broken)
    smtp_sink.answers["ana@example.org"] = HARD
    tell()
    tell("hello:2", to=("bob@example.org", ""))
    assert deliver_due(now=NOW, limit=9, clock=lambda: NOW) == Tally(failed=1, sent=1)
    assert told == ["ana@example.org"]
    assert "Others were not told" in caplog.text


def test_complaint_sets_the_address_aside(message: Message, told: list[str]) -> None:
    assert tell_us(message, "spam") == 200
    message.refresh_from_db()
    assert message.outcome == "complained"
    assert Suppression.objects.get().reason == bounces.COMPLAINT
    assert told == ["ana@example.org"]


def test_who_unsubscribes_refuses_what_may_be_refused_and_nothing_else(
    smtp_sink: Sink, message: Message, told: list[str], tell: Tell
) -> None:
    Preferences.objects.create(address="ana@example.org", quiet_from=dt.time(20), changed_at=NOW)
    assert tell_us(message, "unsubscribe", email="Ana@example.org") == 200
    wishes = Preferences.objects.get()
    assert {wishes.frequency(kind) for kind in Kind} == {Frequency.NEVER}
    assert (wishes.address, wishes.quiet_from) == ("ana@example.org", dt.time(20))
    message.refresh_from_db()
    assert (message.state, message.outcome, Suppression.objects.exists(), told) == ("sent", "", False, [])
    tell("hello:2")
    assert deliver_due(now=NOW, limit=9, clock=lambda: NOW) == Tally(sent=1)


def test_message_that_is_not_even_tried_since_its_reader_unsubscribed_did_not_arrive(message: Message) -> None:
    said = {"recipient": message.to_email, "message_id": message.message_id, "mta_response": "", "description": ""}
    take_down(event=AnymailTrackingEvent(event_type="rejected", reject_reason="unsubscribed", **said))
    message.refresh_from_db()
    assert (message.outcome, Suppression.objects.exists()) == ("bounced", False)
    assert Preferences.objects.get().frequency(Kind.REMINDERS) == Frequency.NEVER


def test_stranger_who_unsubscribes_leaves_no_trace(message: Message) -> None:
    tell_us(Message(to_email="eve@example.org", message_id="<x@y>"), "unsubscribe")
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    ("event", "reason"), [("soft_bounce", "mailbox full"), ("hard_bounce", "452 4.2.2 over quota")]
)
def test_soft_bounce_is_tried_again_later(smtp_sink: Sink, message: Message, event: str, reason: str) -> None:
    assert tell_us(message, event, reason=reason) == 200
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("queued", 1, reason)
    again = message.next_attempt_at
    assert deliver_due(now=again - HOUR / 60, limit=9, clock=lambda: again) == Tally()
    assert deliver_due(now=again, limit=9, clock=lambda: again) == Tally(sent=1)
    [(_, mail)] = smtp_sink.taken
    assert mail["Message-ID"] == message.message_id
    assert not Suppression.objects.exists()


def test_mailbox_that_is_full_is_no_backlog_of_ours(message: Message) -> None:
    tell_us(message, "soft_bounce", reason="mailbox full")
    message.refresh_from_db()
    again = message.next_attempt_at
    assert [mail_figures(at).waiting_since for at in (again - HOUR / 60, again)] == [None, again]


@pytest.mark.parametrize("body", ["[1, 2]", "{", "é".encode("latin-1"), '{"event": "delivered", "ts_epoch": "hier"}'])
def test_call_that_cannot_be_read_is_answered_as_such(message: Message, body: str | bytes) -> None:
    assert tell_us_in_bytes(body) == 400


@pytest.mark.parametrize(
    "fields", [{"email": "ana\x00@example.org"}, {"email": 7}, {"email": None}, {"message-id": "\x00"}]
)
def test_word_of_an_address_that_is_none_changes_nothing(message: Message, fields: dict[str, Any]) -> None:
    assert tell_us(message, "delivered", **fields) == 200
    message.refresh_from_db()
    assert message.outcome == ""


def test_soft_bounces_come_to_an_end(message: Message) -> None:
    waits = []
    for _ in range(bounces.SOFT_TRIES_AT_MOST):
        tell_us(message, "soft_bounce", reason="mailbox full")
        message.refresh_from_db()
        waits.append(round((message.next_attempt_at - clock.now()) / HOUR))
        Message.objects.filter(pk=message.pk).update(state="sent", sent_at=NOW)
    tell_us(message, "soft_bounce", reason="mailbox full")
    message.refresh_from_db()
    assert (waits, message.state, message.outcome) == ([1, 2, 4, 8, 16], "sent", "bounced")
    assert not Suppression.objects.exists()


def test_attempts_that_did_not_reach_the_mailbox_are_no_soft_bounces(message: Message) -> None:
    """A server that was away for an hour leaves a full mailbox all its time; so does an operator who sends it again."""
    Message.objects.filter(pk=message.pk).update(attempts=bounces.SOFT_TRIES_AT_MOST + 1)
    tell_us(message, "soft_bounce", reason="mailbox full")
    message.refresh_from_db()
    assert (message.state, message.attempts, message.soft_bounces) == ("queued", 7, 1)
    assert message.next_attempt_at - clock.now() <= HOUR
    worn_out = {"state": "sent", "sent_at": NOW, "outcome": "bounced", "outcome_at": NOW}
    Message.objects.filter(pk=message.pk).update(**worn_out, soft_bounces=bounces.SOFT_TRIES_AT_MOST)
    assert requeue([message.pk], now=NOW) == 1
    message.refresh_from_db()
    assert (message.attempts, message.soft_bounces) == (0, 0)


@pytest.mark.parametrize("change", [{"due_at": NOW - 999 * HOUR, "not_after": NOW - 998 * HOUR}, {"context": {}}])
def test_soft_bounce_of_what_cannot_be_said_again_is_the_end(message: Message, change: dict[str, Any]) -> None:
    Message.objects.filter(pk=message.pk).update(**change)
    tell_us(message, "soft_bounce", reason="mailbox full")
    message.refresh_from_db()
    assert (message.state, message.outcome) == ("sent", "bounced")


def test_late_word_of_the_way_does_not_undo_a_bounce(message: Message) -> None:
    for event in ("hard_bounce", "delivered", "deferred"):
        tell_us(message, event)
    message.refresh_from_db()
    assert message.outcome == "bounced"


def test_openings_and_clicks_are_not_kept(message: Message) -> None:
    before = Message.objects.values().get(pk=message.pk)
    for event in ("opened", "click", "request", "proxy_open", "list_addition", "whatever"):
        assert tell_us(message, event) == 200
    assert Message.objects.values().get(pk=message.pk) == before


def test_provider_that_does_not_even_try_is_believed(message: Message) -> None:
    assert tell_us(message, "invalid_email") == 200
    assert Suppression.objects.get().address == "ana@example.org"


def test_address_that_the_provider_blocks_is_set_aside_and_told(message: Message, told: list[str]) -> None:
    """Its reader may have complained there: that would be theirs alone."""
    for _ in range(2):
        assert tell_us(message, "blocked", reason="blocked : due to blacklist user") == 200
    message.refresh_from_db()
    assert (message.outcome, message.last_error) == ("bounced", "blocked : due to blacklist user")
    silent = Suppression.objects.get()
    assert (silent.address, silent.reason, bounces.told_to_others(silent)) == ("ana@example.org", bounces.BLOCKED, "")
    assert told == ["ana@example.org"]


def test_bounce_of_an_unknown_message_holds_for_an_address_that_we_wrote_to(message: Message) -> None:
    stranger = Message(to_email="eve@example.org", message_id="<x@y>")
    assert tell_us(stranger, "hard_bounce") == 200
    assert not Suppression.objects.exists()
    other = Message(to_email="ANA@example.org", message_id="<x@y>")
    assert tell_us(other, "hard_bounce") == 200
    assert Suppression.objects.get().address == "ana@example.org"


def test_address_is_looked_up_by_index(message: Message, tell: Tell) -> None:
    for number in range(60):
        tell(f"other:{number}", to=(f"autre{number}@example.org", ""))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mail_message; SET LOCAL enable_seqscan = off")
    assert "message_address" in Message.objects.filter(to_email__iexact=message.to_email).explain()


@pytest.mark.parametrize("secret", ["portail:faux", "", "x"])
def test_whoever_does_not_know_the_secret_tells_nothing(message: Message, secret: str) -> None:
    assert tell_us(message, "hard_bounce", secret=secret) == 400
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("change", [{"MAIL_PROVIDER": ""}, {"MAIL_PROVIDER": "x"}, {"ANYMAIL": {"WEBHOOK_SECRET": ""}}])
def test_without_a_provider_and_a_secret_nobody_is_heard(
    message: Message, settings: Settings, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    assert tell_us(message, "hard_bounce") == 404
    assert not Suppression.objects.exists()


def test_late_word_of_a_soft_bounce_does_not_undo_a_delivery(message: Message) -> None:
    tell_us(message, "delivered")
    tell_us(message, "soft_bounce", reason="452 4.2.2 full")
    message.refresh_from_db()
    assert (message.state, message.outcome) == ("sent", "delivered")


@pytest.mark.parametrize("late", [("deferred",), ("deferred", "soft_bounce"), ("blocked",), ("error",)])
def test_what_has_arrived_stays_so_whatever_comes_late(
    smtp_sink: Sink, message: Message, late: tuple[str, ...]
) -> None:
    for event in ("delivered", *late):
        tell_us(message, event, reason="" if event == "delivered" else "452 4.2.2 full")
    message.refresh_from_db()
    assert (message.state, message.outcome, message.last_error) == ("sent", "delivered", "")
    assert deliver_due(now=NOW + 99 * HOUR, limit=9, clock=lambda: NOW + 99 * HOUR) == Tally()


@pytest.mark.parametrize(("event", "outcome"), [("hard_bounce", "bounced"), ("spam", "complained")])
def test_what_has_arrived_may_come_back_or_be_complained_of(message: Message, event: str, outcome: str) -> None:
    for told in ("delivered", event):
        tell_us(message, told)
    message.refresh_from_db()
    assert (message.outcome, Suppression.objects.count()) == (outcome, 1)


def test_delivery_told_after_a_soft_bounce_settles_it(smtp_sink: Sink, message: Message) -> None:
    """Of its two servers one had taken it: it is not sent a second time."""
    for event in ("soft_bounce", "delivered", "soft_bounce"):
        tell_us(message, event, reason="452 4.2.2 full" if event == "soft_bounce" else "")
    message.refresh_from_db()
    assert (message.state, message.outcome, message.sent_at is not None) == ("sent", "delivered", True)
    assert deliver_due(now=message.next_attempt_at, limit=9, clock=lambda: message.next_attempt_at) == Tally()
    assert smtp_sink.taken == []


def test_delivery_of_a_secret_one_that_was_to_be_tried_again_erases_it(tell: Tell) -> None:
    secret = tell(secret=True)
    Message.objects.filter(pk=secret.pk).update(attempts=1, last_error="the line dropped after the final dot")
    tell_us(secret, "delivered")
    secret.refresh_from_db()
    assert (secret.state, secret.outcome, secret.context) == ("sent", "delivered", {})


GIVEN_UP: dict[str, dict[str, Any]] = {
    "failed": {"state": "failed", "failed_at": NOW, "last_error": "the line dropped after the final dot"},
    "skipped": {"state": "skipped", "skipped_at": NOW, "last_error": "Adresse écartée\u00a0: 550"},
    "gathered": {"state": "gathered", "gathered_at": NOW},
}


@pytest.mark.parametrize("state", GIVEN_UP)
def test_delivery_of_what_was_given_up_settles_it(smtp_sink: Sink, tell: Tell, state: str) -> None:
    """It is sent no second time, neither by an operator nor in a digest."""
    message = tell()
    Message.objects.filter(pk=message.pk).update(attempts=3, **GIVEN_UP[state])
    assert tell_us(message, "delivered") == 200
    message.refresh_from_db()
    assert (message.state, message.outcome, message.sent_at is not None) == ("sent", "delivered", True)
    assert (message.failed_at, message.skipped_at, message.gathered_at) == (None, None, None)
    assert requeue([message.pk], now=NOW) == 0
    assert not Message.objects.awaiting_digest().exists()


@pytest.mark.parametrize("state", GIVEN_UP)
def test_what_was_never_handed_over_has_not_arrived(tell: Tell, state: str) -> None:
    message = tell()
    Message.objects.filter(pk=message.pk).update(**GIVEN_UP[state])
    tell_us(message, "delivered")
    message.refresh_from_db()
    assert (message.state, message.outcome) == (state, "")


def test_item_of_a_digest_that_is_written_is_left_to_it(tell: Tell) -> None:
    item, digest = tell(), tell("hello:2")
    Message.objects.filter(pk=item.pk).update(attempts=1, gathered_into=digest, **GIVEN_UP["gathered"])
    assert tell_us(item, "delivered") == 200
    item.refresh_from_db()
    assert (item.state, item.gathered_into, item.outcome) == ("gathered", digest, "")


def test_only_what_was_sent_has_an_outcome(tell: Tell) -> None:
    queued = tell()
    tell_us(queued, "delivered")
    queued.refresh_from_db()
    assert queued.outcome == ""
    with pytest.raises(IntegrityError, match="message_outcome_of_sent"), transaction.atomic():
        Message.objects.filter(pk=queued.pk).update(outcome="delivered", outcome_at=NOW)


def test_operator_sends_again_what_failed_and_nothing_that_was_sent(message: Message) -> None:
    assert requeue([message.pk], now=NOW) == 0


@pytest.mark.parametrize(
    ("answer", "passing"),
    [("452 4.2.2 full", True), ("550 5.1.1 x (was 4.2.2)", False), ("", False), ("no code 4.2", False)],
)
def test_passing_states_are_told_by_their_class(answer: str, passing: bool) -> None:  # noqa: FBT001  # a table
    assert bounces.is_passing(answer) is passing


def test_address_is_known_as_it_travels(message: Message) -> None:
    """Providers name an international domain in the letters of the wire."""
    Message.objects.filter(pk=message.pk).update(to_email="jean@café.fr")
    assert tell_us(message, "hard_bounce", email="jean@xn--caf-dma.fr", reason=HARD) == 200
    message.refresh_from_db()
    assert (message.outcome, Suppression.objects.get().address) == ("bounced", "jean@café.fr")


def test_operator_sends_again_what_came_back(message: Message) -> None:
    tell_us(message, "error", reason="policy")
    message.refresh_from_db()
    assert (message.state, message.outcome) == ("sent", "bounced")
    assert requeue([message.pk], now=NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.outcome, message.sent_at, message.outcome_at) == ("queued", "", None, None)
