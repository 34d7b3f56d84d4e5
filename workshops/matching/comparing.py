"""Why a slot that serves a request is proposed after others, in words to its association."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from associations.models import Request
from companies.models import Slot
from territories.wording import counted, kilometres
from workshops.matching.finding import slots_for
from workshops.matching.judging import MATCHES_TOLD, Match, best_slots, parts_of
from workshops.matching.missing import all_that_lacks
from workshops.matching.reasons import reasons
from workshops.models import Part

# What is as good but for words kept, of which nobody reads, or comes later.
HARDLY = "à peu de chose près aussi bon"


class Later(NamedTuple):
    """A slot that serves, and what makes others come before it."""

    match: Match
    why: list[str]


class Looked(NamedTuple):
    """What there is to say of a slot to who looks at it for a request: one of the three."""

    lacks: list[str]
    serves: list[str]
    later: list[str]


def proposals(request: Request, now: dt.datetime, *, more: int = 0) -> tuple[list[Match], list[Later]]:
    """The best slots that serve a request, and some more, each with why it comes later."""
    found = best_slots(request, slots_for(request, now), count=MATCHES_TOLD + more, now=now)
    shown, others = found[:MATCHES_TOLD], found[MATCHES_TOLD:]
    return shown, after(shown, others, now)


def after(shown: Sequence[Match], others: Sequence[Match], now: dt.datetime) -> list[Later]:
    """Why each of the others comes after the last of those that are shown."""
    if not shown or not others:
        return []
    last = shown[-1]
    points = parts_of(last.request, [last.slot, *(one.slot for one in others)], now=now)
    found = []
    for place, one in enumerate(others, start=1):
        less = {part: each[0] - each[place] for part, each in points.items() if part in _LESS}
        worse = sorted((part for part in less if less[part] > 0), key=lambda part: -less[part])
        found.append(Later(one, [_LESS[part](one, last) for part in worse] or [HARDLY]))
    return found


def look_at(request: Request, slot: Slot, now: dt.datetime) -> Looked:
    """Whether a slot serves a request, and if it is not proposed for it, why."""
    if lacks := all_that_lacks(request, slot, now=now):
        return Looked(lacks, [], [])
    shown, _ = proposals(request, now)
    [itself] = best_slots(request, [slot], now=now)
    if slot.pk in {one.slot.pk for one in shown} or len(shown) < MATCHES_TOLD:
        return Looked([], reasons(itself), [])
    [later] = after(shown, [itself], now)
    return Looked([], reasons(itself), later.why)


def _farther(one: Match, last: Match) -> str:
    if one.distance_km is None or last.distance_km is None:
        return "plus loin"
    return f"plus loin de {kilometres(one.distance_km - last.distance_km)}"


def _larger(one: Match, _last: Match) -> str:
    places, people = counted(one.slot.places, "place", "places"), one.request.participants
    return f"groupe petit pour la salle ({places} pour {counted(people, 'personne', 'personnes')})"


def _fewer(one: Match, last: Match) -> str:
    some = counted(one.slot.volunteers_offered, "bénévole proposé", "bénévoles proposés")
    return f"{some} au lieu de {last.slot.volunteers_offered}"


def _know_less(_one: Match, _last: Match) -> str:
    return "aucun bénévole inscrit, ou moins de vos thèmes connus d’eux"


def _other_day(_one: Match, _last: Match) -> str:
    return "pas le jour que vous préférez"


def _sooner(_one: Match, _last: Match) -> str:
    return "moins de temps pour vous organiser"


# How an organisation keeps its word counts too, and is nobody's to read.
_LESS: dict[Part, Callable[[Match, Match], str]] = {
    Part.DISTANCE: _farther,
    Part.SIZE: _larger,
    Part.VOLUNTEERS: _fewer,
    Part.TOPICS: _know_less,
    Part.WISH: _other_day,
    Part.NOTICE: _sooner,
}
