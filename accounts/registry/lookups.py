"""Keeping what the registry answers about an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.models import RegistryRecord
from accounts.registry.client import RegistryUnavailable, ask

LOOKUPS_A_RUN = 20


def look_up(*, siren: str, now: dt.datetime) -> bool:
    """Ask about one number and keep the answer; False when there was none, which is kept too."""
    try:
        facts = ask(siren)
    except RegistryUnavailable as error:
        RegistryRecord.objects.update_or_create(siren=siren, defaults={"failure": str(error)[:300], "failed_at": now})
        return False
    answer = {"is_known": facts is not None, "facts": facts._asdict() if facts else {}, "fetched_at": now}
    RegistryRecord.objects.update_or_create(siren=siren, defaults=answer | {"failure": "", "failed_at": None})
    return True


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
