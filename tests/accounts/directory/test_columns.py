import json
import re

import pytest

from accounts.directory.columns import Field, apply, parse_mapping, recognise, shipped
from accounts.directory.reading import UnreadableFile

STANDARD = ["id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse", "services"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (STANDARD, "standard-mediation-num"),
        ([column.upper() for column in STANDARD], "standard-mediation-num"),
        (["id", "nom", "adresse", "code_postal", "commune", "typologie", "publics", "siret"], "lieux"),
        (["nom", "adresse_numero", "adresse_rue", "adresse_code_postal", "adresse_commune"], "region-sud-2022"),
        (["siren", "siret_siege", "rna", "denomination", "code_postal", "commune"], "organisations"),
        (["Dénomination", "Ville", "Code postal"], "tableur"),
    ],
)
def test_mapping_is_recognised_by_the_header(header: list[str], name: str) -> None:
    assert recognise(header).mapping.name == name


def test_columns_are_found_whatever_their_order_and_spelling() -> None:
    layout = recognise(["Site Internet", "CODE POSTAL", "Horaires", "nom"])
    assert layout.positions == {Field.NAME: (3,), Field.POSTAL_CODE: (1,), Field.WEBSITE: (0,)}
    assert layout.unread == ("Horaires",)


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        (["a", "b"], "le nom (colonne «\u00a0nom\u00a0») et un lieu"),
        (["nom", "latitude"], "un lieu"),
        (["commune"], "le nom"),
    ],
)
def test_header_not_recognised_tells_what_is_missing(header: list[str], missing: str) -> None:
    with pytest.raises(UnreadableFile, match=re.escape(f"il manque {missing}")) as refused:
        recognise(header)
    assert "--columns" in str(refused.value)


def test_column_in_double_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="est en double"):
        recognise(["nom", "commune", "Nom"])


@pytest.mark.parametrize(
    "text",
    [
        'nom = "Raison sociale"\nadresse = ["N°", "Voie"]\ncommune = "Ville"',
        json.dumps({"nom": "Raison sociale", "adresse": ["N°", "Voie"], "commune": "Ville"}),
    ],
)
def test_mapping_of_somebody_is_read(text: str) -> None:
    layout = apply(parse_mapping(text, name="mien.toml"), ["Ville", "N°", "Voie", "Raison sociale"])
    assert layout.positions == {Field.NAME: (3,), Field.ADDRESS: (1, 2), Field.COMMUNE: (0,)}
    assert layout.place_optional is False


def test_mapping_may_make_the_place_optional() -> None:
    mapping = parse_mapping('nom = "N"\nlieu_facultatif = true', name="x")
    assert apply(mapping, ["N"]).place_optional is True


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nom = ", "n’est ni du JSON ni du TOML lisible"),
        ("{", "n’est ni du JSON ni du TOML lisible"),
        ('nomm = "x"', "nomme un champ inconnu, «\u00a0nomm\u00a0»"),
        ("nom = 3", "indiquez pour «\u00a0nom\u00a0» le nom d’une colonne"),
        ("nom = [3]", "indiquez pour «\u00a0nom\u00a0» le nom d’une colonne"),
    ],
)
def test_mapping_that_is_not_understood_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_mapping(text, name="x")


def test_mapping_that_does_not_fit_tells_the_columns_of_the_file() -> None:
    mapping = shipped("lieux")
    assert mapping
    with pytest.raises(UnreadableFile, match="Ses colonnes sont\u00a0: a, b"):
        apply(mapping, ["a", "b"])


def test_unknown_name_is_no_shipped_mapping() -> None:
    assert shipped("inconnue") is None
