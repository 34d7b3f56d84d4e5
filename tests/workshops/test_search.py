"""The search gives what a slow and obvious filter gives, and survives whatever is typed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Slot
from territories.distance import kilometres_between
from territories.models import Commune
from tests import factories
from tests.conftest import NOW
from tests.factories import World
from workshops.catalogue import bookable
from workshops.filters import SlotFilter

PLACES = [factories.LILLE, factories.ROUBAIX, factories.NOUMEA, "97411", "75056"]


@pytest.fixture
def slots(world: World) -> list[Slot]:
    """Forty slots here and there, in the evening and at the weekend."""
    made = []
    for number in range(40):
        site = factories.make_site(NOW, world.company, commune_id=PLACES[number % len(PLACES)])
        room = factories.make_room(NOW, site, capacity=6 + number % 7, computers=number % 6)
        day = dt.date(2026, 12, 3) + dt.timedelta(days=number % 11)
        hour = 9 if day.isoweekday() >= 6 and number % 2 else 18
        made.append(factories.make_slot(room, dt.datetime.combine(day, dt.time(hour), tzinfo=ZoneInfo(site.time_zone))))
    return list(Slot.objects.with_place())


def slow(slot: Slot, query: dict[str, str], place: Commune | None) -> bool:
    local = slot.starts_at.astimezone(ZoneInfo(slot.time_zone))
    moments = {
        "soir": local.time() >= dt.time(17),
        "weekend": local.isoweekday() >= 6,
        "semaine": local.isoweekday() < 6,
        "": True,
    }
    site = slot.room.site
    far = (
        kilometres_between((place.latitude or 0, place.longitude or 0), (site.latitude, site.longitude)) if place else 0
    )
    return (
        moments[query.get("moment", "")]
        and slot.places >= int(query.get("places") or 0)
        and slot.computers >= int(query.get("ordinateurs") or 0)
        and local.date() >= dt.date.fromisoformat(query.get("du") or "2000-01-01")
        and local.date() <= dt.date.fromisoformat(query.get("au") or "2100-01-01")
        and far <= int(query.get("rayon") or 20)
    )


def search(query: dict[str, str]) -> list[int]:
    typed = QueryDict(mutable=True)
    typed.update(query)
    found = SlotFilter(typed, queryset=bookable(NOW))
    assert found.form.is_valid(), found.form.errors
    return [slot.pk for slot in found.qs]


QUERIES = [
    {},
    {"lieu": factories.LILLE},
    {"lieu": "Roubaix", "rayon": "5"},
    {"lieu": "Nouméa", "rayon": "100"},
    {"lieu": factories.LILLE, "rayon": "50", "tri": "distance"},
    {"moment": "soir"},
    {"moment": "weekend"},
    {"moment": "semaine", "ordinateurs": "3"},
    {"places": "9"},
    {"du": "2026-12-06", "au": "2026-12-08"},
    {"lieu": factories.LILLE, "moment": "weekend", "places": "8", "ordinateurs": "2", "du": "2026-12-05"},
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: "&".join(f"{k}={v}" for k, v in query.items()) or "all")
def test_search_equals_a_slow_filter(slots: list[Slot], query: dict[str, str]) -> None:
    place = Commune.objects.resolve(query["lieu"], insee_first=True) if "lieu" in query else None
    expected = sorted(slot.pk for slot in slots if slow(slot, query, place))
    assert sorted(search(query)) == expected
    assert expected


def test_soonest_first_unless_distance_is_asked(slots: list[Slot]) -> None:
    by_id = {slot.pk: slot for slot in slots}
    found = search({"lieu": factories.LILLE, "rayon": "20"})
    assert found == sorted(found, key=lambda pk: (by_id[pk].starts_at, pk))
    near = search({"lieu": factories.LILLE, "rayon": "20", "tri": "distance"})
    assert by_id[near[0]].room.site.commune_id == factories.LILLE
    assert by_id[near[-1]].room.site.commune_id == factories.ROUBAIX


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lieu", "Saint-Denis", "Plusieurs communes"),
        ("lieu", "Nullepart-les-Bains", "Aucune commune"),
        ("rayon", "7", "Sélectionnez un choix valide"),
        ("du", "demain", "Saisissez une date valide"),
        ("places", "beaucoup", "Saisissez un nombre"),
        ("ordinateurs", "-1", "supérieure ou égale à 0"),
        ("places", "99999999999999999999", "inférieure ou égale à 500"),
    ],
)
@pytest.mark.django_db
def test_wrong_parameter_answers_422_with_its_reason(client: Client, name: str, value: str, words: str) -> None:
    response = client.get("/creneaux/", {name: value})
    assert response.status_code == 422
    assert words in response.content.decode()


HOSTILE = [
    "",
    "\x00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\u202e\u2066",
    "9" * 4000,
    "ÿ" * 500,
    "../../etc/passwd",
]


@pytest.mark.django_db
def test_dates_in_disorder_answer_422(client: Client) -> None:
    response = client.get("/creneaux/", {"du": "2026-12-08", "au": "2026-12-01"})
    assert response.status_code == 422
    assert "date de fin après la date de début" in response.content.decode()


@pytest.mark.django_db
def test_radius_left_empty_is_the_usual_one(client: Client) -> None:
    assert client.get("/creneaux/", {"lieu": factories.LILLE, "rayon": "", "tri": ""}).status_code == 200


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "name", ["lieu", "rayon", "du", "au", "moment", "ordinateurs", "places", "tri", "page", "inconnu"]
)
@pytest.mark.django_db
def test_hostile_parameter_never_breaks_the_page(client: Client, name: str, value: str) -> None:
    response = client.get("/creneaux/", {name: value})
    assert response.status_code in (200, 422)
    assert "<script>alert" not in response.content.decode()


@given(text=st.text(max_size=80))
@pytest.mark.django_db
def test_any_place_is_found_or_explained(text: str) -> None:
    typed = QueryDict(mutable=True)
    typed["lieu"] = text
    form = SlotFilter(typed, queryset=bookable(NOW)).form
    assert form.is_valid() or form.errors["lieu"]
