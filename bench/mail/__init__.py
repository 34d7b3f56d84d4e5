"""Mail under faults and under load: real workers, two beats, PostgreSQL, Valkey and an SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Measure = dict[str, Any]


def measure(*, quick: bool, faults: bool) -> Iterator[Measure]:
    """What faults do to mail, or how fast it leaves."""
    # The mail server is a process of this package, which needs neither Django nor a database.
    from bench.mail import faults as under_faults  # noqa: PLC0415
    from bench.mail import throughput  # noqa: PLC0415

    yield from under_faults.measure(quick=quick) if faults else throughput.measure(quick=quick)
