"""The first page of a search as a phone has it, with nothing at hand: what it weighs, and when it is there."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.booking.machine import Machine
from bench.chromium import LAUNCH
from bench.pages import LCP
from bench.searching.searches import search
from solidarite.demonstration.portal import LOOPBACK

TIMES = 7


def seen(ours: Machine) -> Iterator[dict[str, Any]]:
    """Kilobytes of the document, of everything on the wire, and milliseconds to the largest contentful paint."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        looks = [_look(browser, f"http://{LOOPBACK}:{ours.port}{search('75056')}") for _ in range(TIMES)]
        browser.close()
    limits = {"html_kb": ("kB", "≤ 30"), "wire_kb": ("kB", "≤ 60"), "lcp_ms": ("ms", "≤ 1000")}
    for (name, (unit, limit)), values in zip(limits.items(), zip(*looks, strict=True), strict=True):
        yield {
            "name": f"search.{name}",
            "value": round(median(values), 1),
            "unit": unit,
            "asked": limit,
            "n": TIMES,
            "notes": "first page around Paris, 390 px, nothing at hand",
        }


def _look(browser: Browser, url: str) -> tuple[float, float, float]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    received = _received(page)
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.ok
    found = len(answer.body()) / 1000, sum(received) / 1000, float(page.evaluate(LCP))
    context.close()
    return found


def _received(page: Page) -> list[float]:
    """Bytes of each answer with its headers, as they come over the wire, in a list that fills."""
    received: list[float] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return received
