"""How each mail looks: as it was last told to somebody or, where it never was, with the names of its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from mail.kinds import Kind, kind_of
from mail.models import Message
from mail.rendering import Rendered, render

FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
SUBJECT = ".subject.txt"
TAGS = re.compile(r"{{.*?}}|{%.*?%}")
WORDS = re.compile(r"\b[a-z_]+\b")
SLOT_FACTS = ("day", "hours", "company", "place", "places", "computers", "slot_url", "why")


class Preview(NamedTuple):
    """A mail and what an operator sees of it; `told` is the message that it was, or None for an example."""

    template: str
    rendered: Rendered
    told: Message | None


class Line(NamedTuple):
    """A mail in the list of all: its kind (None: it always leaves) and the subject that it had last, or has."""

    template: str
    kind: Kind | None
    subject: str
    is_real: bool


def templates() -> list[str]:
    """The names of all mails, in order."""
    return sorted(path.name.removesuffix(SUBJECT) for path in FOLDER.glob(f"*{SUBJECT}"))


def lines(language: str) -> list[Line]:
    """All mails. One query, however long the history."""
    real = {message.template: message for message in _newest(templates(), language)}
    return [
        Line(name, kind_of(name), render(real.get(name) or _example(name, language)).subject, name in real)
        for name in templates()
    ]


def preview(template: str, language: str) -> Preview:
    """One mail, as the last one of this language that we still have the words of."""
    told = next(iter(_newest([template], language)), None)
    return Preview(template, render(told or _example(template, language)), told)


# One look into the index `message_newest` for each mail.
NEWEST = """
SELECT message.* FROM unnest(%s::text[]) AS mail (name) CROSS JOIN LATERAL (
    SELECT * FROM mail_message
    WHERE template = mail.name AND language = %s AND NOT secret AND NOT (context = '{}'::jsonb)
    ORDER BY id DESC LIMIT 1
) AS message
"""


def _newest(names: list[str], language: str) -> Iterable[Message]:
    return Message.objects.raw(NEWEST, [names, language])


def _example(template: str, language: str) -> Message:
    return Message(template=template, language=language, to_name="Camille", context=_facts(template))


def _facts(template: str) -> dict[str, Any]:
    """Each fact by its name in brackets, lists of one, and two of what is counted."""
    source = "".join((FOLDER / f"{template}{part}").read_text(encoding="utf-8") for part in (SUBJECT, ".txt", ".html"))
    words = WORDS.findall(" ".join(TAGS.findall(source)))
    slot = {name: f"[{name}]" for name in SLOT_FACTS}
    lists: dict[str, Any] = {
        "slots": [slot],
        "others": [slot],
        "workshops": [slot],
        "access": [["[label]", "[text]"]],
        "remarks": ["[remark]"],
        "silent": ["[company]"],
        "items": [{"subject": "[subject]", "facts": {}, "text": "mail/items/item.txt", "html": "mail/items/item.html"}],
    }
    facts = {word: f"[{word}]" for word in [*words, *SLOT_FACTS]}
    return facts | {word: 2 for word in words if _counts(word, source)} | lists


def _counts(word: str, source: str) -> bool:
    """Whether the mail counts with it: an hour of the day is a text, so many hours are a number."""
    return bool(re.search(rf"count (?:\w+=)?{word}\b|{word}\|number", source))
