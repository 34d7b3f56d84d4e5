"""What the runner leaves behind: nothing, but the data."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from bench.portal import GIVEN, ROOT, Portal
from solidarite.demonstration.portal import free_port


def mine(data: Path) -> list[str]:
    """Command lines of the processes that hold this data folder in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # ended meanwhile, or somebody else's
        if f"SOLIDARITE_DATA={data}".encode() in environment and int(process.name) != os.getpid():
            found.append(command)
    return found


def gone(data: Path, seconds: float) -> list[str]:
    """What is left after so many seconds at most."""
    deadline = time.monotonic() + seconds
    while (left := mine(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_and_the_next_start_works(loaded: Path, tmp_path: Path, number: signal.Signals) -> None:
    data = shutil.copytree(loaded, tmp_path / ("long-" * 26) / "data")
    first = Portal(data, "--no-data")
    assert "Ctrl-C" in first.wait()[-1]
    assert len(mine(data)) > 6
    first.stop(number)
    assert gone(data, 20) == []
    again = Portal(data, "--no-data")
    assert "Ctrl-C" in again.wait()[-1]
    again.stop()
    assert gone(data, 20) == []


@pytest.mark.parametrize("seconds", [1.9, 2.4, 2.9])
def test_kill_while_it_starts_leaves_nothing(tmp_path: Path, seconds: float) -> None:
    data = tmp_path / "data"
    Portal(data, "--no-data").stop(signal.SIGTERM)
    cut = Portal(data, "--no-data")
    time.sleep(seconds)
    cut.stop(signal.SIGKILL)
    assert gone(data, 20) == []


@pytest.mark.skipif("UV" not in os.environ, reason="uv is killed here: start the tests with `uv run pytest`")
@pytest.mark.parametrize("seconds", [0.6, 1.5, 1.9, 2.4, 5.0])
def test_kill_of_uv_while_it_starts_leaves_nothing(tmp_path: Path, seconds: float) -> None:
    data = tmp_path / "data"
    command = [os.environ["UV"], "run", "--no-sync", "manage.py", "demo", "--no-data", "--port", str(free_port())]
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    uv = subprocess.Popen(command, cwd=ROOT, env=environment | {"SOLIDARITE_DATA": str(data)})
    time.sleep(seconds)
    uv.kill()
    uv.wait()
    assert gone(data, 20) == []  # a busy machine takes its time to stop a database


def test_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        portal = Portal(tmp_path / "data", "--port", str(port))
        said = portal.wait()
        assert portal.ended() == 1
    assert said == [
        f"CommandError: Le port {port} est déjà pris\u00a0: arrêtez le programme qui l’occupe, ou choisissez-en "
        f"un autre, par exemple --port {port + 1}.\n"
    ]
    assert not (tmp_path / "data").exists()


def test_second_runner_on_the_same_data_is_refused(loaded: Path, tmp_path: Path) -> None:
    data = shutil.copytree(loaded, tmp_path / "data")
    first = Portal(data, "--no-data")
    assert "Ctrl-C" in first.wait()[-1]
    second = Portal(data, "--no-data")
    said = second.wait()
    assert second.ended() == 1
    first.stop()
    assert said == [
        "CommandError: Le portail de ce dossier tourne déjà\u00a0: arrêtez-le d’abord (Ctrl-C dans sa fenêtre).\n"
    ]


def test_broken_data_is_said_in_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    portal = Portal(data)
    said = portal.wait()
    assert portal.ended() == 1
    assert len(said) == 1
    assert "vient de PostgreSQL 9" in said[0]
    assert "--reset" in said[0]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("postgres", "n’est pas une base PostgreSQL"),
        ("logs", "ne peut pas être créé"),
        (".", "ne peut pas être créé"),
    ],
)
def test_file_in_the_place_of_a_folder_is_said_in_one_line(tmp_path: Path, folder: str, words: str) -> None:
    data = tmp_path / "data"
    (data / folder).parent.mkdir(parents=True, exist_ok=True)
    (data / folder).write_text("x")
    portal = Portal(data)
    said = portal.wait()
    assert portal.ended() == 1
    assert len(said) == 1
    assert words in said[0]
    assert gone(data, 1) == []


@pytest.mark.parametrize("port", ["0", "70000", "-1"])
def test_port_that_is_none_is_said_in_one_line(tmp_path: Path, port: str) -> None:
    portal = Portal(tmp_path / "data", f"--port={port}")
    said = portal.wait()
    assert portal.ended() == 1
    assert said == [
        f"CommandError: Un port va de 1 à 65535\u00a0: choisissez-en un autre que {port}, par exemple 8000.\n"
    ]


def check(data: Path) -> dict[str, Any]:
    """What `demo --check` prints, on these data."""
    run = Portal(data, "--check")
    said = run.wait()
    run.ended()
    lines = [line for line in said if line.startswith("{")]
    outcome: dict[str, Any] = json.loads(lines[-1]) if lines else {"ok": False, "said": said}
    return outcome


def test_check_walks_the_loop_again_and_again(loaded: Path, tmp_path: Path) -> None:
    """Also after a check that was ended in its midst."""
    data = shutil.copytree(loaded, tmp_path / "data")
    first = check(data)
    assert first["ok"], first
    assert len(first["steps"]) > 10
    cut = Portal(data, "--check")
    time.sleep(6)
    cut.stop(signal.SIGKILL)
    assert gone(data, 20) == []
    again = check(data)
    assert again["ok"], again
