"""Pages of a list while somebody else, on a connection of their own, opens, books, moves and withdraws evenings."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from django.db import connection

from associations.models import Association
from companies.models import Room, Slot
from tests import factories
from tests.conftest import NOW
from tests.workshops.reading import asked, ends
from workshops.searching import Criteria, Found, find

DAY = dt.timedelta(days=1)
LILLE = {"lieu": f"insee-{factories.LILLE}", "rayon": "50"}
QUERIES = {
    "date": LILLE | {"moment": "soir", "ordinateurs": "3"},
    "distance": LILLE | {"moment": "soir", "ordinateurs": "3", "tri": "distance"},
}
# At 18:30 in Paris, and at 11: the search asks for evenings.
EVENING, MORNING = NOW.replace(hour=17, minute=30), NOW.replace(hour=10)
COUNT = 4


class Others:
    """What other people do to a list between two of its pages: each time something else, anywhere in it."""

    def __init__(self) -> None:
        self.world = factories.make_world(NOW)
        Slot.objects.all().delete()
        self.moved: set[int] = set()
        self.chance = random.Random(11)  # noqa: S311  # repeatable, not secret
        self.rooms = [self._room(aside) for aside in (-0.3, -0.1, 0.0, 0.0, 0.1, 0.25)]
        self.stays = {self._open(room, day).pk for room in self.rooms for day in (3, 6, 9)}
        self.goes = [self._open(room, day).pk for room in self.rooms for day in (4, 7)]
        for room in self.rooms:
            self._open(room, 5, beginning=MORNING)
            self._open(room, 8, computers=2)

    def _room(self, aside: float) -> Room:
        """Some of them at one place: their distances are alike."""
        where = {"latitude": 50.63 + aside, "longitude": 3.06}
        return factories.make_room(NOW, factories.make_site(NOW, self.world.company, **where))

    def _open(self, room: Room, day: int, *, beginning: dt.datetime = EVENING, **offers: Any) -> Slot:
        return factories.make_slot(room, beginning + day * DAY, **{"computers": 6} | offers)

    def act(self) -> None:
        """Open two evenings, before and after wherever the reader is; then book one, move one, withdraw one."""
        for day in (2, 12):
            self._open(self._room(self.chance.choice([-0.2, 0.0, 0.2])), day)
        self.chance.shuffle(self.goes)
        for happen in (self._book, self._move, self._withdraw):
            if self.goes:
                happen(self.goes.pop())

    def _book(self, slot: int) -> None:
        association: Association = factories.make_association(NOW)
        factories.make_booking(NOW, Slot.objects.get(pk=slot), association)

    def _move(self, slot: int) -> None:
        moved = Slot.objects.get(pk=slot)
        self.moved.add(slot)
        ahead = self.chance.choice([-2, 11]) * DAY
        for name in ("starts_at", "ends_at", "closes_at"):
            setattr(moved, name, getattr(moved, name) + ahead)
        moved.save()

    def _withdraw(self, slot: int) -> None:
        Slot.objects.filter(pk=slot).update(state="withdrawn", withdrawn_at=NOW)


def elsewhere(move: Callable[[], None]) -> None:
    """Do it on another connection, to the end."""

    def run() -> None:
        with closing(connection):
            move()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def walk(criteria: Criteria, between: Callable[[], None], *, backwards: bool) -> list[int]:
    """All pages one after the other, from the first on, or from the last back."""
    found = _last(criteria) if backwards else find(criteria, now=NOW, count=COUNT)
    seen = []
    while found.rows:
        seen += [row[0] for row in found.rows]
        elsewhere(between)
        position = ends(found, criteria)[0 if backwards else 1]
        found = find(criteria, now=NOW, position=position, backwards=backwards, count=COUNT)
    return seen


def _last(criteria: Criteria) -> Found:
    """The page before whatever ends the list."""
    whole = find(criteria, now=NOW, count=1000)
    return find(criteria, now=NOW, position=ends(whole, criteria)[1], backwards=True, count=COUNT)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("order", QUERIES)
def test_what_is_there_all_along_is_seen_once_whatever_others_do(
    committed: None, order: str, *, backwards: bool
) -> None:
    others, criteria = Others(), asked(QUERIES[order])
    there = {row[0] for row in find(criteria, now=NOW, count=1000).rows}
    last = ends(find(criteria, now=NOW, count=1000), criteria)[1].slot_id if backwards else None
    seen = Counter(walk(criteria, others.act, backwards=backwards))
    stays = others.stays - {last}
    assert (others.stays <= there, {slot: seen[slot] for slot in stays}) == (True, dict.fromkeys(stays, 1))
    # A date that moves ahead of the reader is met again: it is another one.
    assert [slot for slot, times in seen.items() if times > 1 and slot not in others.moved] == []
    # Others did act: of what was there something was never seen, and something seen was not there.
    assert (there - seen.keys() - {last} == set(), seen.keys() - there == set()) == (False, False)
