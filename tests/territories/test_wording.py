import datetime as dt

import pytest
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from territories import wording
from territories.wording.french import FRENCH

EVENING = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)


def test_dates_are_written_in_full_short_and_without_year() -> None:
    day = dt.date(2026, 12, 1)
    assert wording.long_date(day) == "mardi 1er\u00a0décembre 2026"
    assert wording.day_date(day) == "mardi 1er\u00a0décembre"
    assert wording.short_date(day) == "mar. 1er\u00a0déc."
    assert wording.long_date(dt.date(2027, 1, 12)) == "mardi 12\u00a0janvier 2027"


@given(st.dates())
def test_long_date_names_one_day_only(day: dt.date) -> None:
    weekday, number_and_month, year = wording.long_date(day).split(" ")
    number, month = number_and_month.split("\u00a0")
    read = dt.date(int(year), FRENCH.months.index(month) + 1, int(number.removesuffix("er")))
    assert (read, FRENCH.weekdays.index(weekday)) == (day, day.weekday())


def test_times_drop_the_minutes_of_a_full_hour() -> None:
    assert wording.wall_time(dt.time(18, 30)) == "18\u00a0h\u00a030"
    assert wording.wall_time(dt.time(18)) == "18\u00a0h"
    assert wording.wall_time(dt.time(9, 5)) == "9\u00a0h\u00a005"
    assert wording.time_range(dt.time(18, 30), dt.time(20)) == "18\u00a0h\u00a030\u00a0– 20\u00a0h"


@given(st.times())
def test_wall_time_never_breaks_and_reads_back(time: dt.time) -> None:
    text = wording.wall_time(time)
    assert " " not in text
    hour, _, minute = text.partition("\u00a0h")
    assert (int(hour), int(minute or 0)) == (time.hour, time.minute)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Lille", "de Lille"),
        ("Anduze", "d’Anduze"),
        ("Étoile", "d’Étoile"),
        ("Le Péage-de-Roussillon", "du Péage-de-Roussillon"),
        ("Les Pixels", "des Pixels"),
        ("La Rochelle", "de La Rochelle"),
        ("Lesquin", "de Lesquin"),
        ("", "de "),
    ],
)
def test_name_after_de_elides_and_contracts(name: str, text: str) -> None:
    assert wording.of(name) == text


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0\u00a0créneau"),
        (1, "1\u00a0créneau"),
        (2, "2\u00a0créneaux"),
        (1284, "1\u202f284\u00a0créneaux"),
        (-1, "−1\u00a0créneau"),
    ],
)
def test_counted_takes_the_plural_from_two(n: int, text: str) -> None:
    assert wording.counted(n, "créneau", "créneaux") == text


@given(st.integers())
def test_number_reads_back(n: int) -> None:
    assert int(wording.number(n).replace("\u202f", "").replace("−", "-")) == n


def test_number_rounds_to_its_decimals() -> None:
    assert wording.number(4.56, 1) == "4,6"
    assert wording.number(1234567) == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (0.0, "sur place"),
        (0.848, "850\u00a0m"),
        (0.997, "1\u00a0km"),
        (4.2, "4\u00a0km"),
        (9412.0, "9\u202f412\u00a0km"),
    ],
)
def test_kilometres_become_metres_under_one(distance: float, text: str) -> None:
    assert wording.kilometres(distance) == text


def test_what_is_on_the_spot_is_not_so_far_away() -> None:
    assert [wording.away(distance) for distance in (0.004, 0.006, 4)] == ["sur place", "à 10\u00a0m", "à 4\u00a0km"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ day|long_date }}", "mardi 1er\u00a0décembre 2026"),
        ("{{ day|day_date }}", "mardi 1er\u00a0décembre"),
        ("{{ day|short_date }}", "mar. 1er\u00a0déc."),
        ("{{ time|wall_time }}", "18\u00a0h\u00a030"),
        ("{{ time|time_range:later }}", "18\u00a0h\u00a030\u00a0– 20\u00a0h"),
        ("{{ n|number }}", "1\u202f284"),
        ("{{ rating|number:1 }}", "4,5"),
        ('{{ n|counted:"créneau,créneaux" }}', "1\u202f284\u00a0créneaux"),
        ('{{ n|counted:"atelier" }}', "1\u202f284\u00a0ateliers"),
        ("{{ rating|kilometres }}", "4\u00a0km"),
        ('{{ at|zoned:"Pacific/Noumea"|long_date }}', "mercredi 2\u00a0décembre 2026"),
        ('{{ at|zoned:"America/Cayenne"|wall_time }}', "14\u00a0h\u00a030"),
        ("{{ at|long_date }}, {{ at|wall_time }}", "mardi 1er\u00a0décembre 2026, 18\u00a0h\u00a030"),
        ('{% slot_day at "Pacific/Noumea" %}', "mercredi 2\u00a0décembre"),
        ('{% slot_hours at end "Indian/Reunion" %}', "21\u00a0h\u00a030\u00a0– 23\u00a0h\u00a030"),
        (
            '{{ none|long_date }}{{ none|number }}{{ none|kilometres }}{{ none|counted:"atelier" }}',
            "",
        ),
        (
            '{{ none|wall_time }}{{ none|time_range:later }}{{ none|zoned:"Europe/Paris"|wall_time }}',
            "",
        ),
    ],
)
def test_filters_write_the_same_in_templates_without_loading(source: str, text: str) -> None:
    values = {
        "day": dt.date(2026, 12, 1),
        "time": dt.time(18, 30),
        "later": dt.time(20),
        "at": EVENING,
        "end": EVENING + dt.timedelta(hours=2),
        "n": 1284,
        "rating": 4.5,
        "none": None,
    }
    assert Template(source).render(Context(values)) == text


