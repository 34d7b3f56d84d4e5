"""A machine of our own: PostgreSQL, Valkey, and the portal's web server as in production, ended and started at will."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.mail.machine import Part
from bench.portal import GIVEN
from solidarite.demonstration.portal import LOOPBACK, _healthy, free_port
from solidarite.embedded import addresses
from solidarite.embedded.cluster import private_directory
from solidarite.embedded.postgres import Postgres
from solidarite.embedded.valkey import Valkey

# As the command of deploy/Dockerfile.
WORKERS, THREADS = 2, 4
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK, "--no-ws"]
GRANIAN += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers"]
START_SECONDS, END_SECONDS = 60, 10
SETTINGS = "bench.booking.settings"


class Machine:
    """The services and the web server."""

    def __init__(self, folder: Path) -> None:
        run = private_directory(addresses.run_directory())
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.port = free_port()
        self.postgres = Postgres(data=folder / "postgres", run=run, logs=self.logs)
        self.valkey = Valkey(data=folder / "valkey", socket=addresses.valkey_socket(), logs=self.logs)
        self.web: Part | None = None

    def start(self) -> None:
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        if self.web:
            self.web.kill()
        self.postgres.stop()
        self.valkey.stop()

    def serve(self) -> None:
        """Start the web server, and wait until it answers."""
        command = [*GRANIAN, "--port", str(self.port), "solidarite.wsgi:application"]
        self.web = Part("web", command, logs=self.logs, environment={})
        self.wait()

    def wait(self) -> None:
        """Until the web server answers.

        Raises:
            RuntimeError: it does not, within a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while not _healthy(self.port):
            if self.web:
                self.web.revive()
            if time.monotonic() > deadline:
                raise RuntimeError("The web server does not answer.")
            time.sleep(0.1)

    def kill_worker(self, rng: random.Random) -> None:
        """SIGKILL to one of the processes that answer."""
        assert self.web is not None
        answering = self.web.processes[2:]
        if answering:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(answering), signal.SIGKILL)

    def crash_database(self) -> None:
        """As when the machine loses its power; `revive` has PostgreSQL recover from its log."""
        assert self.postgres.process is not None
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait(END_SECONDS)

    def revive(self) -> None:
        """Have all stand again. To be called by the thread that lives longest: processes end with their thread."""
        if self.postgres.process is None or self.postgres.process.poll() is not None:
            self.postgres.stop()
            self.postgres.start()
        self.wait()


@contextmanager
def machine(settings: str = SETTINGS) -> Iterator[Machine]:
    """Start the services with an empty database, and set Django up on it; models are imported inside only."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for given in GIVEN:
            os.environ.pop(given, None)
        os.environ |= {
            "SOLIDARITE_DATA": folder,
            "DJANGO_SETTINGS_MODULE": settings,
            "DEBUG": "false",
            "HTTPS": "false",
            "SECRET_KEY": "measures-only",
        }
        ours = Machine(Path(folder))
        stack.callback(ours.stop)
        ours.start()
        import django  # noqa: PLC0415  # after the environment that its settings read

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415  # idem

        call_command("migrate", verbosity=0)
        yield ours
