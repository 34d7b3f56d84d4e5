"""Child processes that never outlive the program that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

# Set once this program puts its processes away.
stopping = threading.Event()

LAUNCHER = Path(__file__).with_name("launch.py")


class NotStarted(Exception):
    """A process that the portal needs did not start. The text says what to do."""


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals = signal.SIGTERM,
    unroot: bool = False,
    watched: bool = False,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, its output in `log`.

    `death_signal` is what it gets when this process dies; `unroot` lets root run what refuses root;
    `watched` is for a command that may miss the signal, or has children.
    """
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(int(death_signal)), str(os.getpid())]
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603  # our own commands
            [*launcher, "unroot" if unroot else "watched" if watched else "asis", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )


def stop(process: subprocess.Popen[bytes], *, with_signal: signal.Signals, seconds: float) -> None:
    """Ask a process to end, and end it when it has not after `seconds`."""
    stopping.set()
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# What says why a program gave up, the gravest first; what comes after it is mere farewell.
GRAVE = ("No space left", "PANIC", "FATAL", "ERROR", "could not", "Bad file format", "Error")
RESTORE = "Restaurez une sauvegarde, ou relancez avec --reset pour repartir d’une base neuve"


def last_word(log: Path) -> str:
    """Why a process gave up, in its own words, for a message to a person."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    for sign in GRAVE:
        telling = [line for line in lines if sign in line]
        if telling:
            return telling[-1]
    return lines[-1] if lines else "aucun message"


def disk_is_full(log: Path) -> bool:
    """Whether the process met a disk without room."""
    return "No space left" in log.read_text(errors="replace")
