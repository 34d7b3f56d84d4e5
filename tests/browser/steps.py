"""What people do on a page, told as they would tell it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

OWNER, ASSOCIATION, VOLUNTEER, MODERATOR = (
    f"{name}@example.org" for name in ("entreprise", "association", "benevole", "moderation")
)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def read_mail(page: Page, subject: str) -> None:
    """Open a mail on the demonstration's own page, once the worker has delivered it."""
    for _ in range(40):
        page.goto(f"/dev/courriels/?q={quote(subject)}")
        line = page.get_by_role("listitem").filter(has_text=subject)
        if line.count() and line.first.get_by_text("remis", exact=True).count():
            line.first.get_by_role("link").click()
            return
        page.wait_for_timeout(500)
    pytest.fail(f"« {subject} » was not delivered: {page.get_by_role('main').inner_text()[:1500]}")
