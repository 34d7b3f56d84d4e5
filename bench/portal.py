"""A portal of its own to measure or to test: `manage.py demo` with its own data, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from solidarite.demonstration.portal import free_port
from solidarite.embedded.addresses import database_url

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
# Asked for by a click alone; nobody answers there.
TILES = "https://tuiles.example.org/{z}/{x}/{y}.png"
GIVEN = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DEBUG", "HTTPS", "DJANGO_SETTINGS_MODULE")


class Portal:
    """`manage.py demo` with data of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(self.port), *options],
            env=environment | {"SOLIDARITE_DATA": str(data), "MAP_TILE_URL": TILES},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> list[str]:
        """What it printed until it was ready, or until it gave up."""
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        return said

    def ready(self) -> Portal:
        """Wait until it answers.

        Raises:
            RuntimeError: it gave up, with what it said.
        """
        said = self.wait()
        if not said or "Ctrl-C" not in said[-1]:
            raise RuntimeError("".join(said))
        return self

    def rows(self, query: LiteralString, **values: object) -> list[tuple[Any, ...]]:
        """What its database answers to a query with named values."""
        with psycopg.connect(database_url(self.data)) as connection:
            return connection.execute(query, values).fetchall()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, unless it ended by itself, and wait. Returns how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end. Returns its exit status."""
        status = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status
