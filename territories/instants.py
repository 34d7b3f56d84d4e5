"""The instant of a deed, for rules that PostgreSQL holds about what is still to come."""

import datetime as dt

from django.db import connection

# Read by `portal_now()` (migration `0002_bonds` of companies). Who says nothing, as in psql, has the real instant.
SETTING = "solidarite.now"


def tell_database(now: dt.datetime) -> None:
    """Until the end of the transaction, what starts after `now` counts as coming."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, now.isoformat()])
