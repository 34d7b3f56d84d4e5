"""Addresses as pictures to scan."""

import re

from accounts.pictures import qr_code


def test_code_is_shown_whole_at_any_size() -> None:
    """What a style sheet makes smaller is scaled, not cut."""
    drawn = qr_code("https://portail.example/presence/un-jeton-assez-long-pour-un-code/")
    opening = drawn.partition(">")[0]
    assert re.search(r"\b(width|height)=", opening) is None
    assert re.search(r'viewBox="0 0 (\d+) \1"', opening)
