"""Asking the registry over HTTP."""

from __future__ import annotations

from django.conf import settings

from accounts.registry.facts import RegistryFacts, read_answers
from territories.outward import Service

# The registry answers 7 requests a second (its own description); we leave it some rest.
REGISTRY = Service(name="registry", called="Le registre", asked_a_second=5)


def ask(siren: str) -> RegistryFacts | None:
    """The facts about a SIREN, or None when the registry does not know it.

    Raises:
        Unavailable: the registry does not answer.
    """
    return next((one for one in search(siren) if one.siren == siren), None)


def search(text: str) -> list[RegistryFacts]:
    """What the registry finds for a name or a number (3 characters at least), best first.

    Raises:
        Unavailable: the registry does not answer.
    """
    return REGISTRY.ask(f"{settings.REGISTRY_URL.rstrip('/')}/search", {"q": text}, read_answers)
