"""What operators and monitors see of the mail."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from mail import figures, outbox, previews, tasks
from mail.kinds import Kind
from mail.models import Heartbeat, Message, Pause, Suppression
from solidarite import rehearsals
from solidarite.celery import app, note_done
from solidarite.notices import NOTICES
from territories import clock
from tests import factories
from tests.factories import World

Visitor = Callable[[User], Client]
FACTS = dict.fromkeys(("role", "by", "organisation", "members_url", "dashboard_url"), "x")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("racine@example.org")


def post(now: dt.datetime, key: str, **fields: Any) -> Message:
    with transaction.atomic():
        outbox.post("role_changed", key=key, to=("ana@example.org", ""), context=FACTS, now=now, **fields)
    return Message.objects.get(key=key)


def settle(message: Message, state: str, at: dt.datetime, **fields: object) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, last_error="x", **{f"{state}_at": at}, **fields)


def test_figures_are_those_of_the_last_day(db: None, now: dt.datetime) -> None:
    yesterday = now - dt.timedelta(hours=23)
    for number in range(3):
        settle(post(yesterday, f"sent:{number}"), "sent", now)
    settle(post(yesterday, "bounced"), "sent", now, outcome="bounced", outcome_at=now)
    settle(post(yesterday, "failed"), "failed", now)
    long_ago = now - dt.timedelta(hours=25)
    settle(post(long_ago, "given up at last"), "failed", now)
    settle(post(long_ago, "old"), "failed", long_ago)
    post(now - 5 * MINUTE, "waits")
    post(now, "later", due_at=now + MINUTE)
    Suppression.objects.create(address="eve@example.org", reason="x", created_at=now)
    seen = figures.mail_figures(now)
    assert seen == figures.Figures(1, now - 5 * MINUTE, 4, 2, 1, 0, 1)
    assert seen.failed_percent == 50.0


def test_what_an_address_set_aside_keeps_is_a_number_of_its_own(
    world: World, now: dt.datetime, operator: User, visitor: Visitor
) -> None:
    """A share of failures that hides it would be false, and so would one that it makes bigger."""
    page, kept = reverse("mailroom"), "3\u00a0messages non remis, adresse écartée"
    assert "adresse écartée" not in visitor(operator).get(page).text
    settle(post(now, "sent"), "sent", now)
    settle(post(now, "overtaken"), "skipped", now)
    Suppression.objects.create(address="ana@example.org", reason="550", created_at=now)
    for number in range(3):
        assert post(now, f"kept:{number}").state == "skipped"
    post(now - dt.timedelta(hours=25), "kept long ago")
    seen = figures.mail_figures(now)
    assert (seen.kept, seen.failed_percent) == (3, 0.0)
    assert kept in visitor(operator).get(page).text
    assert visitor(operator).get(reverse("health")).json()["mail_kept_by_silent_addresses"] == 3


def test_what_a_pause_holds_is_not_late(db: None, now: dt.datetime) -> None:
    post(now - 60 * MINUTE, "waits")
    assert figures.health(now)["mail"] == "late for 3600 s"
    Pause.objects.create(template="role_changed", reason="essai", created_at=now)
    assert figures.health(now)["mail"] == "ok"


def test_what_the_server_refuses_for_now_grows_older(db: None, now: dt.datetime) -> None:
    post(now - 600 * MINUTE, "refused")
    Message.objects.update(attempts=5, next_attempt_at=now + 30 * MINUTE, last_error="451")
    assert (figures.health(now)["mail"], figures.mail_figures(now).due) == ("late for 36000 s", 1)


@pytest.mark.parametrize("answer", ["452 4.2.2 over quota", "452 4.2.2", "550 5.2.2 full", "450 4.1.1 not yet"])
def test_one_full_mailbox_is_no_backlog(db: None, now: dt.datetime, answer: str) -> None:
    post(now - 600 * MINUTE, "refused")
    Message.objects.update(attempts=5, next_attempt_at=now + 30 * MINUTE, last_error=answer)
    assert (figures.health(now)["mail"], figures.mail_figures(now).due) == ("ok", 0)
    again = now + 32 * MINUTE
    assert figures.health(again)["mail_waiting_seconds"] == 120


@pytest.mark.parametrize("answer", ["451 4.3.0 busy", "450 4.1.8 who are you", "451", "421 4.7.0 14.2.2.1 slow down"])
def test_server_that_takes_what_others_write_is_not_late(db: None, now: dt.datetime, answer: str) -> None:
    for key in ("refused", "leaves"):
        post(now - 600 * MINUTE, key)
    refused, leaves = Message.objects.filter(key="refused"), Message.objects.filter(key="leaves")
    refused.update(attempts=5, next_attempt_at=now + 30 * MINUTE, last_error=answer)
    leaves.update(state="sent", sent_at=now - MINUTE)
    assert (figures.health(now)["mail"], figures.mail_figures(now).waiting_since) == ("ok", now - MINUTE)
    leaves.update(sent_at=now - 20 * MINUTE)
    assert figures.health(now)["mail"] == "late for 1200 s"


def test_monitor_reads_whether_beat_beats(client: Client, db: None) -> None:
    page = reverse("health")
    figures_now = {"mail_waiting_seconds": 0, "mail_failed_percent": 0.0, "mail_kept_by_silent_addresses": 0}
    ok = {"database": "ok", "cache": "ok", "beat": "never", "mail": "ok"}
    assert client.get(page).json() == ok | figures_now
    tasks.pulse()
    assert client.get(page).json()["beat"] == "ok"
    Heartbeat.objects.update(beat_at=clock.now() - 10 * MINUTE)
    assert client.get(page).json()["beat"].startswith("silent for 60")


def test_monitor_reads_that_the_cache_is_away(client: Client, db: None, settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    [(name, cache)] = settings.CACHES.items()
    settings.CACHES = {name: {**cache, "LOCATION": f"redis://127.0.0.1:{port}/0"}}
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["cache"], answer.json()["mail"]) == (200, "unreachable", "ok")


def test_earlier_beat_does_not_overwrite_a_later_one(db: None, now: dt.datetime) -> None:
    for at in (now, now - MINUTE):
        figures.note_beat("x", now=at)
    assert Heartbeat.objects.get().beat_at == now


def test_beat_is_watched_again_after_the_clock_was_set_back(db: None, now: dt.datetime) -> None:
    for at in (now + 60 * MINUTE, now):
        figures.note_beat("x", now=at)
    assert Heartbeat.objects.get().beat_at == now


def test_monitor_reads_what_waits_and_what_failed(db: None, now: dt.datetime) -> None:
    post(now - 5 * MINUTE, "waits")
    post(now - 5 * MINUTE, "fails")
    post(now - 5 * MINUTE, "leaves")
    Message.objects.filter(key="fails").update(state="failed", failed_at=now, last_error="550")
    Message.objects.filter(key="leaves").update(state="sent", sent_at=now)
    told = figures.health(now)
    assert (told["mail"], told["mail_waiting_seconds"], told["mail_failed_percent"]) == ("ok", 300, 50.0)


def test_every_periodic_task_is_noted_and_no_other(db: None) -> None:
    for name in ("mail.tasks.deliver", "workshops.tasks.remind_workshops", "other.task"):
        note_done(sender=type("Task", (), {"name": name})())
    assert list(Heartbeat.objects.values_list("task", flat=True)) == [
        "mail.tasks.deliver",
        "workshops.tasks.remind_workshops",
    ]
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} >= {"mail.tasks.pulse", "mail.tasks.deliver"}


def test_every_mail_is_on_the_page_in_both_languages(operator: User, visitor: Visitor) -> None:
    page = visitor(operator).get(reverse("mailroom"))
    every = rehearsals.names()
    assert set(previews.templates()) - set(every) == {"account_notice"}
    assert len(every) > 80
    for template in every:
        html = reverse("mail_preview_html", args=[template])
        for language, label in settings.LANGUAGES:
            frame = f'src="{html}?langue={language}" title="{template}, {label}" loading="lazy" sandbox>'
            assert page.text.count(frame) == 1
            assert page.text.count(f'id="objet-{template}-{language}" lang="{language}"') == 1
    assert page.text.count("<iframe") == 2 * len(every)


def test_page_alone_may_frame_and_only_what_we_serve(operator: User, visitor: Visitor) -> None:
    client = visitor(operator)
    policy = client.get(reverse("mailroom")).headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert policy.replace("; frame-src 'self'", "") == client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_html_of_a_mail_is_framed_by_us_alone_and_loads_nothing(
    operator: User, visitor: Visitor, language: str
) -> None:
    shown = visitor(operator).get(reverse("mail_preview_html", args=["workshop_reminder"]), {"langue": language})
    assert f'<html lang="{language}">' in shown.text
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )


def test_page_says_what_is_real_and_of_which_kind(
    operator: User, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(operator)
    page, reminder = reverse("mailroom"), reverse("mail_preview_html", args=["workshop_reminder"])
    assert ('class="badge ok">réel' in client.get(page).text, "[day]" in client.get(reminder).text) == (True, True)
    factories.make_booking(now, world.slot, world.association)
    listed = client.get(page).text
    assert "Rappel\u00a0: atelier du mardi 8\u00a0décembre 2026" in listed
    assert "Reminder: workshop on Tuesday 8\u00a0December 2026" in listed
    assert (str(Kind.REMINDERS.label) in listed, 'class="badge warn">exemple' in listed) == (True, True)
    assert world.association.name in client.get(reminder).text


def test_page_says_why_a_mail_is_no_more_than_an_example(
    operator: User, visitor: Visitor, now: dt.datetime, world: World
) -> None:
    listed = visitor(operator).get(reverse("mailroom")).text
    assert listed.count(rehearsals.MISSING % "compte rendu") == 2
    assert listed.count(rehearsals.HARMLESS) == 2 * len(NOTICES)
    assert 'class="badge">mis en scène' in listed


def test_unknown_mail_and_language_are_answered(operator: User, visitor: Visitor) -> None:
    client = visitor(operator)
    assert client.get(reverse("mail_preview_html", args=["rien"])).status_code == 404
    shown = client.get(reverse("mail_preview_html", args=["booking_requested"]), {"langue": "xx"})
    assert '<html lang="fr">' in shown.text


def test_secret_mail_is_shown_without_its_secret(operator: User, visitor: Visitor, now: dt.datetime) -> None:
    with transaction.atomic():
        facts = {"title": "x", "body": "y", "code": "SECRET"}
        outbox.post("account_notice", key="s", to=("a@b.example", ""), context=facts, secret=True, now=now)
    client = visitor(operator)
    for address in (reverse("mailroom"), reverse("mail_preview_html", args=["account_notice-login_code"])):
        assert "SECRET" not in client.get(address).text


def test_newest_mails_are_found_by_index(db: None, now: dt.datetime) -> None:
    stamps = {"created_at": now, "due_at": now, "next_attempt_at": now, "turn_at": now}
    Message.objects.bulk_create(
        Message(
            key=f"{n}",
            template=f"t{n % 99}",
            to_email="ana@example.org",
            context=FACTS,
            message_id=f"<{n}@x>",
            **stamps,
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mail_message")
        cursor.execute(f"EXPLAIN {previews.NEWEST}", [["digest"], ["fr", "en"]])
        assert "message_newest" in str(cursor.fetchall())


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_much_was_told(
    operator: User, visitor: Visitor, now: dt.datetime, count: int
) -> None:
    for number in range(count):
        post(now, f"x:{number}")
    client = visitor(operator)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("mailroom"))
    assert len(asked) == 41
