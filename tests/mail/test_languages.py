"""Every mail in both languages, from facts that are in neither: what is left is what the templates say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mail.models import Message
from mail.rendering import Rendered, render

FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
NAMES = sorted(path.name.removesuffix(".subject.txt") for path in FOLDER.glob("*.subject.txt"))
OWN = {"site_name", "site_url", "recipient_name", "subject", "language"}
# Facts between these signs are taken out again before mails are compared.
FACT = "⟦{}⟧"
IN_FACT = re.compile("⟦[^⟧]*⟧")


def fact(name: str) -> str:
    return FACT.format(name)


SLOT = {name: fact(name) for name in ("day", "hours", "company", "place", "places", "computers", "slot_url", "why")}
ITEMS = [
    {"template": name, "subject": fact("subject"), "language": "", "facts": facts}
    for name, facts in {
        "join_requested": {
            name: fact(name) for name in ("person", "address", "organisation", "message", "members_url")
        },
        "slots_matched": {"slots": [SLOT]},
    }.items()
]
# Facts that choose among the words of a mail, or are more than a text: all that they may be.
CHOOSING: dict[str, list[Any]] = {
    **{
        name: [True, False]
        for name in (
            "accepted",
            "again",
            "asleep",
            "closed",
            "expired",
            "free",
            "held",
            "lapses_in_time",
            "offered",
            "online",
            "promised",
            "stands",
            "upheld",
            "waits",
        )
    },
    "access": [[], [[fact("label"), fact("text")]]],
    "others": [[], [SLOT]],
    "items": [ITEMS[:1], ITEMS],
    "briefly": [[], [{"subject": fact("subject"), "language": "", "url": fact("url")}]],
    "remarks": [[], [fact("remark")]],
    "silent": [[], [fact("company")], [fact("company"), fact("association")]],
    "unreached": [[], [fact("company")], [fact("company"), fact("association")]],
    "slots": [[SLOT], [SLOT, SLOT | {"why": ""}]],
    "workshops": [[SLOT], [SLOT, SLOT]],
    "ended": [0, 1, 2],
    **{name: ["", fact(name)] for name in ("reason", "message", "answer", "suspended", "why")},
}
COUNTED_IN: dict[tuple[str, str], list[Any]] = {
    ("volunteer_consent_asked", "hours"): [0, 1, 2],
    ("digest", "count"): [1, 2],
    ("search_alert", "more"): [0, 1, 2],
}


def source(name: str) -> str:
    return "".join(
        (FOLDER / f"{name}{suffix}").read_text(encoding="utf-8") for suffix in (".subject.txt", ".txt", ".html")
    )


def contexts(name: str) -> Iterator[dict[str, Any]]:
    """Every way that a mail may be told."""
    tags = " ".join(re.findall(r"{{.*?}}|{%.*?%}", source(name)))
    words = {*re.findall(r"\b[a-z_]+\b", tags), *SLOT} - OWN
    values = {word: COUNTED_IN.get((name, word)) or CHOOSING.get(word) or [fact(word)] for word in words}
    for chosen in itertools.product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def rendered(name: str, context: dict[str, Any], language: str, to_name: str = "") -> Rendered:
    return render(
        Message(template=name, context=context, to_name=to_name, to_email="ana@example.org", language=language)
    )


def sayings(mail: Rendered) -> set[str]:
    """What a mail says, piece by piece, without facts, names and addresses."""
    html = unescape(re.sub(r"<style.*?</style>", "", mail.html, flags=re.DOTALL))
    pieces = [mail.subject, *mail.text.splitlines(), *re.split(r"<[^>]*>|\n", html)]
    bare = (IN_FACT.sub("", piece).replace(settings.SITE_NAME, "").replace(settings.SITE_URL, "") for piece in pieces)
    return {piece.strip(" \u00a0,.·-") for piece in bare if re.search(r"[^\W\d_]", piece)}


@pytest.mark.parametrize("name", NAMES)
def test_mail_says_nothing_in_two_languages_at_once(name: str) -> None:
    for context in contexts(name):
        for to_name in ("", fact("name")):
            french, english = (sayings(rendered(name, context, language, to_name)) for language in ("fr", "en"))
            assert len(french) > 1
            assert french & english == set()
            assert [
                text for text in english if re.search(r"[àâçéèêëîïôœùûü«»]|\b(?:le|la|les|vous|pour)\b", text)
            ] == []


@pytest.mark.parametrize("name", NAMES)
def test_mail_tells_the_same_facts_in_both_languages(name: str) -> None:
    for context in contexts(name):
        french, english = (rendered(name, context, language) for language in ("fr", "en"))
        for told, also in zip(french, english, strict=True):
            assert sorted(IN_FACT.findall(told)) == sorted(IN_FACT.findall(also))


def test_html_in_english_is_said_to_be_english() -> None:
    assert '<html lang="en">' in rendered("signature_reinstated", {"company": "Ada", "company_url": "x"}, "en").html


@pytest.mark.parametrize(
    ("ended", "in_french", "in_english"),
    [
        (1, "1\u00a0participation prévue a pris fin.", "1\u00a0commitment that you had made has ended."),
        (2, "2\u00a0participations prévues ont pris fin.", "2\u00a0commitments that you had made have ended."),
        (
            1200,
            "1\u202f200\u00a0participations prévues ont pris fin.",
            "1,200\u00a0commitments that you had made have ended.",
        ),
    ],
)
def test_what_a_template_counts_is_counted_in_its_language(ended: int, in_french: str, in_english: str) -> None:
    context = {"company": "Ada", "by": "Eva", "url": "x", "ended": ended}
    assert in_french in rendered("volunteer_consent_withdrawn", context, "fr").text
    assert in_english in rendered("volunteer_consent_withdrawn", context, "en").text


@pytest.mark.parametrize(
    ("hours", "in_french", "in_english"),
    [
        (0, "veut donner 0\u00a0heure par an", "give 0\u00a0hours a year"),
        (1, "veut donner 1\u00a0heure par an", "give 1\u00a0hour a year"),
        (2, "veut donner 2\u00a0heures par an", "give 2\u00a0hours a year"),
    ],
)
def test_nothing_is_one_in_french_and_many_in_english(hours: int, in_french: str, in_english: str) -> None:
    context = {"company": "Ada", "who": "Eva", "url": "x", "hours": hours}
    assert in_french in rendered("volunteer_consent_asked", context, "fr").text
    assert in_english in rendered("volunteer_consent_asked", context, "en").text
