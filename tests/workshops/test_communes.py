import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from territories.models import Commune

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lil", "Lille (59)"),
        ("st denis 974", "Saint-Denis (974)"),
        ("59000", "Lille (59)"),
        ("SAINT-ETIENNE", "Saint-Étienne (42)"),
    ],
)
def test_communes_are_completed_as_people_type_them(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, typed: str, first: str
) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/communes/", {"q": typed})
    assert (answer.json()["communes"][0], len(answer.json()["communes"]) <= 8) == (first, True)
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("typed", ["", " ", "\x00", "%%%", "x" * 5000, "🚪"])
def test_what_means_no_commune_completes_nothing(client: Client, typed: str) -> None:
    assert client.get("/communes/", {"q": typed}).json() == {"communes": []}


@pytest.mark.parametrize("code", ["59350", "75056", "97411", "97302", "13055"])
def test_who_stands_in_a_commune_is_there(client: Client, code: str) -> None:
    """Paris, Lyon and Marseille whole."""
    here = Commune.objects.get(pk=code)
    answer = client.get("/communes/proche/", {"latitude": str(here.latitude), "longitude": str(here.longitude)})
    assert answer.json() == {"commune": str(here)}


def test_nobody_lives_in_the_middle_of_the_sea(client: Client) -> None:
    answer = client.get("/communes/proche/", {"latitude": "0", "longitude": "-30"})
    assert (answer.status_code, "Aucune commune" in answer.json()["refus"]) == (404, True)


@pytest.mark.parametrize("latitude", ["", "91", "nan", "inf", "1e999", "x", "9" * 5000])
def test_what_is_no_point_is_refused(client: Client, latitude: str) -> None:
    assert client.get("/communes/proche/", {"latitude": latitude, "longitude": "3"}).status_code == 422
