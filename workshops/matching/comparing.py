"""Why a slot that serves a request is proposed after others, in words to its association."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from associations.models import Request
from companies.models import Slot
from territories.wording import counted, kilometres, number
from workshops.matching.finding import LOOKED_AT, slots_for
from workshops.matching.judging import MATCHES_TOLD, Match, best_slots, parts_of
from workshops.matching.missing import all_that_lacks
from workshops.matching.reasons import reasons
from workshops.models import Part

# Where the total alone tells: what nobody reads counts too.
LESS_IN_ALL = "un peu moins bon dans l’ensemble"
TOO_LATE = "meilleur, mais après les {slots} prochains créneaux qui conviennent, les seuls que nous comparons ici"
LATER_ON = "aussi bon, mais plus tard"
# Of two at the same time, the one with the lower number.
PUBLISHED_LATER = "aussi bon et au même moment, mais publié après"
# Less is no distance in words.
TEN_METRES = 0.01


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
    return [
        Later(one, _why({part: each[place] - each[0] for part, each in points.items()}, one, last))
        for place, one in enumerate(others, start=1)
    ]


def _why(points: Mapping[Part, int], one: Match, last: Match) -> list[str]:
    """Why one comes after the last: by so many points more of each part, or less; if by none, by what decides then."""
    if one.rank_for_request < last.rank_for_request:
        return [TOO_LATE.format(slots=number(LOOKED_AT))]
    if one.merit_of_slot == last.merit_of_slot:
        return [LATER_ON if one.slot.starts_at > last.slot.starts_at else PUBLISHED_LATER]
    told = {part: more for part, more in points.items() if part in _WORDS and more}
    worse, better = (sorted(part for part in told if told[part] * sign > 0) for sign in (-1, 1))
    losses, gains = (
        [_WORDS[part](one, last, told[part]) for part in sorted(some, key=lambda part: -abs(told[part]))]
        for some in (worse, better)
    )
    in_all = [] if sum(told.values()) < 0 else [LESS_IN_ALL]
    return in_all + losses + [f"en revanche {gain}" for gain in gains[:1]] + gains[1:]


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


def _distance(one: Match, last: Match, more: int) -> str:
    words = "plus près" if more > 0 else "plus loin"
    if one.distance_km is None or last.distance_km is None:
        return words
    between = abs(one.distance_km - last.distance_km)
    return f"{words} de {kilometres(between)}" if between >= TEN_METRES else f"à peine {words}"


def _size(one: Match, _last: Match, more: int) -> str:
    places, people = counted(one.slot.places, "place", "places"), one.request.participants
    words = "salle plus juste pour le groupe" if more > 0 else "groupe petit pour la salle"
    return f"{words} ({places} pour {counted(people, 'personne', 'personnes')})"


def _volunteers(one: Match, last: Match, _more: int) -> str:
    some = counted(one.slot.volunteers_offered, "bénévole proposé", "bénévoles proposés")
    return f"{some} au lieu de {last.slot.volunteers_offered}"


def _topics(one: Match, _last: Match, more: int) -> str:
    if more > 0:
        return "plus de vos thèmes connus des bénévoles inscrits"
    return (
        "moins de vos thèmes connus des bénévoles inscrits" if one.topics else "aucun bénévole inscrit sur vos thèmes"
    )


def _day(_one: Match, _last: Match, more: int) -> str:
    return "le jour que vous préférez" if more > 0 else "pas le jour que vous préférez"


def _notice(_one: Match, _last: Match, more: int) -> str:
    return f"connu {'plus' if more > 0 else 'moins'} longtemps avant sa date"


# By so many points more, or less. How an organisation keeps its word counts too, and is nobody's to read.
_WORDS: dict[Part, Callable[[Match, Match, int], str]] = {
    Part.DISTANCE: _distance,
    Part.SIZE: _size,
    Part.VOLUNTEERS: _volunteers,
    Part.TOPICS: _topics,
    Part.WISH: _day,
    Part.NOTICE: _notice,
}
