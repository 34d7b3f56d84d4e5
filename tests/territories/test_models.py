"""The whole table is there: the migration loads it in the tests as in production."""

import csv
import importlib
import io
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territories.derivation import DATA, content
from territories.folding import fold
from territories.models import AmbiguousCommune, Commune, Departement, Region, UnknownCommune
from territories.reading import Reading, read

pytestmark = pytest.mark.django_db

ROWS = list(csv.DictReader(io.StringIO(content(DATA / "communes.csv.gz").decode())))


def names(queryset: QuerySet[Commune], limit: int = 4) -> list[str]:
    return [str(commune) for commune in queryset[:limit]]


def test_tables_hold_the_whole_geographic_code() -> None:
    assert (Region.objects.count(), Departement.objects.count(), Commune.objects.count()) == (26, 109, 35014)
    assert Counter(Commune.objects.values_list("kind", flat=True)) == {
        "commune": 34966,
        "city": 3,
        "arrondissement": 45,
    }


def test_row_of_lille_is_complete() -> None:
    lille = Commune.objects.get(pk="59350")
    assert (lille.name, lille.departement_id, lille.postal_codes, lille.population) == (
        "Lille",
        "59",
        ["59000", "59160", "59260", "59777", "59800"],
        238246,
    )
    assert (lille.latitude, lille.longitude, lille.time_zone) == (50.63089, 3.07086, "Europe/Paris")
    assert str(lille) == "Lille (59)"


def test_time_zones_are_those_of_every_territory() -> None:
    zones = set(Commune.objects.values_list("time_zone", flat=True).distinct())
    assert zones == {
        "America/Cayenne", "America/Guadeloupe", "America/Marigot", "America/Martinique", "America/Miquelon",
        "America/St_Barthelemy", "Etc/GMT+8", "Europe/Paris", "Indian/Kerguelen", "Indian/Mayotte",
        "Indian/Reunion", "Pacific/Gambier", "Pacific/Marquesas", "Pacific/Noumea", "Pacific/Tahiti",
        "Pacific/Wallis",
    }  # fmt: skip
    assert {ZoneInfo(zone).key for zone in zones} == zones


def test_points_are_missing_for_29_communes_only() -> None:
    assert Commune.objects.filter(latitude=None).count() == 29
    assert Commune.objects.filter(population=None).count() == 6


def test_search_names_are_the_folded_names() -> None:
    assert [row["code"] for row in ROWS if row["search_name"] != fold(row["name"])] == []
    assert [str(place) for place in Departement.objects.all() if place.search_name != fold(place.name)] == []


def test_departements_by_name_ignore_accents_and_uninhabited_ones_can_be_left_out() -> None:
    assert [place.code for place in Departement.objects.by_name()[:3]] == ["01", "02", "03"]
    listed = [place.name for place in Departement.objects.by_name()]
    assert listed.index("Île de Clipperton") + 1 == listed.index("Ille-et-Vilaine")
    everywhere = set(Departement.objects.values_list("code", flat=True))
    assert everywhere - {place.code for place in Departement.objects.inhabited()} == {"984", "989"}


def test_search_puts_the_exact_name_then_the_beginning_then_the_largest() -> None:
    assert names(Commune.objects.search("lille")) == [
        "Lille (59)",
        "Lillers (62)",
        "Lillebonne (76)",
        "Lillemer (35)",
    ]


@pytest.mark.parametrize("text", ["saint denis", "St-Denis", "SAINT‐DENIS", "st denis"])
def test_search_tells_homonyms_apart_largest_first(text: str) -> None:
    assert names(Commune.objects.search(text)) == [
        "Saint-Denis (974)",
        "Saint-Denis (93)",
        "Saint-Denis (11)",
        "Saint-Denis (30)",
    ]


def test_search_finds_a_name_without_its_article() -> None:
    assert names(Commune.objects.search("havre")) == ["Le Havre (76)"]


def test_search_offers_a_city_whole_and_arrondissements_to_who_gives_a_number() -> None:
    assert names(Commune.objects.search("Paris"), 2) == ["Paris (75)", "Parisot (81)"]
    assert names(Commune.objects.search("Paris 1"), 2) == [
        "Paris 1er Arrondissement (75)",
        "Paris 15e Arrondissement (75)",
    ]
    assert names(Commune.objects.search("75011")) == ["Paris 11e Arrondissement (75)"]


def test_search_by_code_puts_the_postal_code_before_the_insee_code() -> None:
    assert names(Commune.objects.search("59350")) == ["Saint-André-lez-Lille (59)", "Lille (59)"]


