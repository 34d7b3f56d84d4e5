import datetime as dt

import pytest

from territories.holidays import public_holiday


@pytest.mark.parametrize(
    ("day", "departement", "name"),
    [
        (dt.date(2027, 7, 14), "59", "Fête nationale"),
        (dt.date(2027, 1, 1), "75", "Jour de l’an"),
        (dt.date(2027, 3, 26), "59", None),
        (dt.date(2027, 3, 26), "67", "Vendredi saint"),
        (dt.date(2027, 12, 26), "57", "Saint-Étienne"),
        (dt.date(2027, 12, 26), "68", "Saint-Étienne"),
        (dt.date(2027, 5, 27), "971", "Abolition de l’esclavage"),
        (dt.date(2027, 5, 22), "972", "Abolition de l’esclavage"),
        (dt.date(2027, 6, 10), "973", "Abolition de l’esclavage"),
        (dt.date(2027, 12, 20), "974", "Abolition de l’esclavage"),
        (dt.date(2027, 4, 27), "976", "Abolition de l’esclavage"),
        (dt.date(2027, 10, 9), "977", "Abolition de l’esclavage"),
        (dt.date(2027, 5, 28), "978", "Abolition de l’esclavage"),
        (dt.date(2027, 7, 29), "986", "Fête du Territoire"),
        (dt.date(2027, 3, 5), "987", "Arrivée de l’Évangile"),
        (dt.date(2027, 9, 24), "988", "Fête de la Citoyenneté"),
        (dt.date(2027, 9, 24), "975", None),
        (dt.date(2027, 12, 25), "989", "Noël"),
        (dt.date(2027, 1, 12), "59", None),
    ],
)
def test_public_holiday_is_told_by_territory(day: dt.date, departement: str, name: str | None) -> None:
    assert public_holiday(day, departement) == name


def test_public_holiday_accepts_an_instant_on_the_clocks_of_the_place() -> None:
    assert public_holiday(dt.datetime(2027, 7, 14, 18, 30), "59") == "Fête nationale"
