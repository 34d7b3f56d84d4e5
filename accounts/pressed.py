"""Templates whose words never change: Django renders each once, with places left open for what differs.

Rendering a page of twenty cards takes longer than finding them. Only for what is shown very often.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Private letters of Unicode: the words of a template hold none.
OPEN, CLOSE = "\ue000", "\ue001"
# What a template is indented by says nothing on a page.
INDENTED = re.compile(r"\s*\n\s*")


def squeezed(rendered: str) -> SafeString:
    """Without what the template is indented by."""
    return SafeString(INDENTED.sub("\n", rendered))


class Pressed[V: tuple[str, ...]]:
    """`Pressed("components/card.html", "card", Card)(card)` is the template rendered with `card`, a tuple of texts.

    The template may ask whether a text is empty: it is rendered once for each set of those that are. Whoever asks
    beyond (`request`) is the same to it for all: everything else that it shows must not differ.
    """

    def __init__(self, template: str, name: str, kind: type[V], **always: object) -> None:
        self.template, self.name, self.kind, self.always = template, name, kind, always
        self._pressed = lru_cache(maxsize=128)(self._press)

    def __call__(self, values: V, request: Any = None) -> SafeString:
        press = self._press if settings.DEBUG else self._pressed
        words, order = press(tuple(map(bool, values)), _Asked(request))
        safe = [value if isinstance(value, SafeString) else escape(value) for value in values]
        return SafeString(words % tuple([safe[number] for number in order]))

    def _press(self, said: tuple[bool, ...], asked: _Asked) -> tuple[str, list[int]]:
        places = [SafeString(f"{OPEN}{number}{CLOSE}") if there else "" for number, there in enumerate(said)]
        values = self.kind._make(places)  # type: ignore[attr-defined]  # of a NamedTuple
        rendered = render_to_string(self.template, self.always | {self.name: values}, request=asked.request)
        first, *rest = squeezed(rendered).split(OPEN)
        numbered = [piece.partition(CLOSE) for piece in rest]
        words = "%s".join(piece.replace("%", "%%") for piece in (first, *(after for _, _, after in numbered)))
        return words, [int(number) for number, _, _ in numbered]


class _Asked(NamedTuple):
    """Who asks, told to the template when it is pressed, and no part of what it is kept by."""

    request: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked)

    def __hash__(self) -> int:
        return 0
