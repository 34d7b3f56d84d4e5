import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.directory.cleaning import (
    Numbers,
    clean_address,
    clean_name,
    clean_number,
    clean_point,
    clean_postal_code,
    clean_website,
    split_list,
)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("38012986643097", Numbers("380129866", "38012986643097")),
        ("380 129 866 43097", Numbers("380129866", "38012986643097")),
        ("380\u00a0129\u00a0866", Numbers("380129866")),
        ("'380129866", Numbers("380129866")),
        ("380129866.0", Numbers("380129866")),
        ("3,8012986643097E+13", Numbers("380129866", "38012986643097")),
        ("35600000049837", Numbers("356000000", "35600000049837")),
        ("w9r2003255", Numbers(rna="W9R2003255")),
        ("", Numbers()),
        ("n/a", Numbers()),
        ("néant", Numbers()),
    ],
)
def test_number_that_is_certain_is_read(cell: str, numbers: Numbers) -> None:
    assert clean_number(cell) == (numbers, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("7,74E+13", "écrit en notation scientifique par un tableur, ses derniers chiffres sont perdus"),
        ("7.74172E+13", "écrit en notation scientifique par un tableur, ses derniers chiffres sont perdus"),
        ("00000000000000", "rempli de zéros"),
        ("38012986643098", "la clé de contrôle est fausse"),
        ("380129867", "la clé de contrôle est fausse"),
        ("3801298664309", "13 chiffres au lieu de 9 (SIREN) ou 14 (SIRET)"),
        ("34106240403159/APE:8790B", "n’est ni un SIREN, ni un SIRET, ni un numéro RNA"),
        ("８１１００２３６９０００２３", "n’est ni un SIREN, ni un SIRET, ni un numéro RNA"),
        ("[NON-DIFFUSIBLE]", "masqué à la source"),
    ],
)
def test_number_in_doubt_is_left_empty_with_its_reason(cell: str, reason: str) -> None:
    assert clean_number(cell) == (Numbers(), reason)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("05000", "05000"),
        ("13 001", "13001"),
        ("30252Cedex", "30252"),
        ("75001.0", "75001"),
        ("5000", "5000"),
        ("", ""),
    ],
)
def test_postal_code_is_read(cell: str, kept: str) -> None:
    assert clean_postal_code(cell) == (kept, "")


@pytest.mark.parametrize("cell", ["020000", "500", "Rue du Port", "٠٥٠٠٠"])
def test_what_is_no_postal_code_is_left_empty(cell: str) -> None:
    assert clean_postal_code(cell) == ("", "n’est pas un code postal à 5 chiffres")


@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        ("44.56", "6.08", (44.56, 6.08)),
        ("44,560133", "6,079", (44.560133, 6.079)),
        (" 44.56 ", "+6.08", (44.56, 6.08)),
        ("-21.1", "55.5", (-21.1, 55.5)),
        ("-22.27", "166.44", (-22.27, 166.44)),
    ],
)
def test_point_in_france_is_read(latitude: str, longitude: str, point: tuple[float, float]) -> None:
    assert clean_point(latitude, longitude) == (point, "")


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("", "", ""),
        ("44.56", "", "l’une des deux coordonnées manque"),
        ("44.56 Rue du Port", "6.08", "les coordonnées ne sont pas des degrés décimaux"),
        ("4456013", "6079", "les coordonnées ne sont pas des degrés décimaux"),
        ("6.08", "44.56", "la latitude et la longitude semblent inversées"),
        ("0", "0", "le point est hors de France"),
        ("52.52", "13.40", "le point est hors de France"),
        ("nan", "nan", ""),
        ("inf", "1", "les coordonnées ne sont pas des degrés décimaux"),
    ],
)
def test_point_in_doubt_is_left_empty(latitude: str, longitude: str, reason: str) -> None:
    assert clean_point(latitude, longitude) == (None, reason)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("https://a.example/|https://b.example/", "https://a.example/"),
        ("www.a.example", "https://www.a.example"),
        ("-", ""),
    ],
)
def test_website_is_the_first_address(cell: str, kept: str) -> None:
    assert clean_website(cell) == (kept, "")


@pytest.mark.parametrize("cell", ["javascript:alert(1)", "pas de site", "http://", "ftp://a.example"])
def test_what_is_no_website_is_left_empty(cell: str) -> None:
    assert clean_website(cell) == ("", "n’est pas une adresse de site")


def test_website_too_long_is_left_empty() -> None:
    assert clean_website("https://a.example/" + "x" * 200) == ("", "dépasse 200 caractères")


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("  Maison\n des\u00a0 jeunes\0 ", ("Maison des jeunes", "")),
        ("日本会", ("日本会", "")),
        ("", ("", "")),
        ("Club\0Nul", ("", "contient un caractère nul, la suite est incertaine")),
        ("N/A", ("", "")),
        ("[ND]", ("", "masqué ou perdu à la source")),
        ("#REF!", ("", "masqué ou perdu à la source")),
        ("***", ("", "ne contient ni lettre ni chiffre")),
        ("x" * 201, ("", "dépasse 200 caractères")),
    ],
)
def test_name_is_read(cell: str, cleaned: tuple[str, str]) -> None:
    assert clean_name(cell) == cleaned


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("1  rue du Port", ("1 rue du Port", "")),
        ("-", ("", "")),
        ("[ND]", ("", "masquée ou perdue à la source")),
        ("rue Pap\ufffdre", ("", "des lettres accentuées sont perdues")),
        ("x" * 201, ("", "dépasse 200 caractères")),
    ],
)
def test_address_is_read(cell: str, cleaned: tuple[str, str]) -> None:
    assert clean_address(cell) == cleaned


def test_lists_are_split_at_bars_and_semicolons() -> None:
    assert split_list("Jeunes|Femmes; Seniors ||n/a") == ["Jeunes", "Femmes", "Seniors"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_cell_is_read_or_left_empty(one: str, two: str) -> None:
    numbers, _ = clean_number(one)
    assert not numbers.siret or numbers.siret.startswith(numbers.siren)
    point, why = clean_point(one, two)
    assert point is None or why == ""
    for clean in (clean_name, clean_address, clean_postal_code, clean_website):
        value, reason = clean(one)
        assert not (value and reason)
        assert "\0" not in value
