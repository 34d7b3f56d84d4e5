"""What changed from one text to another, in words added and removed. Pure: no query, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

# A word and the space after it: spaces by themselves would be alike everywhere, and cost the square of their number.
_WORDS = re.compile(r"\S+\s*|\s+")
# Pairs of words beyond which a passage counts as written anew.
COMPARED_AT_MOST = 4_000_000


class Change(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Stretch(NamedTuple):
    """A run of words with one fate. All stretches but the added ones make the old text, all but the removed the new."""

    change: Change
    text: str


def differences(old: str, new: str) -> list[Stretch]:
    """The stretches from `old` to `new`, in reading order.

    Paragraphs are compared first and words only inside those that differ, so that a long text costs little.
    """
    stretches: list[Stretch] = []
    for before, after in _changed(_paragraphs(old), _paragraphs(new)):
        for removed, added in _inside(before, after):
            _append(stretches, "".join(removed), "".join(added))
    return stretches


def _inside(before: list[str], after: list[str]) -> Iterable[tuple[list[str], list[str]]]:
    """What differs within paragraphs that differ."""
    if before == after:
        return [(before, after)]
    if len(before) == len(after) > 1:
        # As many as before: each was corrected in its place.
        return (pair for one, other in zip(before, after, strict=True) for pair in _inside([one], [other]))
    old, new = _words(before), _words(after)
    return [(old, new)] if len(old) * len(new) > COMPARED_AT_MOST else _changed(old, new)


def _changed(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield old[old_start:old_end], new[new_start:new_end]


def _append(stretches: list[Stretch], removed: str, added: str) -> None:
    if removed == added:
        stretches.append(Stretch(Change.SAME, removed))
        return
    if removed:
        stretches.append(Stretch(Change.REMOVED, removed))
    if added:
        stretches.append(Stretch(Change.ADDED, added))


def _paragraphs(text: str) -> list[str]:
    return re.split(r"(?<=\n)(?=[^\n])", text.replace("\r\n", "\n")) if text else []


def _words(paragraphs: list[str]) -> list[str]:
    return _WORDS.findall("".join(paragraphs))
