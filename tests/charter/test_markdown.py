import pytest

from charter.markdown import to_html


def test_headings_and_lists_are_shown() -> None:
    assert to_html("# Charte\n\n- un\n- deux") == "<h1>Charte</h1>\n<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))"]
)
def test_markup_and_scripts_stay_text(text: str) -> None:
    html = to_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "href=" not in html
