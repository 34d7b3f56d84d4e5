"""The operator's Markdown as safe HTML: CommonMark without raw HTML, links checked by the library."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "typographer": False})


def to_html(text: str) -> SafeString:
    """HTML of a Markdown text. Tags typed in it are shown as text; `javascript:` links stay text."""
    return mark_safe(str(_parser.render(text)))
