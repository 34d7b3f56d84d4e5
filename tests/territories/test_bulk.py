import numpy as np
import pytest
from django.db.models import F, Value
from django.db.models.functions import NullIf

from territories.bulk import read_columns
from territories.models import Commune

pytestmark = pytest.mark.django_db


def test_columns_are_the_rows() -> None:
    rows = Commune.objects.filter(latitude__isnull=False).values("latitude", people=F("population"))
    found = read_columns(rows.filter(population__isnull=False), latitude="f8", people="i4")
    assert set(zip(found["latitude"].tolist(), found["people"].tolist(), strict=True)) == {
        (row["latitude"], row["people"]) for row in rows if row["people"] is not None
    }
    assert [found[name].dtype for name in ("latitude", "people")] == [np.float64, np.int32]


def test_no_rows_are_empty_columns() -> None:
    assert [len(column) for column in read_columns(Commune.objects.none(), latitude="f8").values()] == [0]


def test_nothing_known_is_refused() -> None:
    rows = Commune.objects.values(people=NullIf(Value(1), Value(1)))
    with pytest.raises(ValueError, match="people"):
        read_columns(rows, people="i4")
