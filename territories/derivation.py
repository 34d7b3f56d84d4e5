"""The small files of `territories/data`, made from the full extracts of the geographic code.

`territories/data/README.md` names the sources and the command.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path

from territories import outlines
from territories.folding import fold

DATA = Path(__file__).parent / "data"

REGION_COLUMNS = ("code", "name", "search_name")
DEPARTEMENT_COLUMNS = ("code", "name", "region_id", "population", "time_zone", "search_name")
COMMUNE_COLUMNS = (
    "code", "name", "kind", "departement_id", "postal_codes", "population",
    "latitude", "longitude", "time_zone", "search_name",
)  # fmt: skip

_CITIES = frozenset({"75056", "69123", "13055"})
_CLIPPERTON_ZONE = "Etc/GMT+8"
"""The source leaves it empty. Clipperton keeps UTC−8 all year and IANA has no zone of that name."""


def derive(source: Path, target: Path) -> None:
    """Write the data files of the app into `target` from the extracts in `source`. Same input, same bytes."""
    communes = _rows(source / "communes.csv")
    _write_csv(target / "regions.csv", REGION_COLUMNS, map(_region, _rows(source / "regions.csv")))
    _write_csv(
        target / "departements.csv",
        DEPARTEMENT_COLUMNS,
        map(_departement, _rows(source / "departements.csv")),
    )
    _write_csv(target / "communes.csv.gz", COMMUNE_COLUMNS, map(_commune, communes))
    geonames = [row["code_insee"] for row in communes if row["source_coordonnees"] == "geonames"]
    (target / "points_geonames.txt").write_text("\n".join(geonames) + "\n")
    topology = json.loads((source / "france-departements-regions.topojson").read_text())
    drawn = json.dumps(outlines.draw(topology), separators=(",", ":"), ensure_ascii=False)
    (target / "outlines.json").write_text(drawn + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _region(row: dict[str, str]) -> tuple[str, ...]:
    return row["code"], row["nom"], fold(row["nom"])


def _departement(row: dict[str, str]) -> tuple[str, ...]:
    zone = row["fuseau"] or _CLIPPERTON_ZONE
    return row["code"], row["nom"], row["region"], row["population"], zone, fold(row["nom"])


def _commune(row: dict[str, str]) -> tuple[str, ...]:
    return (
        row["code_insee"],
        row["nom"],
        "city" if row["code_insee"] in _CITIES else row["type"],
        row["departement"],
        "{" + row["codes_postaux"].replace(" ", ",") + "}",
        row["population"],
        row["latitude"],
        row["longitude"],
        row["fuseau"] or _CLIPPERTON_ZONE,
        fold(row["nom"]),
    )


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)


def content(path: Path) -> bytes:
    """The bytes of a data file, whether it is compressed or not."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
