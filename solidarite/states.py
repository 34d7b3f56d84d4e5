"""The life of everything that has a state, drawn from the tables of transitions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import AbuseReport, Appeal
from associations.models import Association, Request
from associations.models import JoinRequest as JoinAssociation
from charter.models import Signature
from companies.models import JoinRequest as JoinCompany
from companies.models import Slot
from mail.models import Message
from workshops.models import Booking, Dispute, Plan, WaitlistEntry, Workshop

STATE_MODELS: list[type[models.Model]] = [
    Signature,
    Slot,
    Association,
    Request,
    Booking,
    WaitlistEntry,
    Workshop,
    Plan,
    Dispute,
    JoinCompany,
    JoinAssociation,
    AbuseReport,
    Appeal,
    Message,
]
FILE = settings.BASE_DIR / "docs" / "states.md"


def diagram() -> str:
    """The whole page, in Mermaid."""
    drawn = "\n".join(_one(model) for model in STATE_MODELS)
    return (
        "# States\n\n"
        "Drawn from the `TRANSITIONS` tables by `uv run manage.py draw_states`; a test compares.\n"
        "Each move is one conditional `UPDATE`: the database decides who was first.\n\n"
        f"{drawn}"
    )


def _one(model: type[models.Model]) -> str:
    table = model.TRANSITIONS  # type: ignore[attr-defined]
    labels = "\n".join(f"    {state.value}: {state.label}" for state in table)
    moves = "\n".join(f"    {source.value} --> {target.value}" for source in table for target in sorted(table[source]))
    ends = "\n".join(f"    {state.value} --> [*]" for state in table if not table[state])
    return f"## {model._meta.label}\n\n```mermaid\nstateDiagram-v2\n{labels}\n{moves}\n{ends}\n```\n"  # noqa: SLF001  # Django's own name
