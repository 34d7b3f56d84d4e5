"""The short form of `bench mail --faults`: real workers, beats, services and mail server, ended again and again."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.portal import GIVEN, ROOT


def test_mail_outlives_faults_and_dispatchers_without_guards_do_not(tmp_path: Path) -> None:
    """It holds itself to what is asked: nothing lost, doubled or too late, and every control fails."""
    file = tmp_path / "measures.jsonl"
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    command = [sys.executable, "-m", "bench", "mail", "--faults", "--quick", "--json", str(file)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    asked = {measure["name"]: measure["value"] for measure in map(json.loads, file.read_text().splitlines())}
    assert [asked[name] for name in ("mail.lost", "mail.duplicates_outside_window", "mail.expired_sent")] == [0, 0, 0]
    assert all(value for name, value in asked.items() if "control" in name)
