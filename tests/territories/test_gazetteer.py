"""What memory says of a place is what the tables say."""

from __future__ import annotations

import random

import pytest
from pytest_django import DjangoAssertNumQueries

from territories.gazetteer import city_of, codes_within, commune_meant, gazetteer
from territories.models import AmbiguousCommune, Commune, UnknownCommune

pytestmark = pytest.mark.django_db
TYPED = [
    "Lille", "lille (59)", "Lille, Nord", "Lille 59", "59000", "59000 Lille", "Lille (59000)", "insee-59350", "59350",
    "St Denis", "Saint-Denis (93)", "Saint-Denis, Réunion", "Saint Denis (La Réunion)", "Bastia (20)", "Ajaccio 2a",
    "Paris", "75000", "75011", "Paris 11", "paris 11e arrondissement", "69003", "Lyon 3e", "13001", "Marseille",
    "Nullepart", "insee-00000", "44100", "44109", "L'Haÿ-les-Roses", "Lille (62)", "97411", "98800", "", "?", "Nord",
]  # fmt: skip


def in_tables(text: str) -> Commune | None:
    try:
        return Commune.objects.resolve(text)
    except (AmbiguousCommune, UnknownCommune):
        return None


def texts() -> list[str]:
    """What people type, and what pages write of three hundred communes."""
    chosen = random.Random(7).sample(list(Commune.objects.order_by("pk")), 300)  # noqa: S311  # repeatable, not secret
    written = [(str(one), one.link, one.name, one.pk, f"{one.postal_codes[0]} {one.name}") for one in chosen]
    return [*TYPED, *(text for one in written for text in one)]


def test_memory_means_what_the_tables_mean() -> None:
    for text in texts():
        known, meant = commune_meant(text), in_tables(text)
        assert known == meant, text
        if known is not None and meant is not None:
            assert (str(known), known.link, known.point) == (str(meant), meant.link, meant.point)
            assert known.time_zone == meant.time_zone


def test_places_are_read_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    gazetteer.cache_clear()
    with django_assert_num_queries(3):
        gazetteer()
    with django_assert_num_queries(0):
        assert commune_meant("Lille (59)") is not None
        assert gazetteer().departements["59"].name == "Nord"


def test_cities_hold_their_arrondissements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    gazetteer()
    with django_assert_num_queries(0):
        held = {city: codes_within(city) for city in ("75056", "69123", "13055", "59350")}
    assert [len(codes) for codes in held.values()] == [21, 10, 17, 1]
    assert held["69123"] == ("69123", *(f"6938{number}" for number in range(1, 10)))
    parts = Commune.objects.filter(kind=Commune.Kind.ARRONDISSEMENT)
    assert sum(len(codes) - 1 for codes in held.values()) == parts.count()
    for part in parts:
        with django_assert_num_queries(0):
            city = city_of(part)
            assert str(city) == f"{part.name.split()[0]} ({part.departement_id})"
            assert city.departement.pk == part.departement_id
        assert part.pk in held[city.pk]
    plain = Commune.objects.get(pk="59350")
    assert city_of(plain) is plain
