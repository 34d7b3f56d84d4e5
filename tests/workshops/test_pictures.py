"""What a map draws, from places in memory."""

import re
from dataclasses import dataclass
from itertools import accumulate

import pytest
from django.template.loader import render_to_string

from territories.models import Commune, Departement
from territories.outlines import outlines
from workshops.pictures import FINE, Map, map_of_communes


@dataclass(frozen=True)
class Here:
    """So many slots in a commune."""

    place: Commune
    amount: int = 7
    shown: str = "7\u00a0créneaux"
    figure: str = "7"


PLACES = [(50.6311, 3.0468), (50.69, 3.18), (51.03, 2.377), (50.06, 3.98), (50.3, 3.1), (50.2, 3.9)]


def commune(latitude: float, longitude: float) -> Commune:
    return Commune(name="Ici", departement_id="59", latitude=latitude, longitude=longitude)


def drawn(departements: list[str]) -> Map:
    around = [Departement(pk=code) for code in departements]
    return map_of_communes([], around, str, others=[Here(commune(*place)) for place in PLACES])


def reached(steps: str) -> set[tuple[int, int]]:
    """What relative steps lead to."""
    numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
    return set(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))


def test_communes_without_a_name_stand_where_they_are() -> None:
    """On the drawing within a third of their own width; in degrees, to the thousandth, for who shows streets."""
    [specks] = drawn(["59"]).specks
    there = [outlines().place("59", *place) for place in PLACES]
    points = reached(specks.points.replace("h0", ""))
    assert len(points) == len(PLACES)
    near = [min(max(abs(x * specks.step - a), abs(y * specks.step - b)) for x, y in points) for a, b in there]
    assert max(near) < specks.width * specks.step / 3
    assert reached(specks.places) == {(round(north * 1000), round(east * 1000)) for north, east in PLACES}


@pytest.mark.parametrize(("many", "fine"), [(FINE, True), (FINE + 1, False)])
def test_many_departements_are_drawn_with_fewer_corners(many: int, *, fine: bool) -> None:
    around = ["59", "62", "80", "02", "60", "76", "08"][:many]
    paths = outlines().paths if fine else outlines().coarse
    assert [shape.path for shape in drawn(around).shapes] == [paths[code] for code in around]


@pytest.mark.parametrize(("tiles", "said"), [(None, 0), ("https://tuiles.example.org/{z}/{x}/{y}.png", 1)])
def test_degrees_are_said_only_where_streets_may_be_shown(tiles: str | None, said: int) -> None:
    context = {"map": drawn(["59"]), "label": "Carte", "tiles": tiles, "credit": ""}
    page = render_to_string("components/map.html", context)
    assert (page.count("h0"), page.count("data-places=")) == (len(PLACES), said)
