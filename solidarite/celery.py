"""The Celery application: Redis carries hints, PostgreSQL holds the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")

app = Celery("solidarite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
