"""The one queue: all kinds in the order of their age, by territory, page after page without a gap."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actions import files
from accounts.models import Decision, User
from solidarite.moderation.queue import Position, counts, next_free, page
from territories.models import Departement
from tests import factories
from tests.factories import World

HOUR = dt.timedelta(hours=1)


def fill(world: World, now: dt.datetime, rounds: int = 3) -> list[tuple[str, int]]:
    """Files of every kind, one an hour; returned in the order of their age."""
    made: list[tuple[str, int]] = []
    for number in range(rounds):
        at = now - dt.timedelta(days=9) + number * 5 * HOUR
        company = factories.make_company(at, signatory=False)
        made.append(("signature", factories.make_signature(at, company, world.charter).pk))
        newcomer = factories.make_association(at + HOUR, admitted=False)
        made.append(("association", newcomer.pk))
        wanted = factories.make_request(at + 2 * HOUR, newcomer, state="in_review")
        made.append(("request", wanted.pk))
        report = files.report_abuse(path="/", reason="other", message="Faux.", by=None, now=at + 3 * HOUR)
        made.append(("report", report.pk))
        refused, subject = Decision.Outcome.REFUSED, Decision.Subject.ASSOCIATION
        decision = files.record_decision(subject, newcomer.pk, refused, by=world.moderator, now=at)
        made.append(
            ("appeal", files.appeal(decision=decision, message="Non.", by=world.moderator, now=at + 4 * HOUR).pk)
        )
    return made


def keys(rows: list[Any]) -> list[tuple[str, int]]:
    return [(row.kind, row.pk) for row in rows]


def test_queue_is_oldest_first_whatever_the_kind(world: World, now: dt.datetime) -> None:
    expected = fill(world, now)
    assert keys(page(world.moderator)) == expected
    filled = dict.fromkeys(("signature", "association", "request", "report", "appeal"), 3)
    assert counts(world.moderator) == {**filled, "dispute": 0}


@pytest.mark.parametrize("size", [1, 2, 4, 7])
def test_pages_follow_one_another_without_gap_or_double(world: World, now: dt.datetime, size: int) -> None:
    expected = fill(world, now)
    seen: list[tuple[str, int]] = []
    after = None
    while True:
        rows = page(world.moderator, after=after, size=size)
        seen += keys(rows[:size])
        if len(rows) <= size:
            break
        after = Position.read(str(rows[size - 1].position))
    assert seen == expected


def test_files_of_one_instant_are_all_seen(world: World, now: dt.datetime) -> None:
    made = [("association", factories.make_association(now, admitted=False).pk) for _ in range(4)] + [
        ("signature", factories.make_signature(now, factories.make_company(now), world.charter).pk) for _ in range(4)
    ]
    first = page(world.moderator, size=3)
    rest = page(world.moderator, after=first[2].position, size=30)
    assert keys(first[:3]) + keys(rest) == made


def test_moderator_of_some_departements_sees_their_files(world: World, now: dt.datetime) -> None:
    there = factories.make_association(now, admitted=False, commune_id=factories.LILLE)
    factories.make_association(now, admitted=False, commune_id=factories.NOUMEA)
    factories.make_association(now, admitted=False, commune_id=None)
    files.report_abuse(path="/", reason="other", message="Faux.", by=None, now=now)
    local = factories.make_user(is_moderator=True)
    local.moderated_departements.add(Departement.objects.get(pk="59"))
    assert keys(page(local)) == [("association", there.pk)]
    assert counts(local)["association"] == 1
    assert len(page(world.moderator)) == 4


def test_next_file_is_the_oldest_that_nobody_else_holds(world: World, now: dt.datetime) -> None:
    first, second = (factories.make_association(now + n * HOUR, admitted=False) for n in (0, 1))
    other: User = factories.make_user(is_moderator=True)
    files.claim_file(first, by=other, now=now)
    row = next_free(world.moderator, now=now)
    assert row is not None
    assert row.pk == second.pk
    later = next_free(world.moderator, now=now + HOUR)
    assert later is not None
    assert later.pk == first.pk


@pytest.mark.parametrize("rounds", [1, 3])
def test_page_costs_two_queries_however_many_files(
    world: World, now: dt.datetime, django_assert_num_queries: DjangoAssertNumQueries, rounds: int
) -> None:
    fill(world, now, rounds)
    with django_assert_num_queries(2):
        page(world.moderator)


@pytest.mark.parametrize("text", ["", "x", "2026-12-01T09:00:00~a~1", "2026-12-01T09:00:00+00:00~a~x", "~~", "é~é~é"])
def test_place_that_is_none_is_the_beginning(text: str) -> None:
    assert Position.read(text) is None


@pytest.mark.parametrize(
    "place", ["2026-01-01T00:00:00+23:59~signature~1", "0001-01-01T00:00:00+23:59~signature~1", "x~y~z"]
)
def test_place_that_cannot_be_is_the_beginning_of_the_queue(world: World, visitor: Any, place: str) -> None:
    assert visitor(world.moderator).get(reverse("moderation"), {"apres": place}).status_code == 200
