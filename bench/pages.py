"""Every page in Chromium: accessibility, the console, other hosts, weight and largest contentful paint."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import brotli
import django
from axe_playwright_python.sync_playwright import Axe
from django.urls import set_urlconf
from playwright.sync_api import Browser, sync_playwright
from rich.progress import track

from bench.chromium import LAUNCH, ROLES, listen, new_context, sign_in_on, walk
from bench.portal import Portal

STATIC = Path(__file__).resolve().parent.parent / "static"
WIDTHS, SCHEMES = (320, 390, 768, 1280), ("light", "dark")
LCP = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true}))"""

Measure = dict[str, Any]


def measure(*, quick: bool) -> Iterator[Measure]:
    """Walk the demonstration's pages in every width and scheme; quick: a phone in light only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")
    django.setup()
    set_urlconf("solidarite.urls")
    with tempfile.TemporaryDirectory() as folder:
        portal = Portal(Path(folder) / "data")
        try:
            portal.ready()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(**LAUNCH)
                yield from _walk_all(browser, portal, quick=quick)
                yield _largest_paint(browser, portal)
                browser.close()
        finally:
            portal.stop()
    yield _weight("pages.css_kb", "*.css", limit=15)
    yield _weight("pages.js_kb", "*.js", limit=25)


def _walk_all(browser: Browser, portal: Portal, *, quick: bool) -> Iterator[Measure]:
    settings = [(390, "light")] if quick else list(product(WIDTHS, SCHEMES))
    violations: list[str] = []
    faults: list[str] = []
    pages = 0
    for width, scheme in track(settings, description="pages"):
        for role in ROLES:
            context = new_context(browser, portal, viewport={"width": width, "height": 844}, color_scheme=scheme)
            page = context.new_page()
            listen(page, portal.url, faults)
            if role:
                sign_in_on(page, f"{role}@example.org")
            for name in walk(page, portal.url):
                pages += 1
                found = Axe().run(page).response["violations"]
                violations += [f"{name} {width} {scheme}: {one['id']}" for one in found]
            context.close()
    foreign = [fault for fault in faults if fault.startswith("another host")]
    yield _count("pages.axe", violations, pages)
    yield _count("pages.foreign_requests", foreign, pages)
    yield _count("pages.console_errors", [fault for fault in faults if fault not in foreign], pages)


def _count(name: str, found: list[str], pages: int) -> Measure:
    return {"name": name, "value": len(found), "unit": "faults", "n": pages, "notes": "; ".join(found[:5])}


def _largest_paint(browser: Browser, portal: Portal) -> Measure:
    times = []
    for _ in range(5):
        context = new_context(browser, portal, viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto("/")
        times.append(page.evaluate(LCP))
        context.close()
    return {
        "name": "pages.lcp_ms",
        "value": round(median(times)),
        "unit": "ms",
        "n": len(times),
        "notes": "home, 390 px",
    }


def _weight(name: str, pattern: str, *, limit: int) -> Measure:
    whole = b"".join(path.read_bytes() for path in sorted(STATIC.rglob(pattern)))
    kilobytes = round(len(brotli.compress(whole)) / 1000, 1) if whole else 0
    return {"name": name, "value": kilobytes, "unit": "kB brotli", "n": 1, "notes": f"asked: at most {limit}"}
