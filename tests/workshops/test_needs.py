"""The count of what is not served: what `obvious` says pair by pair, and what pages and tables tell of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from statistics import median
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from associations.models import Request
from companies.models import Slot
from territories.distance import kilometres_between
from territories.models import Commune, Departement
from tests import factories
from tests.addresses import signed_in_as
from tests.conftest import NOW
from tests.factories import LILLE, NOUMEA, ROUBAIX, World
from tests.races import Move, second_waits
from tests.workshops.obvious import serves
from tests.workshops.worlds import ARUTUA, FARINO, KOUAOUA, OFFERED, WANTED, Offered, Wanted, ask, offer
from workshops import actions, pictures
from workshops.catalogue import bookable
from workshops.models import CommuneNeed, DepartementNeed


def slowly() -> dict[str, tuple[int, int]]:
    """By commune, how many requests are open, and how many no slot serves: pair by pair."""
    slots = list(bookable(NOW).with_place())
    requests, unserved = Counter[str](), Counter[str]()
    for wanted in Request.objects.open(NOW).select_related("commune"):
        requests[wanted.commune_id] += 1
        unserved[wanted.commune_id] += not any(serves(wanted, slot) for slot in slots)
    return {place: (count, unserved[place]) for place, count in requests.items()}


def counted() -> dict[str, tuple[int, int]]:
    return {one.commune_id: (one.requests, one.unserved) for one in CommuneNeed.objects.all()}


@pytest.mark.django_db
@settings(max_examples=40)
@given(offered=st.lists(OFFERED, max_size=6), wanted=st.lists(WANTED, min_size=1, max_size=12))
@example(
    offered=[Offered(NOUMEA, 0.0, 5, 8, 6, 6, taken=False)],
    wanted=[Wanted(place, 1, 4, 3, 6, 6, [], []) for place in (FARINO, KOUAOUA, ARUTUA, NOUMEA, LILLE)],
)
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


def test_city_counts_its_arrondissements(world: World) -> None:
    for place in ("75056", "75111", "75120"):
        factories.make_request(NOW, world.association, commune_id=place, participants=11, radius_km=50)
    for place in ("75111", "75056"):
        there = factories.make_room(NOW, factories.make_site(NOW, world.company, commune_id=place))
        factories.make_slot(there, world.slot.starts_at)
    actions.count_needs(now=NOW)
    assert counted() == {"75056": (3, 3)}
    found = CommuneNeed.objects.get(pk="75056")
    assert found.slots == 2
    assert found.distance_km == pytest.approx(0)
    assert of_departement("75") == (3, 3, 2)


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


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/demandes/carte/", "/demandes/carte/59/"])
def test_before_the_first_count_pages_say_so(client: Client, address: str) -> None:
    page = client.get(address)
    assert (page.status_code, "ne sont pas encore comptées" in page.text, "<table" in page.text) == (200, True, False)


def test_country_shows_the_largest_need_first(client: Client, world: World, asked: list[Request]) -> None:
    factories.make_request(NOW, world.association, commune_id="62041", radius_km=1)
    actions.count_needs(now=NOW)
    page = client.get("/demandes/carte/").text
    assert page.index("Pas-de-Calais (62)</a>") < page.index("Nord (59)</a>")
    said = "<title>Pas-de-Calais (62)\u00a0: 2\u00a0demandes sans créneau, sur 2</title>"
    assert f'href="/demandes/carte/62/">{said}' in page
    assert "5\u00a0demandes ouvertes, dont 3 sans aucun créneau qui convienne." in page
    assert "Chiffres du mardi 1er\u00a0décembre, 10\u00a0h" in page
    assert "75" not in [need.place.pk for need in client.get("/demandes/carte/").context["needs"]]


def test_departement_shows_its_communes_and_the_map_leads_to_their_line(client: Client, asked: list[Request]) -> None:
    actions.count_needs(now=NOW)
    page = client.get("/demandes/carte/59/").text
    assert page.index(">Roubaix</th>") < page.index(">Lille</th>")
    for commune in (ROUBAIX, LILLE):
        assert (f'href="#commune-{commune}"' in page, f'id="commune-{commune}"' in page) == (True, True)
    assert "Arras" not in page
    assert client.get("/demandes/carte/75/").text.count("Aucune demande n’est ouverte dans ce département.") == 1
    assert client.get("/demandes/carte/00/").status_code == 404


def test_companies_operators_and_everybody_are_led_there(client: Client, world: World) -> None:
    link = 'href="/demandes/carte/"'
    assert link in client.get("/demandes/").text
    assert link in signed_in_as(world.company_owner).get(f"/entreprises/{world.company.slug}/").text
    operator = User.objects.create_superuser("racine@example.org")
    assert link in signed_in_as(operator).get("/tableau-de-bord/").text


def test_nobody_is_named(client: Client, world: World, asked: list[Request]) -> None:
    actions.count_needs(now=NOW)
    for address in ("/demandes/carte/", "/demandes/carte/59/", "/demandes/carte.csv", "/demandes/carte/59.csv"):
        assert world.association.name not in client.get(address).text


def test_commune_without_a_point_is_in_the_table_alone(client: Client, world: World) -> None:
    factories.make_request(NOW, world.association, commune_id=FARINO)
    actions.count_needs(now=NOW)
    page = client.get("/demandes/carte/988/")
    assert (page.context["map"].dots, ">Farino</th>" in page.text) == ([], True)


@pytest.mark.parametrize("address", ["/demandes/carte/", "/demandes/carte/59/"])
def test_pages_cost_the_same_however_much_they_show(client: Client, world: World, address: str) -> None:
    costs = []
    for places in ([LILLE], [ROUBAIX, "59009", "62041"]):
        for place in places:
            factories.make_request(NOW, world.association, commune_id=place)
        actions.count_needs(now=NOW)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def table_of(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_tables_tell_the_same(client: Client, asked: list[Request]) -> None:
    assert len(table_of(client, "/demandes/carte.csv")) == 1
    actions.count_needs(now=NOW)
    head, *rows = table_of(client, "/demandes/carte.csv")
    assert head[:3] == ["code", "département", "demandes ouvertes"]
    assert [row[:5] for row in rows] == [["59", "Nord", "3", "1", "1"], ["62", "Pas-de-Calais", "1", "1", "0"]]
    assert rows[0][6] == "2026-12-01 10:00"
    head, *rows = table_of(client, "/demandes/carte/59.csv")
    assert head[:2] == ["code INSEE", "commune"]
    assert [row[:5] for row in rows] == [[ROUBAIX, "Roubaix", "2", "1", "0"], [LILLE, "Lille", "1", "0", "1"]]
    assert rows[1][5] == "0,0"


@pytest.mark.parametrize("most", [0, 1, 7, 8, 20, 49, 100, 3_000])
def test_legend_has_four_classes_and_the_fullest_place_is_in_one(most: int) -> None:
    steps = pictures.scale(most)
    shades = pictures.legend(steps)
    assert len(shades) == 4
    assert list(steps) == sorted(set(steps))
    assert steps[-1] <= max(most, 8)


def test_classes_of_a_legend_follow_each_other() -> None:
    assert [shade.label for shade in pictures.legend((1, 2, 4, 8))] == ["1", "2 à 3", "4 à 7", "8 et plus"]


def test_numbers_are_written_where_there_is_room(client: Client, world: World) -> None:
    for place in ("59350", "75056"):
        factories.make_request(NOW, world.association, commune_id=place, participants=12)
    actions.count_needs(now=NOW)
    figures = client.get("/demandes/carte/").context["map"].figures
    assert [figure.text for figure in figures] == ["1"]
