"""What can be the number of a row, and what cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.keys import MOST, key_in


@given(number=st.integers(0, MOST))
def test_number_of_a_row_is_read(number: int) -> None:
    assert key_in(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "+1", "1.0", "1e3", "0x1", "²", "١", "１", "1\n", str(MOST + 1), "9" * 5000]
)
def test_anything_else_is_none(text: str) -> None:
    assert key_in(text) is None
