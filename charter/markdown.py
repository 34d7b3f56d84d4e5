"""The operator's Markdown as safe HTML, and as blocks to lay out: CommonMark without raw HTML or images."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).disable("image")


def to_html(text: str) -> SafeString:
    """HTML of a Markdown text. Tags typed in it are shown as text; `javascript:` links stay text."""
    return mark_safe(str(_parser.render(text)))


def to_blocks(text: str) -> list[dict[str, Any]]:
    """The same text as a flat list of blocks, in reading order.

    Each is `{"kind": "heading" | "paragraph" | "item" | "quote" | "code", "level": int, "runs": [...]}`, each run
    `{"text": str, "strong": bool, "emphasis": bool, "link": str}`. A heading's level is its rank, an item's its depth.
    """
    blocks: list[dict[str, Any]] = []
    lists, quotes = 0, 0
    heading = 0
    for token in _parser.parse(text):
        lists += token.nesting if token.type.endswith("_list_" + ("open" if token.nesting > 0 else "close")) else 0
        quotes += token.nesting if token.type.startswith("blockquote_") else 0
        heading = int(token.tag[1]) if token.type == "heading_open" else heading
        if token.type == "inline":
            kind = "heading" if heading else "item" if lists else "quote" if quotes else "paragraph"
            blocks.append({"kind": kind, "level": heading or lists, "runs": _runs(token.children or [])})
            heading = 0
        elif token.type in ("fence", "code_block"):
            blocks.append({"kind": "code", "level": 0, "runs": [_run(token.content)]})
    return blocks


def _runs(tokens: list[Token]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    strong, emphasis, link = 0, 0, ""
    for token in tokens:
        strong += token.nesting if token.type.startswith("strong_") else 0
        emphasis += token.nesting if token.type.startswith("em_") else 0
        if token.type.startswith("link_"):
            link = str(token.attrGet("href") or "") if token.nesting > 0 else ""
        text = " " if token.type in ("softbreak", "hardbreak") else token.content
        if text:
            runs.append(_run(text, strong=strong > 0, emphasis=emphasis > 0, link=link))
    return runs


def _run(text: str, *, strong: bool = False, emphasis: bool = False, link: str = "") -> dict[str, Any]:
    return {"text": text, "strong": strong, "emphasis": emphasis, "link": link}
