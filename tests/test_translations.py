"""The catalogues hold all that the portal says, and say the same in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from accounts.models import Role
from solidarite.translations import as_mo, as_po, catalogue_file, extracted, read, untranslated, updated

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(%%)")
TAG = re.compile(r"</?[a-z][^>]*>")
# What says something in a template: its text, outside tags, comments and what is marked as a text.
MARKED = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}|<style.*?>.*?</style>|<[^>]*>", re.DOTALL
)
LETTER = re.compile(r"[^\W\d_]")
ROOT = Path(settings.BASE_DIR)
MAILS = sorted(path for path in (ROOT / "templates" / "mail").rglob("*.*") if path.parent.name != "pages") + sorted(
    (ROOT / "templates" / "account" / "email").glob("*.txt")
)


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said, and what it is in the language, in as many forms."""
    ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return tuple(ids), tuple(str(string) for string in strings)


def said(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


def pairs() -> Iterator[tuple[str, str]]:
    for message in said("en"):
        yield from zip_longest(*forms(message), fillvalue="")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_what_is_said_and_nothing_else(language: str) -> None:
    """When this fails: `uv run manage.py update_translations`, then translate what it names."""
    assert catalogue_file(language).read_bytes() == as_po(updated(language))
    assert [message.id for message in untranslated(read(language))] == []
    assert not read(language).obsolete


def test_everything_is_found_in_modules_and_templates() -> None:
    texts = {message.id for message in extracted()}
    assert {"le créneau a été retiré", "Ouvrir ma page", ("place", "places"), "chaque semaine"} <= texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_machines_read_what_people_read(language: str) -> None:
    assert catalogue_file(language, "mo").read_bytes() == as_mo(read(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_and_tags_of_a_text_are_in_its_translation(language: str) -> None:
    catalogue = read(language)
    for message in said(language):
        assert list(message.check(catalogue)) == []
        for source, text in zip_longest(*forms(message), fillvalue=""):
            for pattern in (PLACEHOLDER, TAG):
                assert sorted(pattern.findall(text)) == sorted(pattern.findall(source)), source


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_every_word_of_a_mail_is_marked_as_a_text(path: Path) -> None:
    assert LETTER.findall(MARKED.sub("", path.read_text(encoding="utf-8"))) == []
    assert re.findall(r'=\s*"[^"]*\s[^"]*"', re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8"))) == []


def test_french_is_said_as_it_is_written() -> None:
    """No other catalogue, of Django or of a package, has other words for one of our texts."""
    with override("fr"):
        for message in said("en"):
            (one, *several), _ = forms(message)
            assert gettext(one) == one
            if several:
                assert [ngettext(one, several[0], n) for n in (0, 1, 2)] == [one, one, several[0]]


def test_a_word_that_is_counted_and_named_alone_has_one_translation() -> None:
    with override("en"):
        assert str(Role.VOLUNTEER.label) == "volunteer"
        assert [ngettext("bénévole", "bénévoles", n) for n in (0, 1, 2)] == ["volunteers", "volunteer", "volunteers"]


def test_texts_follow_the_typography_of_their_language() -> None:
    for source, text in pairs():
        french, english = TAG.sub("", source), TAG.sub("", text)
        assert not re.search(r"(?<!\u00a0) [:;!?»]|[^\s\u00a0] ?(?<!\u00a0)[;!?»]|« |'", french), source
        assert not re.search(r"[\s\u00a0][:;!?,.]|[«»'\"]|\d (?:hours?|km|am|pm)\b", english), text
        assert not re.search(r"  |^\s|\s$", english), text
