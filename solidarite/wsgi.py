"""WSGI entry point, served by granian."""

import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")

application = get_wsgi_application()


def _read_ahead() -> None:
    """What the first search would read for itself, and does where the database does not answer yet."""
    from territories.gazetteer import gazetteer  # noqa: PLC0415  # once the apps are there

    with suppress(DatabaseError):
        gazetteer()
    connection.close()


_read_ahead()
