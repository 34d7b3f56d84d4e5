"""Reading a room's calendar in a process of its own: a file may ask for hours of counting, and nobody waits so long.

Run as a program it reads the file from its input, and writes periods or a refusal as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import resource
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from companies.busy import Busy, UnreadableCalendar, read_busy

SECONDS = 10
MEMORY_BYTES = 1_000_000_000
ROOT = Path(__file__).resolve().parent.parent
TOO_LONG = "Ce calendrier est trop long à lire\u00a0: exportez la salle seule, sur un an."

logger = logging.getLogger(__name__)


def read_busy_apart(
    file: bytes, *, zone: ZoneInfo, since: dt.datetime, until: dt.datetime, seconds: float = SECONDS
) -> list[Busy]:
    """As `read_busy`, within so many seconds and a gigabyte.

    Raises:
        UnreadableCalendar: nothing of the file is used.
    """
    command = [sys.executable, "-m", "companies.busy_apart", zone.key, since.isoformat(), until.isoformat()]
    try:
        done = subprocess.run(command, input=file, capture_output=True, timeout=seconds, cwd=ROOT, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise UnreadableCalendar(TOO_LONG) from error
    except subprocess.CalledProcessError as error:
        logger.warning("A calendar ended its reader: %s", error.stderr[-500:].decode(errors="replace"))
        raise UnreadableCalendar(TOO_LONG) from error
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise UnreadableCalendar(answer)
    return [Busy(*map(dt.datetime.fromisoformat, period)) for period in answer]


def main(zone: str, since: str, until: str) -> None:
    """The program: one file, one line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    span = (dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(until))
    answer: object
    try:
        busy = read_busy(sys.stdin.buffer.read(), zone=ZoneInfo(zone), since=span[0], until=span[1])
        answer = [[instant.isoformat() for instant in period] for period in busy]
    except UnreadableCalendar as refusal:
        answer = str(refusal)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
