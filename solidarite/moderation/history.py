"""What happened to a file, as who decides next should read it: decisions, their remarks, and appeals against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

from django_stubs_ext import StrOrPromise

from accounts.audit import Change
from accounts.models import Appeal, Decision
from accounts.models.moderation import DecisionQuerySet
from charter.differences import Stretch, differences


class Event(NamedTuple):
    """One thing that happened. `remarks` are labels of fields and what was said beside them."""

    at: dt.datetime
    title: str
    who: str
    text: str
    remarks: list[tuple[str, str]]


# Beyond this, what changed in a text is shown word by word.
SHORT = 60


class ToldChange(NamedTuple):
    """A change as it is read; `stretches` are the words added and removed of a long text, else nothing."""

    change: Change
    stretches: list[Stretch]


def told_changes(changes: Iterable[Change]) -> list[ToldChange]:
    """Every change, the latest first."""
    return [
        ToldChange(one, differences(one.before, one.after) if max(len(one.before), len(one.after)) > SHORT else [])
        for one in sorted(changes, reverse=True)
    ]


def told(decisions: DecisionQuerySet, *, reasons: Mapping[str, StrOrPromise], fields: Mapping[str, str]) -> list[Event]:
    """Decisions and the appeals against them, the earliest first; `reasons` and `fields` are labels by code."""
    decided = list(decisions.select_related("decided_by"))
    appeals = Appeal.objects.filter(decision__in=[one.pk for one in decided]).select_related("created_by", "decided_by")
    events = [_decision(one, reasons, fields) for one in decided]
    for appeal in appeals:
        events.append(Event(appeal.created_at, "recours", _name(appeal.created_by), appeal.message, []))
        if appeal.decided_at is not None:
            answered = f"recours {appeal.get_state_display()}"
            events.append(Event(appeal.decided_at, answered, _name(appeal.decided_by), appeal.answer, []))
    return sorted(events, key=attrgetter("at"))


def _decision(decision: Decision, reasons: Mapping[str, StrOrPromise], fields: Mapping[str, str]) -> Event:
    code = reasons.get(decision.reason_code, "")
    title = f"{decision.get_outcome_display()}\u00a0: {code}" if code else decision.get_outcome_display()
    remarks = [(fields[name], str(text)) for name, text in decision.comments.items() if name in fields]
    return Event(decision.decided_at, title, _name(decision.decided_by), decision.reason, remarks)


def _name(person: object) -> str:
    return str(person or "un compte effacé")
