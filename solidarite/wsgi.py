"""WSGI entry point, served by granian."""

import datetime as dt
import logging
import os

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")

logger = logging.getLogger(__name__)
application = get_wsgi_application()


def _read_ahead() -> None:
    """What the first search would read for itself, and does where the database does not answer yet."""
    from territories.gazetteer import gazetteer  # noqa: PLC0415  # once the apps are there
    from territories.holidays import public_holiday  # noqa: PLC0415  # idem

    public_holiday(dt.datetime.now(tz=dt.UTC), "")
    try:
        gazetteer()
    except DatabaseError:
        logger.warning("The first search reads the places: the database does not answer yet.", exc_info=True)
    finally:
        connection.close()


_read_ahead()
