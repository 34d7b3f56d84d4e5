import csv
import io
import re

import pytest

from territories.derivation import DATA, content
from territories.outlines import MAINLAND, extent, middle, outlines
from territories.thinning import thinned

DEPARTEMENTS = [row["code"] for row in csv.DictReader(io.StringIO(content(DATA / "departements.csv").decode()))]


def test_outlines_cover_every_inhabited_departement() -> None:
    assert sorted(outlines().paths) == sorted(set(DEPARTEMENTS) - {"984", "989"})


def test_outlines_are_svg_path_data() -> None:
    shape = re.compile(r"(?:M[\d.]+ [\d.]+l[-\d. ]+z)+")
    assert [code for code, path in outlines().paths.items() if not shape.fullmatch(path)] == []


def test_coarse_outlines_are_light_and_leave_nobody_out() -> None:
    shape = re.compile(r"(?:M[\d.]+ [\d.]+l[-\d. ]+z)+")
    coarse = outlines().coarse
    assert [code for code, path in coarse.items() if not shape.fullmatch(path)] == []
    assert (coarse.keys() == outlines().paths.keys(), sum(map(len, coarse.values())) < 18_000) == (True, True)


def test_coarse_outlines_lie_where_the_fine_ones_do() -> None:
    """To three units, of a thousand: less than two pixels on a screen."""
    strayed = [
        code
        for code, path in outlines().paths.items()
        for fine, coarse in zip(extent(path), extent(outlines().coarse[code]), strict=True)
        if abs(fine - coarse) > 3
    ]
    assert strayed == []


def test_neighbours_share_their_border_when_outlines_are_thinned() -> None:
    """Two squares side by side, whose border has a bend that goes and one that stays."""
    border = [(10.0, 0.0), (10.5, 3.0), (10.0, 6.0), (16.0, 8.0), (10.0, 10.0)]
    left, right = [(0.0, 0.0), *border, (0.0, 10.0)], [*reversed(border), (20.0, 0.0), (20.0, 10.0)]
    drawn = thinned({"left": [left], "right": [right]})
    assert drawn == {"left": "M10 0l0 6 6 2-6 2-10 0 0-10z", "right": "M10 10l6-2-6-2 0-6 10 0 0 10z"}


def test_islet_keeps_its_shape_and_an_island_as_long_as_it_is_has_one() -> None:
    islet, island = [(5.0, 5.0), (5.6, 5.1), (5.3, 5.9)], [(0.0, 0.0), (30.0, 1.0), (15.0, 40.0)]
    drawn = thinned({"archipelago": [islet, island]})["archipelago"]
    assert drawn == "M5 5l.6 .1-.3 .8zM0 0l30 1-15 39z"


def test_place_puts_cities_where_they_are_on_the_map() -> None:
    drawn = outlines()
    lille, marseille = drawn.place("59", 50.63089, 3.07086), drawn.place("13", 43.2976, 5.36943)
    brest, strasbourg = drawn.place("29", 48.39, -4.486), drawn.place("67", 48.5734, 7.7521)
    assert lille[1] < strasbourg[1] < marseille[1]
    assert brest[0] < lille[0] < marseille[0] < strasbourg[0]


def test_place_keeps_inside_the_frame_of_its_territory() -> None:
    drawn = outlines()
    outside = []
    for row in csv.DictReader(io.StringIO(content(DATA / "communes.csv.gz").decode())):
        code = row["departement_id"]
        if row["latitude"] and code in drawn.paths:
            left, top, width, height = drawn.frames.get(code, drawn.frames[MAINLAND]).box
            x, y = drawn.place(code, float(row["latitude"]), float(row["longitude"]))
            if not (left <= x <= left + width and top <= y <= top + height):
                outside.append(row["name"])
    assert outside == []


def test_middle_of_the_largest_part_is_where_its_weight_is() -> None:
    """An L, and an island beside it that counts for nothing."""
    corner, island = "M0 0l4 0 0 1-3 0 0 3-1 0z", "M90 90l1 0 0 1-1 0z"
    assert middle(corner + island) == pytest.approx((9.5 / 7, 9.5 / 7))
    assert extent(corner + island) == (0, 0, 91, 91)
