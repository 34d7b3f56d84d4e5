"""What changed from one text to another, in words added and removed. Pure: no query, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")


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
        pairs = [(before, after)] if before == after else _changed(_words(before), _words(after))
        for removed, added in pairs:
            _append(stretches, "".join(removed), "".join(added))
    return stretches


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
