"""An installed app where there is no network, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as Unreachable

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal

HEADING = "Vos prochains ateliers, sans réseau"


# Whether the portal is an app there is the one thing that no browser tells a test.
INSTALLED = """
const asked = window.matchMedia;
window.matchMedia = (query) => (query === "(display-mode: standalone)" ? { matches: true } : asked(query));
"""
# Waits no longer than a test may.
KEPT = """
() => Promise.race([
  navigator.serviceWorker.ready.then(() => caches.keys()),
  new Promise((_, refuse) => setTimeout(refuse, 8000, "not installed")),
])
"""


def test_app_shows_ones_workshops_without_a_network(portal: Portal, browser: Browser) -> None:
    context = new_context(browser, portal)
    page = context.new_page()
    page.add_init_script(INSTALLED)
    sign_in_on(page, "association@example.org")
    assert page.evaluate(KEPT) == ["offline"]
    context.set_offline(True)
    page.goto("/creneaux/")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    expect(page.get_by_role("heading", name="Comment entrer").first).to_be_visible()
    context.set_offline(False)
    page.goto("/tableau-de-bord/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/")
    context.set_offline(True)
    with pytest.raises(Unreachable):
        page.goto("/creneaux/")
    context.close()


def test_browser_keeps_nothing_for_whoever_comes_next(portal: Portal, browser: Browser) -> None:
    context = new_context(browser, portal)
    page = context.new_page()
    sign_in_on(page, "association@example.org")
    page.goto("/tableau-de-bord/")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys()") == []
    context.close()
