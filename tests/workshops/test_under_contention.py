"""`bench contention --quick`, with fewer faults: the production web server, people who race, things that are killed."""

import json
import os
import subprocess
import sys

from bench.portal import GIVEN, ROOT

RUN = """
import json, sys
from bench.booking import contention
size = contention.QUICK._replace(faulty=4, faults=2, control=3)
for measure in contention.measure(size=size):
    print("measure", json.dumps(measure), file=sys.stderr)
"""


def test_nobody_oversells_and_what_was_acknowledged_stays() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    run = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    lines = [line.removeprefix("measure ") for line in run.stderr.splitlines() if line.startswith("measure ")]
    measured = {measure["name"]: measure for measure in map(json.loads, lines)}
    asked = [name for name, measure in measured.items() if measure.get("asked") == "= 0"]
    assert {name: measured[name]["value"] for name in asked} == dict.fromkeys(asked, 0), measured
    assert len(asked) == 5
    assert measured["contention.rounds"]["value"] == 500
    assert "PostgreSQL crashed 1 times" in measured["contention.wrong_states_under_faults"]["notes"]
    assert measured["contention.control_oversold"]["value"] > 0
