import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from solidarite.gallery import gallery

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _gallery_address(settings: Settings) -> None:
    """The gallery stands only in DEBUG; here it has an address beside the portal's own."""
    settings.ROOT_URLCONF = (path("composants/", gallery), path("", include("solidarite.urls")))


def test_gallery_shows_every_component(client: Client) -> None:
    shown = {template.name for template in client.get("/composants/").templates}
    files = (configured.BASE_DIR / "templates" / "components").glob("*.html")
    assert {f"components/{file.name}" for file in files} - shown == set()


def test_gallery_needs_no_inline_style_or_script(client: Client) -> None:
    page = client.get("/composants/").text
    assert re.findall(r"<style|<script|\sstyle=|\son[a-z]+=", page) == []


def test_gallery_repeats_no_id(client: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', client.get("/composants/").text)
    assert sorted(ids) == sorted(set(ids))


def test_error_summary_leads_to_its_fields(client: Client) -> None:
    page = client.get("/composants/").text
    summary = page[page.index('class="error-summary"') : page.index("</ul>", page.index('class="error-summary"'))]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["refus_email", "refus_places", "refus_topic", "refus_mode_0"]
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_field_ties_its_error_to_its_control(client: Client) -> None:
    control = re.search(r'<input type="email"[^>]*id="refus_email"[^>]*>', client.get("/composants/").text)
    assert control is not None
    assert 'aria-invalid="true"' in control[0]
    assert 'aria-describedby="refus_email_error"' in control[0]


def test_stylesheet_stays_small_and_fetches_nothing() -> None:
    stylesheet = Path(configured.BASE_DIR / "static" / "solidarite.css").read_text()
    assert len(stylesheet) < 40_000
    assert re.findall(r"@import|url\((?!\"data:)", stylesheet) == []
