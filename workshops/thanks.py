"""What a word of thanks says of the reports on a workshop."""

from __future__ import annotations

from collections.abc import Iterable

from territories.wording import counted
from workshops.models import Report, Side


def what_was_reported(reports: Iterable[Report], side: Side) -> dict[str, object]:
    """To one side, in the language spoken: how many people the association counted, and whether its own is missing."""
    written = {report.side: report for report in reports}
    attended = written[Side.ASSOCIATION].attended if Side.ASSOCIATION in written else None
    people = counted(attended, "personne formée", "personnes formées") if attended is not None else ""
    return {"people": people, "missing": side not in written}
