"""The count of what is not served: what `match` says pair by pair, and what pages and tables tell of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from statistics import median
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from associations.models import Moment, Request
from companies.models import Slot
from territories.distance import kilometres_between
from territories.models import Commune, Departement
from tests import factories
from tests.conftest import NOW
from tests.factories import LILLE, NOUMEA, ROUBAIX, World
from tests.races import Move, second_waits
from workshops import actions
from workshops.catalogue import bookable
from workshops.matching import match
from workshops.models import CommuneNeed, DepartementNeed

# Of two communes of New Caledonia and one of Polynesia nobody published the point.
FARINO, KOUAOUA, ARUTUA = "98806", "98833", "98713"
PLACES = st.sampled_from([LILLE, ROUBAIX, "62041", NOUMEA, FARINO, KOUAOUA, ARUTUA])
SITES = st.sampled_from([LILLE, ROUBAIX, "62041", NOUMEA])
AHEAD = st.integers(2, 12)
SIZES = st.integers(1, 12)


class Offered(NamedTuple):
    place: str
    aside: float
    days: int
    hour: int
    places: int
    computers: int
    taken: bool


class Wanted(NamedTuple):
    place: str
    radius_km: int
    since: int
    days: int
    participants: int
    computers: int
    moment: str


OFFERED = st.builds(
    Offered, SITES, st.floats(-0.3, 0.3), AHEAD, st.integers(0, 23), SIZES, st.integers(0, 12), st.booleans()
)
WANTED = st.builds(
    Wanted,
    PLACES,
    st.sampled_from([1, 5, 20, 50, 100]),
    AHEAD,
    st.integers(0, 5),
    SIZES,
    st.integers(0, 12),
    st.sampled_from(list(Moment)),
)


def offer(world: World, one: Offered) -> Slot:
    """A site, its room and an hour in it."""
    commune = Commune.objects.get(pk=one.place)
    assert commune.latitude is not None
    where = {"latitude": commune.latitude + one.aside, "longitude": commune.longitude}
    site = factories.make_site(NOW, world.company, commune_id=one.place, max_visitors=50, **where)
    room = factories.make_room(NOW, site, capacity=12, computers=12)
    starts_at = NOW.replace(hour=one.hour) + dt.timedelta(days=one.days)
    slot = factories.make_slot(room, starts_at, places=one.places, computers=one.computers)
    if one.taken:
        factories.make_booking(NOW, slot, world.association, participants=1)
    return slot


def ask(world: World, one: Wanted) -> Request:
    since = NOW.date() + dt.timedelta(days=one.since)
    return factories.make_request(
        NOW,
        world.association,
        commune_id=one.place,
        radius_km=one.radius_km,
        from_date=since,
        until_date=since + dt.timedelta(days=one.days),
        participants=one.participants,
        computers=one.computers,
        moment=one.moment,
    )


def slowly() -> dict[str, tuple[int, int]]:
    """By commune, how many requests are open, and how many no slot serves: pair by pair."""
    slots = list(bookable(NOW).with_place())
    requests, unserved = Counter[str](), Counter[str]()
    for wanted in Request.objects.open(NOW).select_related("commune"):
        requests[wanted.commune_id] += 1
        unserved[wanted.commune_id] += not any(match(wanted, slot) for slot in slots)
    return {place: (count, unserved[place]) for place, count in requests.items()}


def counted() -> dict[str, tuple[int, int]]:
    return {one.commune_id: (one.requests, one.unserved) for one in CommuneNeed.objects.all()}


@pytest.mark.django_db
@settings(max_examples=40)
@given(offered=st.lists(OFFERED, max_size=6), wanted=st.lists(WANTED, min_size=1, max_size=12))
def test_a_request_is_served_when_any_slot_matches_it(offered: list[Offered], wanted: list[Wanted]) -> None:
    with transaction.atomic():
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        for one in offered:
            offer(world, one)
        for other in wanted:
            ask(world, other)
        assert actions.count_needs(now=NOW) == len(wanted)
        assert counted() == slowly()
        transaction.set_rollback(True)


# --- numbers --------------------------------------------------------------------------------------------


@pytest.fixture
def asked(world: World) -> list[Request]:
    """Around Lille, where a slot of ten places is free: two that it serves, and two that it does not."""
    return [
        factories.make_request(NOW, world.association, commune_id=place, **fields)
        for place, fields in (
            (ROUBAIX, {}),
            (ROUBAIX, {"participants": 11}),
            (LILLE, {}),
            ("62041", {"radius_km": 20}),
        )
    ]


def of_departement(code: str) -> tuple[int, int, int]:
    need = DepartementNeed.objects.get(pk=code)
    return need.requests, need.unserved, need.slots


def test_each_departement_has_its_requests_and_slots(asked: list[Request]) -> None:
    assert actions.count_needs(now=NOW) == 4
    assert [of_departement(code) for code in ("59", "62", "75")] == [(3, 1, 1), (1, 1, 0), (0, 0, 0)]
    assert DepartementNeed.objects.count() == Departement.objects.count()
    assert CommuneNeed.objects.get(pk=LILLE).slots == 1
    assert CommuneNeed.objects.get(pk=ROUBAIX).slots == 0


def test_distance_is_that_of_the_nearest_site_and_of_a_departement_the_median(
    world: World, asked: list[Request]
) -> None:
    far = factories.make_site(NOW, world.company, commune_id=NOUMEA)
    factories.make_slot(factories.make_room(NOW, far), world.slot.starts_at)
    actions.count_needs(now=NOW)
    lille = Commune.objects.get(pk=LILLE)
    away = [kilometres_between(_point(one.commune), _point(lille)) for one in asked]
    assert CommuneNeed.objects.get(pk=ROUBAIX).distance_km == pytest.approx(away[0])
    assert DepartementNeed.objects.get(pk="59").distance_km == pytest.approx(median(away[:3]))
    assert DepartementNeed.objects.get(pk="62").distance_km == pytest.approx(away[3])
    assert DepartementNeed.objects.get(pk="75").distance_km is None


def _point(commune: Commune) -> tuple[float, float]:
    assert commune.latitude is not None
    assert commune.longitude is not None
    return commune.latitude, commune.longitude


def test_what_is_far_from_any_site_or_without_a_point_has_no_distance(world: World) -> None:
    factories.make_request(NOW, world.association, commune_id=FARINO)
    actions.count_needs(now=NOW)
    assert CommuneNeed.objects.get(pk=FARINO).distance_km is None
    Slot.objects.filter(pk=world.slot.pk).delete()
    factories.make_request(NOW, world.association)
    actions.count_needs(now=NOW)
    assert CommuneNeed.objects.get(pk=ROUBAIX).distance_km is None


def test_next_count_takes_the_place_of_the_one_before(world: World, asked: list[Request]) -> None:
    actions.count_needs(now=NOW)
    Request.objects.filter(commune=ROUBAIX).update(expires_at=NOW)
    factories.make_booking(NOW, world.slot, world.association)
    later = NOW + dt.timedelta(hours=1)
    assert actions.count_needs(now=later) == 2
    assert counted() == {LILLE: (1, 1), "62041": (1, 1)}
    assert of_departement("59") == (1, 1, 0)
    assert set(DepartementNeed.objects.values_list("counted_at", flat=True)) == {later}


def test_nothing_is_left_of_the_count_in_the_session(asked: list[Request]) -> None:
    actions.count_needs(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        assert cursor.fetchall() == []


def test_who_counts_while_another_counts_leaves_it_to_them(committed: None, world: World, now: dt.datetime) -> None:
    """The second one comes back at once, and the figures are those of the first."""
    factories.make_request(now, world.association)
    told: list[int | None] = []

    def first(pause: Move) -> None:
        with transaction.atomic():
            told.append(actions.count_needs(now=now))
            pause()

    def second() -> None:
        told.append(actions.count_needs(now=now + dt.timedelta(hours=1)))

    assert not second_waits(first, second)
    assert told == [1, None]
    assert set(CommuneNeed.objects.values_list("counted_at", flat=True)) == {now}


@pytest.mark.parametrize(
    "fields", [{"unserved": 3}, {"requests": 0, "unserved": 0}, {"distance_km": -1.0}, {"slots": -1}]
)
@pytest.mark.usefixtures("world")
def test_impossible_figures_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        CommuneNeed.objects.create(
            **{"commune_id": LILLE, "requests": 2, "unserved": 1, "slots": 0, "counted_at": NOW, **fields}
        )


def test_command_counts_at_once(asked: list[Request], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("count_needs")
    assert capsys.readouterr().out.startswith("4\u00a0demandes comptées en ")
    assert CommuneNeed.objects.count() == 3
