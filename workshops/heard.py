"""What associations have heard of the slots that they were told of: a mail has left with it, waits, or left it out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from enum import Enum

from mail.models import Message
from workshops.models import MatchNotice
from workshops.proposed import path_of_slot

State = Message.State


class Heard(Enum):
    """What became of a notice."""

    HEARD = "heard"
    """One of the mails that told of it has left, or none is kept any more."""
    WAITS = "waits"
    NOT = "not"
    """Every one of them was dropped, or left without it: the slot could not be had then."""


def heard_of(notices: Collection[MatchNotice]) -> dict[int, Heard]:
    """By notice (its number) what became of the mails that were written when it was."""
    told = Message.objects.filter(
        template="slots_matched",
        about__in={_about(one) for one in notices},
        created_at__in={one.told_at for one in notices},
    )
    rows = told.order_by().values_list(
        "about", "created_at", "state", "text", "gathered_into__state", "gathered_into__text"
    )
    mails = defaultdict[tuple[str, object], list[tuple[str, str]]](list)
    for about, written, state, text, digest, gathered in rows if notices else ():
        in_digest = state == State.GATHERED and digest is not None
        mails[about, written].append((digest, gathered) if in_digest else (state, text))
    return {one.pk: _became(one, mails[_about(one), one.told_at]) for one in notices}


def _about(notice: MatchNotice) -> str:
    return f"request:{notice.request_id}"


def _became(notice: MatchNotice, mails: Collection[tuple[str, str]]) -> Heard:
    slot = re.compile(re.escape(path_of_slot(notice.slot_id, notice.request_id)) + r"(?!\d)")
    # Of an old one the words are kept no more.
    sent = [text for state, text in mails if state == State.SENT]
    if not mails or any(not text or slot.search(text) for text in sent):
        return Heard.HEARD
    return Heard.WAITS if any(state in (State.QUEUED, State.GATHERED) for state, _ in mails) else Heard.NOT
