"""How each mail looks: with facts that were gathered or told or, where there are none, with the names of its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from mail.kinds import DIGEST
from mail.models import Message
from mail.rendering import Rendered, render

FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
SUBJECT = ".subject.txt"
TAGS = re.compile(r"{{.*?}}|{%.*?%}")
WORDS = re.compile(r"\b[a-z_]+\b")
SLOT_FACTS = ("day", "hours", "company", "place", "places", "computers", "slot_url", "why")
# What stands in the example of a digest.
DIGEST_OF = "workshop_reminder"

# What `django.core.signing` puts its name to: 43 characters of an HMAC-SHA256, after a dot or a colon.
SIGNED = re.compile(r"(?<=/)[\w.:-]+[.:][\w-]{43}(?![\w-])")
UNSIGNED = "apercu"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NO_ADDRESS = "[address]"


class Preview(NamedTuple):
    """What an operator sees of a mail in one language; real: its facts are those of the portal."""

    template: str
    language: str
    rendered: Rendered
    is_real: bool
    remark: str = ""
    """Why it is an example, or what in it is made up; in French."""


def templates() -> list[str]:
    """The names of all mails, in order."""
    return sorted(path.name.removesuffix(SUBJECT) for path in FOLDER.glob(f"*{SUBJECT}"))


def preview(template: str, language: str, message: Message | None) -> Preview:
    """A mail as this message says it or, without one, as an example; nothing in it acts for anybody."""
    rendered = render(message or _example(template, language))
    return Preview(template, language, harmless(rendered), is_real=message is not None)


def harmless(rendered: Rendered) -> Rendered:
    """The same words, with no link that acts without a login and nobody's address."""
    return Rendered(*(ADDRESS.sub(NO_ADDRESS, SIGNED.sub(UNSIGNED, part)) for part in rendered))


# One look into the index `message_newest` for each mail and language.
NEWEST = """
SELECT message.* FROM unnest(%s::text[]) AS mail (name) CROSS JOIN unnest(%s::text[]) AS spoken (language)
CROSS JOIN LATERAL (
    SELECT * FROM mail_message
    WHERE template = mail.name AND language = spoken.language AND NOT secret AND NOT (context = '{}'::jsonb)
    ORDER BY id DESC LIMIT 1
) AS message
"""


def last_told(names: Iterable[str], languages: Iterable[str]) -> dict[tuple[str, str], Message]:
    """The last message of each mail, by name and language, that we still have the words of. One query."""
    found = Message.objects.raw(NEWEST, [list(names), list(languages)])
    return {(message.template, message.language): message for message in found}


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
        "unreached": ["[association]"],
    }
    if template == DIGEST:
        lists["items"] = [{"template": DIGEST_OF, "subject": "[subject]", "language": "", "facts": _facts(DIGEST_OF)}]
        lists["briefly"] = [{"subject": "[subject]", "language": "", "url": "[url]"}]
    facts = {word: f"[{word}]" for word in [*words, *SLOT_FACTS]}
    return facts | {word: 2 for word in words if _counts(word, source)} | lists


def _counts(word: str, source: str) -> bool:
    """Whether the mail counts with it: an hour of the day is a text, so many hours are a number."""
    return bool(re.search(rf"count (?:\w+=)?{word}\b|{word}\|number", source))
