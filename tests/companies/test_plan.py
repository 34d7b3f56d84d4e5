"""The plan around a site: what it names can be read."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from companies.plan import DOT, LABEL_HEIGHT, LABELS, LETTER_WIDTH, SIZE, Label, draw_plan
from territories.mercator import Window
from territories.models import Commune
from territories.wording import NO_BREAK

LILLE = (50.63, 3.06)
NEAR = st.tuples(st.floats(50.55, 50.71), st.floats(2.93, 3.19), st.integers(2, 20))


def box(label: Label) -> tuple[int, int, int, int]:
    width = len(label.name) * LETTER_WIDTH
    left = label.x - width if label.before else label.x - DOT
    return left, label.y - LABEL_HEIGHT // 2, left + width + DOT, label.y + LABEL_HEIGHT // 2


@given(st.lists(NEAR, max_size=30))
def test_names_stand_apart(places: list[tuple[float, float, int]]) -> None:
    communes = [Commune(name="x" * letters, latitude=lat, longitude=lon) for lat, lon, letters in places]
    plan = draw_plan(Window(*LILLE, zoom=11, size=SIZE), communes=communes, tile_url="")
    assert len(plan.labels) <= LABELS
    for one, other in combinations([box(label) for label in plan.labels], 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def test_largest_commune_is_named_first_and_rings_are_of_the_scale() -> None:
    both = [Commune(name=name, latitude=50.65, longitude=3.0) for name in ("Lambersart", "Lomme")]
    plan = draw_plan(Window(*LILLE, zoom=11, size=SIZE), communes=both, tile_url="")
    assert [label.name for label in plan.labels] == ["Lambersart"]
    assert plan.scale_text == f"2{NO_BREAK}km"
    assert plan.rings == [plan.scale, 2 * plan.scale]
