"""Styles go into the elements of templates when they are loaded, and nothing else changes."""

import re
from pathlib import Path

import pytest
from django.template import Engine

from mail.styles import STYLE, with_styles

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "templates" / "mail"
TEMPLATES = sorted(file for file in FOLDER.rglob("*.html") if "pages" not in file.relative_to(FOLDER).parts)
SHEET = "p { margin: 1px; } .facts p { margin: 2px; } @media (prefers-color-scheme: dark) { p { color: red; } }"


def skeleton(source: str) -> list[str]:
    """Its elements, and what belongs to Django, in order."""
    found = re.findall(r"</?\w+|\{[%{#].*?[%}#]\}", STYLE.sub("", source), re.DOTALL)
    return [part for part in found if "style" not in part]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_template_keeps_its_elements_and_tags(file: Path) -> None:
    source = file.read_text()
    styled = with_styles(source, sheet="".join(STYLE.findall((FOLDER / "layout.html").read_text())))
    assert skeleton(styled) == skeleton(source)


def test_rules_stand_in_the_elements() -> None:
    styled = with_styles('{% if a > "é" %}<p>{{ a }}</p>{% endif %}<div class="facts"><p>b</p></div>', sheet=SHEET)
    assert styled == (
        '{% if a > "é" %}<p style="margin: 1px;">{{ a }}</p>{% endif %}'
        '<div class="facts"><p style="margin: 2px;">b</p></div>'
    )


def test_addresses_stay_what_they_are() -> None:
    styled = with_styles('<a href="{{ url }}?a={{ a }}&amp;b=1">x</a>', sheet="a { color: red; }")
    assert styled == '<a href="{{ url }}?a={{ a }}&amp;b=1" style="color: red;">x</a>'


def test_pages_about_mail_are_left_alone() -> None:
    template = Engine.get_default().get_template("mail/pages/unsubscribe.html")
    assert "style=" not in str(template.source)


def test_what_stands_in_no_template_has_the_colour_of_links_too() -> None:
    """Links of texts to translate, and of notices made of plain text."""
    source = str(Engine.get_default().get_template("mail/layout.html").source)
    assert "a { color: #2742a0; }" in source.partition("<body")[0]


def test_long_addresses_may_break() -> None:
    """A link of an account mail stands there in letters, and is longer than a telephone is wide."""
    source = str(Engine.get_default().get_template("mail/layout.html").source)
    [page] = re.findall(r'<div class="page"[^>]*style="([^"]*)"', source)
    assert "overflow-wrap: anywhere;" in page
