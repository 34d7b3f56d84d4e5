"""A database of its own to measure on: embedded PostgreSQL and Valkey, migrated and empty."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.portal import GIVEN
from solidarite.embedded.addresses import DATABASE_NAME


@contextmanager
def empty_database() -> Iterator[None]:
    """Start the services and set Django up on them; models are imported inside the block only."""
    with tempfile.TemporaryDirectory() as folder:
        for given in GIVEN:
            os.environ.pop(given, None)
        os.environ["SOLIDARITE_DATA"] = str(Path(folder) / "data")
        os.environ["DJANGO_SETTINGS_MODULE"] = "solidarite.settings"
        from solidarite.embedded import cluster  # noqa: PLC0415  # after the environment that it reads

        with cluster.running():
            import django  # noqa: PLC0415  # idem

            django.setup()
            from django.core.management import call_command  # noqa: PLC0415  # idem

            call_command("migrate", verbosity=0)
            yield


def copy_to(name: str) -> None:
    """Another database with what is there now."""
    from django.db import connection  # noqa: PLC0415

    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE_NAME}")
    use(DATABASE_NAME)


def use(name: str) -> None:
    """Speak to the database of this name from now on."""
    from django.db import connection  # noqa: PLC0415

    connection.close()
    connection.settings_dict["NAME"] = name
    connection.connect()


def count_rows() -> None:
    """As autovacuum does, sooner or later."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
