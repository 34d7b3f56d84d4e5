"""What awaits an association: each line leads to where it is done, and goes when it is done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from solidarite.association_tasks import association_tasks
from tests import factories
from tests.factories import World
from workshops.models import Workshop

WEEK = dt.timedelta(days=7)


def titles(world: World, now: dt.datetime) -> list[str]:
    return [task.title for task in association_tasks([world.association], now)]


def test_nothing_awaits_at_first(world: World, now: dt.datetime) -> None:
    assert titles(world, now) == []


def test_everything_that_awaits_is_there_the_most_pressing_first(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    Workshop.objects.update(agreement_asked_at=now)
    other = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    factories.make_booking(now, other, world.association, state="held", expires_at=now + dt.timedelta(hours=24))
    over = factories.make_slot(world.room, now - WEEK)
    factories.make_booking(now - 2 * WEEK, over, world.association)
    factories.make_request(now, world.association, expires_at=now + dt.timedelta(days=3))
    assert titles(world, now) == [
        "Un créneau est gardé pour vous jusqu’au mercredi 2\u00a0décembre 2026, 10\u00a0h",
        "L’atelier du mardi 8\u00a0décembre tient-il toujours\u00a0?",
        "Racontez l’atelier du mardi 24\u00a0novembre",
        "Cherchez-vous toujours\u00a0: E-mail\u00a0?",
    ]


@pytest.mark.parametrize("done", [False, True])
def test_number_of_visitors_is_asked_for_until_it_is_told(world: World, now: dt.datetime, done: bool) -> None:  # noqa: FBT001
    factories.make_booking(now, world.slot, world.association)
    soon = world.slot.starts_at - dt.timedelta(days=2)
    if done:
        Workshop.objects.update(visitors=6, visitors_told_at=now)
    page = reverse("workshops:association_prepare", args=[world.association.slug, Workshop.objects.get().booking_id])
    told = [(task.title, task.url) for task in association_tasks([world.association], soon)]
    assert told == ([] if done else [("Dites combien de visiteurs viennent", page)])
