"""`uv run python -m bench NAME… [--quick] --json FILE`: one JSON object a measure, a line each."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import moderation, pages, publish, registry, screens

MEASURES = {"pages": pages.measure, "moderation": moderation.measure, "publish": publish.measure}
PICTURES = {"screenshot": screens.take_home, "screens": screens.take_all}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*MEASURES, "registry", *PICTURES])
    parser.add_argument("--quick", action="store_true", help="la forme courte, celle de l’intégration continue")
    parser.add_argument("--json", type=Path, required=True, help="fichier des mesures")
    parser.add_argument("--openapi", type=Path, help="pour registry : la description OpenAPI du registre")
    options = parser.parse_args()
    if "registry" in options.names and options.openapi is None:
        parser.error("registry veut --openapi FICHIER")
    with options.json.open("w", encoding="utf-8") as file:
        for name in options.names:
            if name in PICTURES:
                PICTURES[name]()
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


if __name__ == "__main__":
    main()
