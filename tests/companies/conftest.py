"""A geocoder of our own: it answers in the documented format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.outward import Outward

LILAS = (50.6312, 3.0586)


def feature(**changes: Any) -> dict[str, Any]:
    """What `GET /search` gives for one address of Lille."""
    told = {
        "label": "1 Rue des Lilas 59000 Lille",
        "score": 0.94,
        "housenumber": "1",
        "type": "housenumber",
        "name": "1 Rue des Lilas",
        "postcode": "59000",
        "citycode": "59350",
        "city": "Lille",
        **changes,
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": told.pop("coordinates", [LILAS[1], LILAS[0]])},
        "properties": told,
    }


class Geocoder(Outward):
    """It finds one address for everything; `changes` are made to it."""

    def __init__(self) -> None:
        self.changes: dict[str, Any] = {}
        super().__init__()

    def answer(self, typed: str) -> dict[str, Any]:
        return {"type": "FeatureCollection", "features": [feature(**self.changes)], "query": typed}


@pytest.fixture
def geocoder(settings: Settings) -> Iterator[Geocoder]:
    running = Geocoder()
    settings.GEOCODER_URL = running.url
    yield running
    running.stop()
