import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from territories.derivation import content

COMMUNES = """\
code_insee,nom,type,departement,region,codes_postaux,population,latitude,longitude,source_coordonnees,fuseau
98901,Île de Clipperton,commune,989,989,98799,,,,,
75101,Paris 1er Arrondissement,arrondissement,75,11,75001,15114,48.86248,2.33649,geonames,Europe/Paris
75056,Paris,commune,75,11,75001 75002,2103778,48.85727,2.32010,centre,Europe/Paris
"""
DEPARTEMENTS = """\
code,nom,zone,region,region_nom,chef_lieu,chef_lieu_nom,latitude,longitude,population,fuseau
75,Paris,metro,11,Île-de-France,75056,Paris,48.85727,2.32010,2103778,Europe/Paris
989,Île de Clipperton,com,989,Île de Clipperton,98901,Île de Clipperton,,,0,
"""
REGIONS = "code,nom,zone,chef_lieu,population\n11,Île-de-France,metro,75056,12463067\n"
OVERSEAS = ("971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988")


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    square = {"type": "Polygon", "arcs": [[0]]}
    flipped = {"type": "MultiPolygon", "arcs": [[[~0]]]}
    shapes = [{**square, "properties": {"code": code}} for code in OVERSEAS]
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [2.0, 48.0]},
        "arcs": [[[0, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]],
        "objects": {"departements": {"geometries": [*shapes, {**flipped, "properties": {"code": "75"}}]}},
    }
    (tmp_path / "communes.csv").write_text(COMMUNES)
    (tmp_path / "departements.csv").write_text(DEPARTEMENTS)
    (tmp_path / "regions.csv").write_text(REGIONS)
    (tmp_path / "france-departements-regions.topojson").write_text(json.dumps(topology))
    return tmp_path


def test_derive_territories_writes_the_columns_of_the_tables(extracts: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    call_command("derive_territories", extracts, into=into, verbosity=0)
    assert content(into / "communes.csv.gz").decode() == (
        "code,name,kind,departement_id,postal_codes,population,latitude,longitude,time_zone,search_name\n"
        '75056,Paris,city,75,"{75001,75002}",2103778,48.85727,2.32010,Europe/Paris,paris\n'
        "75101,Paris 1er Arrondissement,arrondissement,75,{75001},15114,48.86248,2.33649,Europe/Paris,"
        "paris 1er arrondissement\n"
        "98901,Île de Clipperton,commune,989,{98799},,,,Etc/GMT+8,ile de clipperton\n"
    )
    assert (into / "departements.csv").read_text() == (
        "code,name,region_id,population,time_zone,search_name\n"
        "75,Paris,11,2103778,Europe/Paris,paris\n"
        "989,Île de Clipperton,989,0,Etc/GMT+8,ile de clipperton\n"
    )
    assert (into / "regions.csv").read_text() == "code,name,search_name\n11,Île-de-France,ile de france\n"
    assert (into / "points_geonames.txt").read_text() == "75101\n"


def test_derive_territories_draws_each_territory_in_its_frame(extracts: Path, tmp_path: Path) -> None:
    call_command("derive_territories", extracts, into=tmp_path, verbosity=0)
    drawn = json.loads((tmp_path / "outlines.json").read_text())
    assert drawn["view_box"] == "0 0 1000 1280"
    assert sorted(drawn["frames"]) == sorted(["FR", *OVERSEAS])
    assert sorted(drawn["paths"]) == sorted(["75", *OVERSEAS])
    assert drawn["paths"]["971"] == "M39 1122l88.7 0 0-134-88.7 0z"


def test_derive_territories_is_reproducible(extracts: Path, tmp_path: Path) -> None:
    files = ("communes.csv.gz", "departements.csv", "regions.csv", "outlines.json", "points_geonames.txt")
    written = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        call_command("derive_territories", extracts, into=tmp_path / name, verbosity=0)
        written.append([(tmp_path / name / file).read_bytes() for file in files])
    assert written[0] == written[1]


def test_derive_territories_names_the_missing_extract(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Indiquez un dossier complet\s: .*communes\.csv manque"):
        call_command("derive_territories", tmp_path, into=tmp_path)
