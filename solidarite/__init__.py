"""Composition root: settings, URLs, Celery, and the pages that span apps. Nobody imports it."""

from solidarite.celery import app as celery_app

__all__ = ["celery_app"]
