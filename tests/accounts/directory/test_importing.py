from __future__ import annotations

import datetime as dt

import pytest

from accounts.directory.columns import recognise
from accounts.directory.importing import NoCommunes, Outcome, import_directory, town_index
from accounts.directory.reading import read_table
from accounts.models import DirectoryEntry
from territories.models import Commune

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=1)


def imported(text: str, now: dt.datetime, *, source: str = "essai") -> Outcome:
    table = read_table(text.encode())
    return import_directory(table=table, layout=recognise(table.header), source=source, now=now)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.read, outcome.accepted, outcome.refused, outcome.changed


TWO = "identifiant,nom,commune,code_postal,siren\n1,Maison du numérique,Gap,05000,380129866\n2,,Gap,05000,\n"


def test_rows_are_added_once(now: dt.datetime) -> None:
    assert counts(imported(TWO, now)) == (2, 1, 1, 1)
    assert counts(imported(TWO, now + LATER)) == (2, 1, 1, 0)
    entry = DirectoryEntry.objects.get()
    assert (entry.source, entry.source_key, entry.name, entry.commune_id) == (
        "essai",
        "1",
        "Maison du numérique",
        "05061",
    )
    assert entry.updated_at == now


def test_rows_that_differ_are_brought_up_to_date(now: dt.datetime) -> None:
    imported(TWO, now)
    assert counts(imported(TWO.replace("380129866", ""), now + LATER)) == (2, 1, 1, 1)
    entry = DirectoryEntry.objects.get()
    assert (entry.siren, entry.updated_at) == ("", now + LATER)


def test_rows_of_another_source_stay(now: dt.datetime) -> None:
    imported(TWO, now)
    imported(TWO, now, source="autre")
    assert DirectoryEntry.objects.count() == 2


def test_lists_and_points_are_stored(now: dt.datetime) -> None:
    header = "id,pivot,nom,commune,code_postal,adresse,latitude,longitude,services"
    row = "a,W751234567,A,Gap,05000,1 rue X,44.56,6.08,Loisirs et créations numériques|Compréhension du monde numérique"
    imported(f"{header}\n{row}\n", now)
    entry = DirectoryEntry.objects.get()
    assert entry.services == ["Loisirs et créations numériques", "Compréhension du monde numérique"]
    assert (entry.rna, entry.kind, entry.latitude, entry.longitude) == ("W751234567", "association", 44.56, 6.08)


def test_communes_are_indexed_in_one_query(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        index = town_index()
    assert len(index.by_code) == Commune.objects.count()


def test_nothing_is_imported_without_communes(now: dt.datetime) -> None:
    Commune.objects.all().delete()
    with pytest.raises(NoCommunes):
        imported(TWO, now)
