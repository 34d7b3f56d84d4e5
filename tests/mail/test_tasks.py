import datetime as dt
from collections.abc import Callable

import pytest

from mail import tasks
from mail.models import Message
from solidarite.celery import app
from territories import clock
from tests.mail.conftest import Sink

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]


def test_task_drains_the_outbox(smtp_sink: Sink, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several connections, since a relay takes only so many messages on one."""
    monkeypatch.setattr(tasks, "MESSAGES_PER_CONNECTION", 2)
    for number in range(3):
        tell(f"hello:{number}", now=clock.now())
    tell("hello:later", now=clock.now(), due_at=clock.now() + dt.timedelta(hours=1))
    tasks.deliver()
    states = dict(Message.objects.values_list("key", "state"))
    assert states == {"hello:0": "sent", "hello:1": "sent", "hello:2": "sent", "hello:later": "queued"}
    assert smtp_sink.connections == 2


def test_task_stops_when_the_server_wants_a_pause(smtp_sink: Sink, tell: Tell) -> None:
    smtp_sink.answers["ana@example.org"] = "421 too busy"
    tell("hello:1", now=clock.now())
    tell("hello:2", now=clock.now())
    tasks.deliver()
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 1]


def test_task_is_ticked_by_the_beat() -> None:
    schedules = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert schedules[tasks.deliver.name] == 15.0
