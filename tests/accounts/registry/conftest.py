"""A registry of our own: it answers in the documented format.

`bench registry` verifies the same shapes against the API’s own description.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.outward import Outward

KNOWN, KNOWN_NAME = "356000000", "menuiserie"


def answer(siren: str, **changes: Any) -> dict[str, Any]:
    """What `GET /search?q=SIREN` gives for an organisation that it knows."""
    found = {
        "siren": siren,
        "nom_complet": "MENUISERIE DU PARC",
        "nature_juridique": "5710",
        "date_creation": "1998-04-01",
        "etat_administratif": "A",
        "siege": {"siret": f"{siren}00048", "adresse": "1 RUE DES LILAS 59000 LILLE", "commune": "59350"},
        "complements": {"est_association": False, "identifiant_association": None},
        **changes,
    }
    return {"results": [found], "total_results": 1, "page": 1, "per_page": 10, "total_pages": 1}


NOBODY: dict[str, Any] = {"results": [], "total_results": 0, "page": 1, "per_page": 10, "total_pages": 0}


class Registry(Outward):
    """It knows one organisation, by its number and by its name; `changes` are made to what it says of it."""

    def __init__(self) -> None:
        self.changes: dict[str, Any] = {}
        super().__init__()

    def answer(self, typed: str) -> dict[str, Any]:
        return answer(KNOWN, **self.changes) if typed in (KNOWN, KNOWN_NAME) else NOBODY


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    running = Registry()
    settings.REGISTRY_URL = running.url
    yield running
    running.stop()
