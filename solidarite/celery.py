"""The Celery application: Redis carries hints, PostgreSQL holds the truth."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_success

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")

app = Celery("solidarite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_success.connect(dispatch_uid="note what periodic tasks were done")
def note_done(sender: Any = None, **_kwargs: Any) -> None:
    """One row for each task of the schedule: an operator sees which of them has stopped."""
    from mail.figures import note_beat  # noqa: PLC0415  # apps are loaded by now, not above
    from territories import clock  # noqa: PLC0415

    name = getattr(sender, "name", "")
    if name in {entry["task"] for entry in app.conf.beat_schedule.values()}:
        note_beat(name, now=clock.now())