def test_late_instant_in_utc_is_the_next_day_in_paris() -> None:
    late = dt.datetime(2026, 7, 13, 22, 30, tzinfo=dt.UTC)
    assert Template("{{ at|day_date }}").render(Context({"at": late})) == "mardi 14\u00a0juillet"


def test_english_writes_dates_times_and_numbers_its_own_way() -> None:
    day = dt.date(2026, 12, 1)
    with override("en"):
        assert wording.language() == "en"
        assert wording.long_date(day) == "Tuesday 1\u00a0December 2026"
        assert wording.day_date(day) == "Tuesday 1\u00a0December"
        assert wording.short_date(day) == "Tue 1\u00a0Dec"
        assert wording.month_year(day) == "December\u00a02026"
        assert wording.time_range(dt.time(18, 30), dt.time(20)) == "6:30\u00a0pm\u00a0– 8\u00a0pm"
        assert [wording.wall_time(dt.time(hour)) for hour in (0, 9, 12, 13)] == [
            "midnight",
            "9\u00a0am",
            "midday",
            "1\u00a0pm",
        ]
        assert (wording.wall_time(dt.time(0, 5)), wording.wall_time(dt.time(12, 5))) == (
            "12:05\u00a0am",
            "12:05\u00a0pm",
        )
        assert (wording.number(1284), wording.number(-4.56, 1)) == ("1,284", "−4.6")
        assert (wording.kilometres(9412.0), wording.kilometres(0.848)) == ("9,412\u00a0km", "850\u00a0m")
        assert wording.enumerated(["a", "b", "c"]) == "a, b and c"
        assert wording.of("Le Havre") == "of Le Havre"


@pytest.mark.parametrize(
    ("value", "in_french", "in_english"),
    [
        (0, "0\u00a0heure", "0\u00a0hours"),
        (1, "1\u00a0heure", "1\u00a0hour"),
        (1.5, "1,5\u00a0heure", "1.5\u00a0hours"),
        (2, "2\u00a0heures", "2\u00a0hours"),
        (4.5, "4,5\u00a0heures", "4.5\u00a0hours"),
    ],
)
def test_each_language_has_its_own_plural(value: float, in_french: str, in_english: str) -> None:
    assert wording.hours(value) == in_french
    with override("en"):
        assert wording.hours(value) == in_english


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0\u00a0places"), (1, "1\u00a0place"), (2, "2\u00a0places"), (1284, "1,284\u00a0places")]
)
def test_counted_takes_the_plural_for_nothing_in_english(n: int, text: str) -> None:
    with override("en"):
        assert wording.counted(n, "place", "places") == text


@pytest.mark.parametrize(("code", "spoken"), [("en-gb", "en"), ("fr", "fr"), ("de", "fr"), (None, "fr")])
def test_other_languages_are_answered_in_one_of_ours(code: str | None, spoken: str) -> None:
    with override(code):
        assert wording.language() == spoken


@given(st.times())
def test_english_time_names_one_minute_only(time: dt.time) -> None:
    with override("en"):
        text = wording.wall_time(time)
    assert " " not in text
    plain = {"midnight": "12\u00a0am", "midday": "12\u00a0pm"}.get(text, text)
    figures, half = plain.split("\u00a0")
    hour, _, minute = figures.partition(":")
    assert (int(hour) % 12 + (12 if half == "pm" else 0), int(minute or 0)) == (time.hour, time.minute)
