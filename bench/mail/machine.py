"""A machine of our own: PostgreSQL, Valkey, workers, beats and a mail server, each ended and started at will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis

from bench.mail.ledger import Fault, Ledger
from bench.portal import GIVEN, ROOT
from solidarite.demonstration.portal import free_port
from solidarite.embedded import addresses
from solidarite.embedded.cluster import private_directory
from solidarite.embedded.postgres import Postgres
from solidarite.embedded.processes import spawn
from solidarite.embedded.valkey import Valkey

CELERY = [sys.executable, "-m", "celery", "-A", "solidarite"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "info"]
END_SECONDS = 10
# The clock of the edges, and with it the cache, has database 1: a broker that lost its tasks does not turn it back.
QUEUE = 0


class MailServer:
    """The sink, in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.ledger = Ledger(folder / f"accepted-{port}.jsonl")
        self.ledger.file.touch()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.mail.sink", str(port), str(self.ledger.file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._wait()

    def order(self, **orders: object) -> None:
        """Have it behave so; returns once it does."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(orders).encode() + b"\n")
        self.process.stdin.flush()
        self._wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=END_SECONDS)

    def _wait(self) -> None:
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise RuntimeError("The mail server ended by itself.")


class Part:
    """A worker or a beat, started again as often as it ends, as a supervisor of processes would."""

    def __init__(self, name: str, command: list[str], *, logs: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.logs = logs
        self.environment = environment
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.log = self.logs / f"{self.name}-{self.starts}.log"
        self.handle = spawn(
            self.command, log=self.log, death_signal=signal.SIGTERM, watched=True, environment=self.environment
        )

    def revive(self) -> None:
        """Start it unless it runs. A worker that finds no database ends by itself."""
        if self.handle.poll() is not None:
            self.start()

    def kill(self) -> None:
        """All its processes, at once, without a word."""
        if self.handle.poll() is None:
            os.killpg(self.handle.pid, signal.SIGKILL)
            self.handle.wait(END_SECONDS)

    @property
    def processes(self) -> list[int]:
        """Its own processes, the launcher first, then the one that leads, then those that deliver."""
        found, parents = [self.handle.pid], parents_of_all()
        for process in found:
            found += sorted(child for child, parent in parents.items() if parent == process)
        return found

    @property
    def ready(self) -> bool:
        return " ready." in self.log.read_text(errors="replace")


def parents_of_all() -> dict[int, int]:
    """Each process of this machine, and its parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        found[int(folder.name)] = int(state[1])
    return found


class Machine:
    """The services, the mail server, and the parts that run now."""

    def __init__(self, folder: Path) -> None:
        run, self.folder = private_directory(addresses.run_directory()), folder
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.postgres = Postgres(data=folder / "postgres", run=run, logs=self.logs)
        self.valkey = Valkey(data=folder / "valkey", socket=addresses.valkey_socket(), logs=self.logs)
        self.server = MailServer(folder, int(os.environ["SMTP_PORT"]))
        self.ledger = self.server.ledger
        self.workers: list[Part] = []
        self.beats: list[Part] = []

    def start(self) -> None:
        self.postgres.start()
        with self.postgres.connect("postgres") as connection:
            # So that the window is measured up to the commit itself.
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.postgres.stop()
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        self.stop_parts()
        for stop in (self.server.stop, self.postgres.stop, self.valkey.stop):
            stop()

    def start_parts(self, *, workers: int, beats: int, debug: bool) -> None:
        """Workers of two processes each, and beats."""
        environment = {"DEBUG": str(debug).lower()}
        for number in range(workers):
            name = f"worker{len(self.workers) + number}"
            command = [*CELERY, "worker", "--concurrency", "2", "-n", f"{name}@bench", *QUIET]
            self.workers.append(Part(name, command, logs=self.logs, environment=environment))
        for number in range(beats):
            command = [*CELERY, "beat", "--loglevel", "info"]
            self.beats.append(Part(f"beat{number}", command, logs=self.logs, environment=environment))

    def stop_parts(self) -> None:
        """As when the machine loses its power."""
        for part in [*self.workers, *self.beats]:
            self._kill(part)
        self.workers, self.beats = [], []

    def revive_parts(self) -> None:
        for part in [*self.workers, *self.beats]:
            part.revive()

    def kill_process(self, process: int) -> None:
        """SIGKILL to one that delivers; its worker forks another."""
        since = time.time()
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.ledger.faults.append(Fault(since, time.time(), frozenset({process})))

    def kill_worker(self, worker: Part) -> None:
        """SIGKILL to a whole worker, and a new one in its place."""
        self._kill(worker)
        worker.start()

    def _kill(self, part: Part) -> None:
        since, processes = time.time(), frozenset(part.processes)
        part.kill()
        self.ledger.faults.append(Fault(since, time.time(), processes))

    def flush_broker(self) -> None:
        with redis.Redis(unix_socket_path=str(addresses.valkey_socket()), db=QUEUE) as client:
            client.flushdb()

    def restart_broker(self) -> None:
        self.valkey.stop()
        self.valkey.start()

    def restart_database(self, *, crash: bool) -> None:
        """A fast stop, or one as when the machine loses its power: PostgreSQL recovers from its log."""
        since = time.time()
        if crash and self.postgres.process:
            self.postgres.process.send_signal(signal.SIGQUIT)
            self.postgres.process.wait(END_SECONDS)
        self.postgres.stop()
        self.postgres.start()
        self.ledger.faults.append(Fault(since, time.time()))


@contextmanager
def machine(*, debug: bool = True) -> Iterator[Machine]:
    """Start it with an empty outbox, and set Django up on it; models are imported inside the block only."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for given in GIVEN:
            os.environ.pop(given, None)
        os.environ["SOLIDARITE_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.mail.settings"
        os.environ["DEBUG"] = str(debug).lower()
        os.environ["SMTP_PORT"] = str(free_port())
        ours = Machine(Path(folder))
        stack.callback(ours.stop)
        ours.start()
        import django  # noqa: PLC0415  # after the environment that its settings read

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415  # idem

        call_command("migrate", "mail", verbosity=0)
        yield ours
