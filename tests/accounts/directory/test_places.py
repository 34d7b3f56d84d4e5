import pytest

from accounts.directory.columns import Field
from accounts.directory.places import Place, locate
from tests.accounts.directory.towns import INDEX

FOUR_DIGITS = "n’a que 4 chiffres, et rien d’autre sur la ligne ne confirme que c’est un zéro qui manque"


def placed(name: str = "", postal_code: str = "", insee: str = "", point: str = "") -> Place:
    latitude, _, longitude = point.partition(" ")
    cells = {Field.COMMUNE: name, Field.POSTAL_CODE: postal_code, Field.INSEE: insee}
    return locate(INDEX, cells | {Field.LATITUDE: latitude, Field.LONGITUDE: longitude})


@pytest.mark.parametrize(
    ("name", "postal_code", "insee", "code", "kept"),
    [
        ("Gap", "05000", "", "05061", "05000"),
        ("GAP", "5000", "", "05061", "05000"),
        ("bourg en bresse", "1000", "", "01053", "01000"),
        ("St-Denis-les-Bourg", "01000", "", "01344", "01000"),
        ("Brian\ufffdon", "05100", "", "05023", "05100"),
        ("BRIAN\ufffdON", "5100", "", "05023", "05100"),
        ("", "05000", "", "05061", "05000"),
        ("Gap", "", "", "05061", ""),
        ("", "", "05061", "05061", ""),
        ("Gap", "", "5061", "05061", ""),
        ("", "05000", "5061", "05061", "05000"),
        ("Gap", "05004", "", "05061", "05004"),
        ("Gap Cedex", "05000", "", "05061", "05000"),
        ("Marseille", "13001", "", "13201", "13001"),
        ("Marseille", "13001", "13055", "13201", "13001"),
        ("MARSEILLE 2EME", "13002", "", "13202", "13002"),
        ("Marseille", "", "", "13055", ""),
        ("Saint-Denis", "97400", "", "97411", "97400"),
        ("Hameau inconnu", "05000", "05061", "05061", "05000"),
    ],
)
def test_place_is_certain(name: str, postal_code: str, insee: str, code: str, kept: str) -> None:
    place = placed(name, postal_code, insee)
    assert (place.commune and place.commune.code, place.postal_code, place.remarks) == (code, kept, ())


@pytest.mark.parametrize(
    ("name", "postal_code", "insee", "code", "kept", "remarks"),
    [
        ("Autre", "1000", "", None, "", [("code_postal", FOUR_DIGITS), ("commune", "aucune commune ne porte ce nom")]),
        (
            "Gap",
            "05100",
            "",
            None,
            "",
            [
                ("commune", "aucune commune ne porte ce nom pour le code postal 05100"),
                ("code_postal", "n’est pas un code postal de Gap"),
            ],
        ),
        ("Gap", "05100", "05061", "05061", "", [("code_postal", "n’est pas un code postal de Gap")]),
        ("Gap", "06000", "05061", "05061", "", [("code_postal", "n’est pas un code postal de Gap")]),
        (
            "Bourg-en-Bresse",
            "01000",
            "01344",
            None,
            "01000",
            [("commune", "le code INSEE désigne Saint-Denis-lès-Bourg, le reste de la ligne Bourg-en-Bresse")],
        ),
        (
            "Inconnue",
            "05100",
            "05061",
            None,
            "05100",
            [("commune", "le code INSEE désigne Gap, ce que le reste de la ligne contredit")],
        ),
        ("Gap", "05000", "99999", "05061", "05000", [("code_insee", "n’est le code d’aucune commune actuelle")]),
        ("Gap", "05000", "gap", "05061", "05000", [("code_insee", "n’est pas un code INSEE à 5 caractères")]),
        (
            "Puget-Th\ufffdniers",
            "6099",
            "",
            "06099",
            "",
            [("code_postal", "c’est le code INSEE de Puget-Théniers, pas un code postal")],
        ),
        (
            "Marseille",
            "13001",
            "13202",
            "13055",
            "13001",
            [("code_insee", "désigne Marseille 2e Arrondissement, le reste de la ligne Marseille 1er Arrondissement")],
        ),
        ("", "", "5061", None, "", [("code_insee", FOUR_DIGITS)]),
        (
            "Saint-Denis",
            "",
            "",
            None,
            "",
            [("commune", "plusieurs communes portent ce nom\u00a0: Saint-Denis (93066), Saint-Denis (97411)")],
        ),
        ("97400", "", "97411", "97411", "", [("commune", "n’est pas un nom de commune")]),
        ("97400", "", "", None, "", [("commune", "n’est pas un nom de commune")]),
        (
            "Brian\ufffdon",
            "",
            "",
            None,
            "",
            [("commune", "des lettres sont perdues et aucune commune, là, ne s’écrit ainsi")],
        ),
        ("", "99000", "", None, "", [("code_postal", "ne commence par le numéro d’aucun département")]),
        ("", "01000", "", None, "01000", []),
    ],
)
def test_place_in_doubt_is_listed(
    name: str, postal_code: str, insee: str, code: str | None, kept: str, remarks: list[tuple[str, str]]
) -> None:
    place = placed(name, postal_code, insee)
    assert (place.commune and place.commune.code, place.postal_code) == (code, kept)
    assert [(str(where), reason) for where, reason in place.remarks] == remarks


def test_point_near_the_commune_is_kept() -> None:
    assert placed("Gap", "05000", point="44,56 6,08").point == (44.56, 6.08)


@pytest.mark.parametrize(("name", "postal_code"), [("Gap", "05000"), ("Inconnue", "05000")])
def test_point_far_from_the_commune_is_left_empty(name: str, postal_code: str) -> None:
    place = placed(name, postal_code, point="49.65 2.58")
    assert place.point is None
    assert place.remarks[-1] == (Field.LATITUDE, "le point est loin de Gap (05061)")


def test_point_alone_is_a_place() -> None:
    place = placed(point="44.56 6.08")
    assert (bool(place), place.commune, place.point) == (True, None, (44.56, 6.08))


def test_nothing_is_no_place() -> None:
    assert not placed()
