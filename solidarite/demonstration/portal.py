"""The portal's processes on one machine: web, worker, exactly one beat, and a mail catcher."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from solidarite.embedded import addresses
from solidarite.embedded.processes import NotStarted, last_word, spawn, stop, stopping

START_SECONDS = 30
# A web server that is still starting hears no signal; nothing of a demonstration is lost by not waiting for it.
STOP_SECONDS = 2
LOOPBACK = "127.0.0.1"
LAST_PORT = 65535
UV_MARK = "UV_RUN_RECURSION_DEPTH"  # in the environment of all that `uv run` starts


class Process(NamedTuple):
    """A running part of the portal."""

    name: str
    handle: subprocess.Popen[bytes]
    log: Path


def check_port_free(port: int) -> None:
    """Raises NotStarted when the portal cannot listen there."""
    if not 1 <= port <= LAST_PORT:
        raise NotStarted(f"Un port va de 1 à {LAST_PORT}\u00a0: choisissez-en un autre que {port}, par exemple 8000.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError as error:
            raise NotStarted(f"Le port {port} est réservé à root\u00a0: choisissez-en un à partir de 1024.") from error
        except OSError as error:
            raise NotStarted(
                f"Le port {port} est déjà pris\u00a0: arrêtez le programme qui l’occupe, "
                f"ou choisissez-en un autre, par exemple --port {port + 1}."
            ) from error


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(port: int, mailbox: Path, *, scan_seconds: float) -> Iterator[list[Process]]:
    """Start the portal's processes; when the block ends, stop them, the last one first.

    `scan_seconds` is how often facts are scanned for what is to be told.

    Raises:
        NotStarted: one of them does not start; the others are stopped.
    """
    smtp_port = free_port()
    logs = addresses.data_directory() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    if mailbox.exists() and not mailbox.is_dir():
        raise NotStarted(f"{mailbox} est à la place du dossier des courriels\u00a0: déplacez-le, puis relancez.")
    environment = {
        "SITE_URL": f"http://{LOOPBACK}:{port}",
        "SMTP_PORT": str(smtp_port),
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "true",
        "SCAN_SECONDS": str(scan_seconds),
        "SLOW_SCAN_SECONDS": str(2 * scan_seconds),
    }
    processes: list[Process] = []
    with contextlib.ExitStack() as stack:
        for name, command, death in _commands(port, smtp_port, mailbox):
            log = logs / f"{name}.log"
            # Watched: a program of Python may lose the signal while it imports.
            handle = spawn(command, log=log, death_signal=death, watched=True, environment=environment)
            stack.callback(stop, handle, with_signal=death, seconds=STOP_SECONDS)
            processes.append(Process(name, handle, log))
        _wait_for_web(port, processes)
        yield processes


def _commands(port: int, smtp_port: int, mailbox: Path) -> list[tuple[str, list[str], signal.Signals]]:
    """Name, command and closing signal of each process.

    SIGQUIT makes a Celery worker leave its task at once: tasks are acknowledged late, so it is taken up again.
    """
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "solidarite"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "info"]
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK, "--port", str(port), "--no-ws"]
    return [
        (
            "courriels",
            [python, "-m", "solidarite.demonstration.catcher", str(smtp_port), str(mailbox)],
            signal.SIGTERM,
        ),
        (
            "web",
            [*web, "--workers", "1", "--blocking-threads", "4", "solidarite.wsgi:application"],
            signal.SIGTERM,
        ),
        ("worker", [*celery, "worker", "--concurrency", "2", *quiet], signal.SIGQUIT),
        ("beat", [*celery, "beat", "--loglevel", "info"], signal.SIGTERM),
    ]


def _wait_for_web(port: int, processes: list[Process]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(port):
        check_alive(processes)
        if time.monotonic() > deadline:
            raise NotStarted(f"Le portail ne répond pas sur le port {port}.")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/sante/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def check_alive(processes: list[Process]) -> None:
    """Raises NotStarted when one of them ended by itself."""
    for process in processes:
        if process.handle.poll() is not None:
            raise NotStarted(
                f"Le processus «\u00a0{process.name}\u00a0» s’est arrêté\u00a0: {last_word(process.log)} "
                f"(journal\u00a0: {process.log})"
            )


def wait_until_stopped(processes: list[Process]) -> None:
    """Stay until Ctrl-C or SIGTERM.

    Raises:
        NotStarted: one of the processes ended by itself.
    """
    while True:
        check_alive(processes)
        time.sleep(0.3)


def stop_with_uv() -> None:
    """From now on, also while everything starts: when the `uv run` that started us is killed, stop as by SIGTERM.

    A shell between uv and us may go: then we stay.
    """
    if UV_MARK not in os.environ:
        return
    parent = os.getppid()
    if not _is_uv(parent) and _runs_under_uv(parent):
        return
    orphan = not _is_uv(parent)

    def watch() -> None:
        while not orphan and os.getppid() == parent:
            time.sleep(0.3)
        # Python loses what a handler raises while it puts an object away: asked again until the first process stops.
        while not stopping.is_set():
            os.kill(os.getpid(), signal.SIGTERM)
            stopping.wait(5)

    threading.Thread(target=watch, daemon=True, name="uv").start()


def _is_uv(process: int) -> bool:
    return Path(f"/proc/{process}/comm").read_text().strip() == "uv"


def _runs_under_uv(process: int) -> bool:
    """Whether `uv run` started it too; who adopts orphans was not."""
    try:
        return UV_MARK.encode() in Path(f"/proc/{process}/environ").read_bytes()
    except PermissionError:
        return False
