"""A small country, and rows of a table read in it."""

from __future__ import annotations

from accounts.directory.columns import Layout, recognise
from accounts.directory.places import Town, TownIndex
from territories.folding import fold


def town(
    code: str, name: str, postal_codes: str, *, kind: str = "commune", at: tuple[float, float] | None = None
) -> Town:
    return Town(code, name, fold(name), kind, code[:2], frozenset(postal_codes.split()), at)


INDEX = TownIndex.of(
    [
        town("01053", "Bourg-en-Bresse", "01000", at=(46.205, 5.229)),
        town("01344", "Saint-Denis-lès-Bourg", "01000", at=(46.202, 5.189)),
        town("05023", "Briançon", "05100", at=(44.9, 6.643)),
        town("05061", "Gap", "05000", at=(44.559, 6.079)),
        town("06099", "Puget-Théniers", "06260", at=(43.95, 6.89)),
        town("93066", "Saint-Denis", "93200"),
        town("13055", "Marseille", "13001 13002", kind="city", at=(43.3, 5.37)),
        town("13201", "Marseille 1er Arrondissement", "13001", kind="arrondissement"),
        town("13202", "Marseille 2e Arrondissement", "13002", kind="arrondissement"),
        Town("97411", "Saint-Denis", "saint denis", "commune", "974", frozenset({"97400"}), (-20.88, 55.45)),
    ]
)


def layout(header: str) -> Layout:
    return recognise(header.split(","))
