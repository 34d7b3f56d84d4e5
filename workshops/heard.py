"""What associations are told of slots: a mail has left with it, waits, or left it out; or there are better ones."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from enum import Enum

from mail.models import Message
from workshops.catalogue import bookable
from workshops.matching import MATCHES_TOLD, Match, Rank, ranks_of
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


class Telling(Enum):
    """Whether an association is told of a slot that serves its request."""

    TOLD = "told"
    SOON = "soon"
    BETTER = "better"
    """It has been told of as many that serve it better, and hears of this one if one of them is gone."""


def told_or_not(matches: Sequence[Match], now: dt.datetime) -> list[Telling]:
    """The same of each match, as it is at this instant."""
    requests = {match.request.pk for match in matches}
    notices = list(MatchNotice.objects.filter(request__in=requests, slot__in=bookable(now)))
    told = {(one.request_id, one.slot_id): one for one in notices}
    ranks = ranks_of(list(told), now=now) if told else {}
    shown = [told.get((match.request.pk, match.slot.pk)) for match in matches]
    heard = heard_of([one for one in shown if one is not None])
    return [
        Telling.TOLD
        if notice is not None and notice.starts_at == match.slot.starts_at and heard[notice.pk] == Heard.HEARD
        else _to_tell(match, notice, ranks.get(match.request.pk, ()))
        for match, notice in zip(matches, shown, strict=True)
    ]


def _to_tell(match: Match, notice: MatchNotice | None, known: Collection[Rank]) -> Telling:
    """A mail waits, or will be written within a minute; unless enough are better."""
    better = sum(rank < match.rank_for_request for rank in known)
    return Telling.BETTER if notice is None and better >= MATCHES_TOLD else Telling.SOON
