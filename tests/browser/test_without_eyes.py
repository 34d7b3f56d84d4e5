"""What axe does not see: the way through a page by keyboard, and pages on small screens with widened text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal

PAGES = {
    "": ("/", "/creneaux/?lieu=Lille", "/demandes/", "/charte/", "/impact/", "/aide/", "/compte/login/"),
    "association@example.org": ("/tableau-de-bord/", "/demandes/"),
    "entreprise@example.org": ("/tableau-de-bord/",),
}
# What somebody may reach, in the order of the page; a group of radios is one stop.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.type !== "hidden" && one.type !== "radio" && one.checkVisibility())
  .filter((one) => !(one.closest("details:not([open])") && one.tagName !== "SUMMARY")).length"""
HERE = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const drawn = [one, one.closest("label") ?? one].map((it) => getComputedStyle(it));
  const seen = drawn.some((it) => it.outlineStyle !== "none" || it.boxShadow !== "none");
  window.stops ??= new Map();
  if (!window.stops.has(one)) window.stops.set(one, window.stops.size);
  return { number: window.stops.get(one), seen, html: one.outerHTML.slice(0, 90) };
}"""
# WCAG 2.2, criterion 1.4.12: what text must bear.
SPACED = """() => {
  const wide = new CSSStyleSheet();
  const spaces = { "line-height": "1.5", "letter-spacing": "0.12em", "word-spacing": "0.16em" };
  const declared = Object.entries(spaces).map(([name, value]) => `${name}: ${value} !important`).join(";");
  wide.replaceSync(`* { ${declared} } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [wide];
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""
AT_MOST = 400


@pytest.mark.parametrize("email", PAGES)
def test_keyboard_reaches_everything_and_shows_where_it_is(portal: Portal, browser: Browser, email: str) -> None:
    context = new_context(browser, portal, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    if email:
        sign_in_on(page, email)
    for path in PAGES[email]:
        page.goto(path)
        expected, met = page.evaluate(STOPS), walked(page)
        assert [one["html"] for one in met if not one["seen"]] == [], path
        assert len({one["number"] for one in met}) >= expected, path
        assert met[0]["html"].startswith('<a class="skip"'), path
    context.close()


def walked(page: Page) -> list[dict[str, Any]]:
    """Each stop of the Tab key, until the page is left: whoever is trapped never is."""
    met: list[dict[str, Any]] = []
    for _ in range(AT_MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            return met
        met.append(here)
    raise AssertionError(f"Prisonnier de {page.url} : {met[-3:]}")


@pytest.mark.parametrize("email", PAGES)
def test_pages_bear_320_points_and_widened_text(portal: Portal, browser: Browser, email: str) -> None:
    """320 points are 1280 at 400 %."""
    context = new_context(browser, portal, viewport={"width": 320, "height": 640})
    page = context.new_page()
    if email:
        sign_in_on(page, email)
    wider = {}
    for path in PAGES[email]:
        page.goto(path)
        if (over := page.evaluate(SPACED)) > 0:
            wider[path] = over
    assert wider == {}
    context.close()
