"""Pictures of the pages that people use most, for `docs/screens.md`: wide in the light, a phone in the dark."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from bench.chromium import LAUNCH, new_context, sign_in_on
from bench.portal import Portal

DOCS = Path(__file__).resolve().parent.parent / "docs"
COMPANY = "/entreprises/messagerie-de-la-gare"
# Name of the picture, who looks, and where: a star stands for the first link of the page that leads there, + for a
# button to press, ~ for a box to tick.
SCREENS = (
    ("charte", "", "/charte/"),
    ("signataires", "", "/signataires/"),
    ("signataire", "", "/signataires/ /signataires/*/"),
    ("verification", "entreprise", f"{COMPANY}/charte/ /charte/verifier/*/"),
    ("edition", "", "/editions/ /editions/*/"),
    ("inscription", "", "/compte/signup/"),
    ("signer", "entreprise", f"{COMPANY}/charte/signer/"),
    ("charte-entreprise", "entreprise", f"{COMPANY}/charte/"),
    ("membres", "entreprise", f"{COMPANY}/membres/"),
    ("second-facteur", "moderation", "/compte/2fa/"),
    ("file", "moderation", "/moderation/"),
    ("dossier", "moderation", "/moderation/ +Examiner Verrerie"),
    ("charte-brouillon", "moderation", "/pilotage/charte/"),
    ("entreprise", "entreprise", f"{COMPANY}/"),
    ("sites", "entreprise", f"{COMPANY}/sites/"),
    ("position", "entreprise", f"{COMPANY}/sites/ {COMPANY}/sites/*/position/"),
    ("saison", "entreprise", f"{COMPANY}/sites/ {COMPANY}/salles/*/ouvrir/ ~mercredi ~samedi +Voir les dates"),
    ("serie", "entreprise", f"{COMPANY}/series/ {COMPANY}/series/*/"),
    ("calendrier", "entreprise", f"{COMPANY}/calendrier/"),
    ("benevolat", "benevole", "/benevolat/"),
    ("fermer", "entreprise", f"{COMPANY}/fermer/"),
)
LOOKS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((1280, 900, "light"), (390, 844, "dark"))


def take_home(path: Path = DOCS / "accueil.png") -> None:
    """The README's picture: the demonstration's home page."""
    for browser, portal in _portal():
        context = new_context(
            browser, portal, viewport={"width": 1280, "height": 1000}, color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto("/")
        page.screenshot(path=path)


def take_all(folder: Path = DOCS / "screens") -> None:
    """Every picture of `SCREENS`, in both looks."""
    folder.mkdir(exist_ok=True)
    for browser, portal in _portal():
        roles = {role for _, role, _ in SCREENS}
        cookies = {role: _cookies(browser, portal, role) for role in roles if role}
        for width, height, scheme in LOOKS:
            for name, role, way in SCREENS:
                context = new_context(
                    browser,
                    portal,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                    storage_state=cookies.get(role),
                )
                page = context.new_page()
                _go(page, way)
                page.screenshot(path=folder / f"{name}-{width}.jpg", type="jpeg", quality=40)
                context.close()


def _cookies(browser: Browser, portal: Portal, role: str) -> Any:
    """Those of somebody who signed in once: the portal counts how often that is tried."""
    context = new_context(browser, portal)
    sign_in_on(context.new_page(), f"{role}@example.org")
    return context.storage_state()


def _go(page: Page, way: str) -> None:
    steps = re.split(r" (?=[/+~])", way)
    for step in steps:
        if step.startswith("+"):
            page.get_by_role("button", name=step[1:]).first.click()
        elif step.startswith("~"):
            page.get_by_label(step[1:]).check()
        elif "*" in step:
            start, end = step.split("*")
            page.locator(f'main a[href^="{start}"][href$="{end}"]').first.click()
        else:
            page.goto(step)
        page.wait_for_load_state()


def _portal() -> Iterator[tuple[Browser, Any]]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        portal = Portal(Path(folder) / "data")
        try:
            portal.ready()
            browser = playwright.chromium.launch(**LAUNCH)
            yield browser, portal
            browser.close()
        finally:
            portal.stop()