@pytest.mark.parametrize("text", ["", "\x00", "ليل", "%", "_", "'; --", "a" * 10_000])
def test_search_of_unreadable_text_finds_nothing(text: str) -> None:
    assert names(Commune.objects.search(text)) == []


@pytest.mark.parametrize("text", ["Lille", "Lille (59)", "saint-denis, la réunion", "59350", "Paris 11"])
def test_search_is_served_by_indexes(text: str) -> None:
    assert "Seq Scan on territories_commune" not in Commune.objects.search(text)[:8].explain()


def test_resembling_is_served_by_the_trigram_index() -> None:
    assert "commune_search_trgm" in Commune.objects.resembling("vileurbane").explain()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Lille", "59350"),
        ("lille 59", "59350"),
        ("Lille (Nord)", "59350"),
        ("59000", "59350"),
        ("59 000 LILLE", "59350"),
        ("59040 Lille Cedex", "59350"),
        ("Saint-Denis (93)", "93066"),
        ("St Denis, Réunion", "97411"),
        ("2A004", "2A004"),
        ("Ajaccio (20)", "2A004"),
        ("L’Haÿ les roses", "94038"),
        ("Paris", "75056"),
        ("75056", "75056"),
        ("75000", "75056"),
        ("75011", "75111"),
        ("75011 Paris", "75111"),
        ("75116 PARIS", "75116"),
        ("Paris 11e", "75111"),
        ("Marseille 13", "13055"),
        ("Marseille 13e", "13213"),
        ("Château-Chinon (Ville)", "58062"),
        ("Château-Chinon (Ville) (58)", "58062"),
    ],
)
def test_resolve_understands_what_people_type(text: str, code: str) -> None:
    assert Commune.objects.resolve(text).pk == code


def test_resolve_takes_digits_for_a_postal_code_unless_a_link_holds_them() -> None:
    assert str(Commune.objects.resolve("59350")) == "Saint-André-lez-Lille (59)"
    assert str(Commune.objects.resolve("44109")) == "Nantes (44)"
    for code in ("59350", "44100", "44109", "13201", "2A004"):
        assert Commune.objects.resolve(Commune.objects.get(pk=code).link).pk == code


def test_resolve_refuses_to_choose_between_homonyms() -> None:
    with pytest.raises(AmbiguousCommune) as refusal:
        Commune.objects.resolve("Saint-Denis")
    assert [commune.pk for commune in refusal.value.candidates] == ["97411", "93066", "11339", "30247"]
    assert refusal.value.reading == Reading("saint denis")


def test_resolve_refuses_to_choose_between_communes_of_one_postal_code() -> None:
    with pytest.raises(AmbiguousCommune) as refusal:
        Commune.objects.resolve("01190")
    assert [str(commune) for commune in refusal.value.candidates[:2]] == [
        "Pont-de-Vaux (01)",
        "Saint-Bénigne (01)",
    ]
    assert len(refusal.value.candidates) == 12


def test_resolve_of_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownCommune) as refusal:
        Commune.objects.resolve("Vileurbane")
    assert str(refusal.value.suggestions[0]) == "Villeurbanne (69)"


def test_resolve_of_one_letter_suggests_nothing() -> None:
    with pytest.raises(UnknownCommune) as refusal:
        Commune.objects.resolve("q")
    assert refusal.value.suggestions == []


@given(st.sampled_from(ROWS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_resolve_gives_back_the_commune_that_wrote_the_text(row: dict[str, str]) -> None:
    assert Commune.objects.resolve(f"{row['name']} ({row['departement_id']})").pk == row["code"]
    assert Commune.objects.resolve(row["search_name"] + " " + row["departement_id"]).pk == row["code"]


def test_name_and_departement_mean_one_commune_without_exception() -> None:
    """What the sample above cannot cover: among 35,014, no two share a folded name and a département."""
    spelled = Counter((row["search_name"], row["departement_id"]) for row in ROWS)
    assert [twins for twins, times in spelled.items() if times > 1] == []
    misread = [
        row["code"]
        for row in ROWS
        if Reading(row["search_name"], departement=row["departement_id"])
        not in read(f"{row['name']} ({row['departement_id']})")
    ]
    assert misread == []


def test_load_run_again_brings_rows_up_to_date() -> None:
    Commune.objects.filter(pk="59350").update(name="Lisle")
    migration = importlib.import_module("territories.migrations.0002_load_places")
    with connection.schema_editor() as editor:
        migration.load_places(apps, editor)
    assert Commune.objects.get(pk="59350").name == "Lille"
    assert Commune.objects.count() == 35014
