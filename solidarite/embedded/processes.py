"""Child processes that never outlive the program that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")


class NotStarted(Exception):
    """A process that the portal needs did not start. The text says what to do."""


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    death_signal: signal.Signals = signal.SIGTERM,
    unroot: bool = False,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, its output in `log`.

    `death_signal` is what it gets when this process dies; `unroot` lets root run what refuses root.
    """
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(int(death_signal)), str(os.getpid())]
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603  # our own commands
            [*launcher, "unroot" if unroot else "asis", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )


def stop(process: subprocess.Popen[bytes], *, with_signal: signal.Signals, seconds: float) -> None:
    """Ask a process to end, and end it when it has not after `seconds`."""
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def last_line(log: Path) -> str:
    """What a process said last, for a message to a person."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "aucun message"
