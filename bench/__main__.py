"""`uv run python -m bench NAME… [--quick] --json FILE`: one JSON object a measure, a line each."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import moderation, pages, registry
from bench.chromium import LAUNCH, new_context
from bench.portal import Portal

MEASURES = {"pages": pages.measure, "moderation": moderation.measure}
SCREENSHOT = Path(__file__).resolve().parent.parent / "docs" / "accueil.png"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*MEASURES, "registry", "screenshot"])
    parser.add_argument("--quick", action="store_true", help="la forme courte, celle de l’intégration continue")
    parser.add_argument("--json", type=Path, required=True, help="fichier des mesures")
    parser.add_argument("--openapi", type=Path, help="pour registry : la description OpenAPI du registre")
    options = parser.parse_args()
    if "registry" in options.names and options.openapi is None:
        parser.error("registry veut --openapi FICHIER")
    with options.json.open("w", encoding="utf-8") as file:
        for name in options.names:
            if name == "screenshot":
                take_screenshot()
                continue
            measures = (
                registry.measure(description=options.openapi)
                if name == "registry"
                else MEASURES[name](quick=options.quick)
            )
            for measure in measures:
                line = json.dumps(measure, ensure_ascii=False)
                file.write(line + "\n")
                sys.stdout.write(line + "\n")


def take_screenshot() -> None:
    """The README's picture: the demonstration's home page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        portal = Portal(Path(folder) / "data")
        try:
            portal.ready()
            browser = playwright.chromium.launch(**LAUNCH)
            desk = {"width": 1280, "height": 1000}
            context = new_context(browser, portal, viewport=desk, color_scheme="light", reduced_motion="reduce")
            page = context.new_page()
            page.goto("/")
            page.screenshot(path=SCREENSHOT)
            browser.close()
        finally:
            portal.stop()


if __name__ == "__main__":
    main()
