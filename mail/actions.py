"""What the owner of an address decides about its mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from mail.kinds import Frequency, Kind
from mail.models import Preferences


def save_preferences(preferences: Preferences, *, now: dt.datetime) -> None:
    """Keep what was chosen, whether or not the address had a row; of two at once the later stays."""
    chosen = {field.attname: getattr(preferences, field.attname) for field in preferences._meta.concrete_fields}  # noqa: SLF001  # Django's public API
    del chosen["id"]
    chosen["changed_at"] = now
    Preferences.objects.update_or_create(address=preferences.address, defaults=chosen)


def refuse_kinds(*, address: str, kinds: Iterable[Kind], now: dt.datetime) -> None:
    """No more mail of these kinds to this address; the other wishes stay."""
    refused = dict.fromkeys((kind.value for kind in kinds), Frequency.NEVER)
    Preferences.objects.update_or_create(address=address.lower(), defaults={**refused, "changed_at": now})
