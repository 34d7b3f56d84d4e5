import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.reading import LONGEST_TEXT, Reading, read


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Lille", [Reading("lille")]),
        ("59000", [Reading(code="59000")]),
        ("59 000", [Reading(code="59000")]),
        ("2a004", [Reading(code="2A004")]),
        ("75000", [Reading("paris")]),
        ("insee-59350", [Reading(insee="59350")]),
        ("insee-2a004", [Reading(insee="2A004")]),
        ("Lille 59", [Reading("lille 59"), Reading("lille", departement="59")]),
        ("Lille (59)", [Reading("lille 59"), Reading("lille", departement="59")]),
        ("Ajaccio (2a)", [Reading("ajaccio 2a"), Reading("ajaccio", departement="2A")]),
        ("Bourg 1", [Reading("bourg 1"), Reading("bourg", departement="01")]),
        ("Lille, Nord", [Reading("lille nord"), Reading("lille", departement="nord")]),
        (
            "Saint-Denis (La Réunion)",
            [Reading("saint denis la reunion"), Reading("saint denis", departement="la reunion")],
        ),
        (
            "59000 Lille Cedex 9",
            [Reading("lille", "59000"), Reading("lille", departement="59"), Reading("59000 lille")],
        ),
        (
            "Paris 11",
            [
                Reading("paris 11"),
                Reading("paris", departement="11"),
                Reading("paris 11e arrondissement"),
            ],
        ),
        ("Lyon 1er arr.", [Reading("lyon 1er arr"), Reading("lyon 1er arrondissement")]),
        ("Lyon 12", [Reading("lyon 12"), Reading("lyon", departement="12")]),
    ],
)
def test_read_gives_every_meaning_best_first(text: str, readings: list[Reading]) -> None:
    assert read(text) == tuple(readings)


def test_read_overseas_postal_code_tells_a_departement_of_three_digits() -> None:
    assert Reading("saint denis", departement="974") in read("97490 Saint-Denis")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "!?", "ليل", "Lille" * LONGEST_TEXT])
def test_read_of_unreadable_text_is_nothing(text: str) -> None:
    assert read(text) == ()


@given(st.text(max_size=LONGEST_TEXT))
def test_read_never_fails_and_never_repeats(text: str) -> None:
    readings = read(text)
    assert len(set(readings)) == len(readings)
    assert all(reading.name or reading.code for reading in readings)
