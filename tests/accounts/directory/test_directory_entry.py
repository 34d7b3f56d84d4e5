from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import DirectoryEntry
from territories.folding import fold

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(now: dt.datetime) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Emmaüs Connect", "siren": "380129866", "siret": "38012986643097"},
        {"name": "Emmaüs", "rna": "W751234567"},
        {"name": "Association Emmaüs de Gap"},
        {"name": "Emmaüs fermé", "is_active": False},
        {"name": "Médiathèque de Gap"},
    ]
    for key, row in enumerate(rows):
        name = row["name"]
        DirectoryEntry.objects.create(source="t", source_key=str(key), search_name=fold(name), updated_at=now, **row)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("380 129 866", ["Emmaüs Connect"]),
        ("38012986643097", ["Emmaüs Connect"]),
        ("w751234567", ["Emmaüs"]),
        ("404833048", []),
        ("EMMAUS", ["Emmaüs", "Emmaüs Connect", "Association Emmaüs de Gap", "Emmaüs fermé"]),
        ("emaus connect", ["Emmaüs Connect"]),
        ("mediatheque", ["Médiathèque de Gap"]),
        ("gap", ["Association Emmaüs de Gap", "Médiathèque de Gap"]),
        ("x", []),
        ("", []),
        ("\0%_", []),
    ],
)
def test_matching_finds_by_number_or_name(text: str, names: list[str]) -> None:
    assert [entry.name for entry in DirectoryEntry.objects.matching(text)] == names


def test_matching_gives_ten_at_most(now: dt.datetime) -> None:
    DirectoryEntry.objects.bulk_create(
        DirectoryEntry(source="t", source_key=str(key), name="Gap", search_name="gap", updated_at=now)
        for key in range(12)
    )
    assert len(DirectoryEntry.objects.matching("gap")) == 10


@pytest.mark.usefixtures("directory")
def test_matching_uses_the_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "directory_search" in DirectoryEntry.objects.matching("emmaus").explain()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"siren": "123"},
        {"siren": "380129866", "siret": "40483304800022"},
        {"rna": "W1"},
        {"latitude": 44.5},
    ],
)
def test_database_refuses_what_no_entry_is(now: dt.datetime, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        DirectoryEntry.objects.create(**{"source": "t", "source_key": "1", "name": "A", "updated_at": now} | wrong)


def test_entry_is_called_by_its_name() -> None:
    assert str(DirectoryEntry(name="A")) == "A"
