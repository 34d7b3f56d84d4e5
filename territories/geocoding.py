"""From an address to a point: the geocoder of the Géoplateforme behind a port, or the commune's own centre.

Source of the form of answers: https://data.geopf.fr/geocodage (GeoJSON, Licence Ouverte). Nothing waits for it:
when it is off, silent or does not know the address, the commune table answers.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from territories.distance import kilometres_between
from territories.folding import fold
from territories.models import Commune
from territories.outward import Service, Unavailable, UnreadableAnswer

# Its own limit is 50 requests a second for searches and 10 for completion (its documentation).
GEOCODER = Service(name="geocoder", called="Le service d’adresses", asked_a_second=8)
KEPT_SECONDS = 86_400
SHORTEST_TEXT, LONGEST_TEXT = 3, 200
# Below this, it has matched the town and little else.
CERTAIN_SCORE = 0.6
# A commune's centre and an address in it: no French commune outside Guiana is wider; and there, half the widest.
FARTHEST_KM, FARTHEST_FROM_COMMUNE_KM = 30, 100
NORTH_POLE, ANTIMERIDIAN = 90, 180


class Precision(StrEnum):
    """How closely a point is known."""

    ADDRESS = "address"
    STREET = "street"
    COMMUNE = "commune"


class Address(NamedTuple):
    """One address that the geocoder knows. The point is in degrees WGS 84, `score` goes from 0 to 1."""

    label: str
    line: str
    commune_code: str
    city: str
    latitude: float
    longitude: float
    precision: Precision
    score: float


class Located(NamedTuple):
    """Where a building is, as far as is known."""

    latitude: float
    longitude: float
    precision: Precision


_PRECISIONS = {"housenumber": Precision.ADDRESS, "street": Precision.STREET, "locality": Precision.STREET}


def find(text: str, *, limit: int = 5) -> list[Address]:
    """Addresses for what was typed so far, best first; none when the service is off or the text too short.

    Raises:
        Unavailable: the service does not answer.
    """
    typed = " ".join(text.replace("\x00", "").split())[:LONGEST_TEXT]
    if not settings.GEOCODER_URL or len(typed) < SHORTEST_TEXT:
        return []
    key = f"geocoder-found:{limit}:{hashlib.sha256(fold(typed).encode()).hexdigest()}"
    found: list[Address] | None = cache.get(key)
    if found is None:
        url = f"{settings.GEOCODER_URL.rstrip('/')}/search"
        params = {"q": typed, "index": "address", "limit": limit, "autocomplete": 1}
        found = GEOCODER.ask(url, params, read_addresses)
        cache.set(key, found, timeout=KEPT_SECONDS)
    return found


def locate(address: str, commune: Commune) -> Located | None:
    """Where an address of a commune is: by the geocoder, else the commune's centre; None when that is unknown too."""
    try:
        found = find(f"{address} {commune.name}")
    except Unavailable:
        found = []
    for one in found:
        if one.score >= CERTAIN_SCORE and one.precision != Precision.COMMUNE and _is_in(one, commune):
            return Located(one.latitude, one.longitude, one.precision)
    if commune.latitude is None or commune.longitude is None:
        return None
    return Located(commune.latitude, commune.longitude, Precision.COMMUNE)


def _is_in(address: Address, commune: Commune) -> bool:
    """Of this commune, and near it; of Paris, Lyon and Marseille it gives the arrondissement, or the whole."""
    same = address.commune_code == commune.pk
    if commune.latitude is None or commune.longitude is None:
        return same
    away = kilometres_between((address.latitude, address.longitude), (commune.latitude, commune.longitude))
    if same:
        return away <= FARTHEST_FROM_COMMUNE_KM
    whole = commune.kind != Commune.Kind.COMMUNE and address.city == commune.name.partition(" ")[0]
    return whole and away <= FARTHEST_KM


def read_addresses(body: Any) -> list[Address]:
    """The addresses in the GeoJSON of `GET /search`.

    Raises:
        UnreadableAnswer: the body is not of the documented form.
    """
    try:
        return [_address(feature) for feature in body["features"]]
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise UnreadableAnswer(f"{type(error).__name__}: {error}") from error


def _address(feature: dict[str, Any]) -> Address:
    told = feature["properties"]
    longitude, latitude = (float(degrees) for degrees in feature["geometry"]["coordinates"][:2])
    if not (abs(latitude) <= NORTH_POLE and abs(longitude) <= ANTIMERIDIAN):
        raise UnreadableAnswer("a point that is not on earth")
    return Address(
        label=_text(told["label"]),
        line=_text(told.get("name") or told["label"]),
        commune_code=_text(told.get("citycode"))[:5],
        city=_text(told.get("city")),
        latitude=latitude,
        longitude=longitude,
        precision=_PRECISIONS.get(_text(told.get("type") or told.get("_type")), Precision.COMMUNE),
        score=float(told.get("score") or told.get("_score") or 0),
    )


def _text(value: Any) -> str:
    """Text that PostgreSQL keeps: no NUL, no half of a surrogate pair."""
    return "" if value is None else str(value)[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "replace").decode()
