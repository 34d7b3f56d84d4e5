"""`uv run python -m bench NAME… [--quick] --json FILE`: one JSON object a measure, a line each."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import (
    addresses,
    calendars,
    hostile,
    invariants,
    mail,
    matching,
    moderation,
    pages,
    planning,
    publish,
    registry,
    replay,
    screens,
)
from bench.booking import contention, throughput
from bench.limits import out_of_bounds
from bench.searching import whole

MEASURES: dict[str, Callable[..., Iterable[dict[str, Any]]]] = {
    "pages": pages.measure,
    "moderation": moderation.measure,
    "publish": publish.measure,
    "booking": throughput.measure,
    "contention": contention.measure,
    "invariants": invariants.measure,
    "search": whole.measure,
    "matching": matching.measure,
}
# Measures of files that the project does not hold, and the option that names them.
OF_A_FILE = {
    "registry": "openapi",
    "calendars": "folder",
    "addresses": "file",
    "hostile": "file",
    "replay": "trace",
}
PICTURES = {"screenshot": screens.take_home, "screens": screens.take_all}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*MEASURES, "mail", "plan", *OF_A_FILE, *PICTURES])
    parser.add_argument("--quick", action="store_true", help="la forme courte, celle de l’intégration continue")
    parser.add_argument("--json", type=Path, default=os.devnull, help="fichier des mesures")
    parser.add_argument("--faults", action="store_true", help="pour mail : les pannes au lieu du débit")
    parser.add_argument("--openapi", type=Path, help="pour registry : la description OpenAPI du registre")
    parser.add_argument("--folder", type=Path, help="pour calendars : un dossier de fichiers .ics")
    parser.add_argument("--file", type=Path, help="pour addresses, hostile : un fichier JSON Lines")
    parser.add_argument("--sessions", type=Path, help="pour plan : un fichier JSON de séances réelles, comptées")
    parser.add_argument("--trace", type=Path, help="pour replay : un fichier .csv.gz de réservations réelles")
    parser.add_argument("--lines", type=int, help="pour replay : les premières lignes seulement")
    parser.add_argument("--listed", type=Path, help="pour replay : où écrire ce que chaque ligne est devenue")
    options = parser.parse_args()
    for name, wanted in OF_A_FILE.items():
        if name in options.names and getattr(options, wanted) is None:
            parser.error(f"{name} veut --{wanted} CHEMIN")
    broken = []
    with options.json.open("w", encoding="utf-8") as file:
        for name in options.names:
            if name in PICTURES:
                PICTURES[name]()
                continue
            for measure in _measure(name, options):
                line = json.dumps(measure, ensure_ascii=False)
                file.write(line + "\n")
                sys.stdout.write(line + "\n")
                broken += out_of_bounds(measure)
    if broken:
        sys.exit("\n".join(broken))


def _measure(name: str, options: argparse.Namespace) -> Iterable[dict[str, Any]]:
    given: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
        "registry": lambda: registry.measure(description=options.openapi),
        "calendars": lambda: calendars.measure(folder=options.folder),
        "addresses": lambda: addresses.measure(file=options.file),
        "hostile": lambda: hostile.measure(quick=options.quick, file=options.file),
        "replay": lambda: replay.measure(trace=options.trace, most=options.lines, listed=options.listed),
        "plan": lambda: planning.measure(quick=options.quick, file=options.sessions),
        "mail": lambda: mail.measure(quick=options.quick, faults=options.faults),
    }
    return given[name]() if name in given else MEASURES[name](quick=options.quick)


if __name__ == "__main__":
    main()
