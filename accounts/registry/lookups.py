"""Keeping what the registry answers about an organisation."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache

from accounts.models import RegistryRecord
from accounts.registry.client import ask, search
from accounts.registry.facts import RegistryFacts
from territories.folding import fold
from territories.outward import Unavailable

LOOKUPS_A_RUN = 20
SIREN_LENGTH, SHORTEST_TEXT = 9, 3
FOUND_AT_MOST, FOUND_SECONDS = 5, 86_400


def look_up(*, siren: str, now: dt.datetime) -> bool:
    """Ask about one number and keep the answer; False when there was none, which is kept too."""
    try:
        facts = ask(siren)
    except Unavailable as error:
        RegistryRecord.objects.update_or_create(siren=siren, defaults={"failure": str(error)[:300], "failed_at": now})
        return False
    _keep(siren, facts, now)
    return True


def find(*, typed: str, now: dt.datetime) -> list[RegistryFacts]:
    """Organisations for a name, a SIREN or a SIRET as typed; each answer is kept, as that of a look-up is.

    Raises:
        Unavailable: with a sentence for the page.
    """
    digits = "".join(typed.split())
    text = digits[:SIREN_LENGTH] if digits.isdecimal() else typed
    if not settings.REGISTRY_URL or len(text) < SHORTEST_TEXT:
        return []
    key = f"registry-found:{hashlib.sha256(fold(text).encode()).hexdigest()}"
    found: list[RegistryFacts] | None = cache.get(key)
    if found is None:
        found = [one for one in search(text) if one.is_active and not one.masked][:FOUND_AT_MOST]
        for facts in found:
            _keep(facts.siren, facts, now)
        cache.set(key, found, timeout=FOUND_SECONDS)
    return found


def known_facts(siren: str) -> RegistryFacts | None:
    """What the registry last said of a number that it knows. Asks nobody."""
    record = RegistryRecord.objects.filter(pk=siren, is_known=True).first()
    return None if record is None else RegistryFacts(**record.facts)


def _keep(siren: str, facts: RegistryFacts | None, now: dt.datetime) -> None:
    answer = {"is_known": facts is not None, "facts": facts._asdict() if facts else {}, "fetched_at": now}
    RegistryRecord.objects.update_or_create(siren=siren, defaults=answer | {"failure": "", "failed_at": None})


def look_up_missing(*, sirens: Iterable[str], now: dt.datetime) -> int:
    """Ask about the first numbers that have no usable answer, until one fails. Returns how many were answered."""
    wanted = list(dict.fromkeys(sirens))
    known = set(RegistryRecord.objects.usable(now).filter(pk__in=wanted).values_list("pk", flat=True))
    answered = 0
    for siren in [one for one in wanted if one not in known][:LOOKUPS_A_RUN]:
        if not look_up(siren=siren, now=now):
            break
        answered += 1
    return answered
