"""The clock of the edges: views, tasks and commands read it once and hand `now` to the actions.

In DEBUG alone it may be set forward, so that a demonstration can show tomorrow's reminder today.
"""

import datetime as dt

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

ADVANCE_KEY = "clock-advance-seconds"


def now() -> dt.datetime:
    """The present instant, in UTC."""
    return timezone.now() + advance()


def advance() -> dt.timedelta:
    """How far the clock was set forward: zero outside DEBUG."""
    return dt.timedelta(seconds=cache.get(ADVANCE_KEY, 0)) if settings.DEBUG else dt.timedelta()


def set_forward(by: dt.timedelta) -> None:
    """Move the clock on, for a demonstration."""
    if not settings.DEBUG:
        raise RuntimeError("L’horloge n’avance que dans une démonstration (DEBUG).")
    cache.set(ADVANCE_KEY, int((advance() + by).total_seconds()), timeout=None)


def reset() -> None:
    """Back to the present."""
    cache.delete(ADVANCE_KEY)
