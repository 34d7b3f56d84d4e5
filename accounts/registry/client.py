"""Asking the registry over HTTP, and leaving it alone when it does not answer."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from django.core.cache import cache

from accounts.registry.deadline import within_deadline
from accounts.registry.facts import RegistryFacts, UnreadableAnswer, read_answers

# The whole answer must be here after so many seconds, however slowly it trickles.
ANSWER_SECONDS = 5.0
LONGEST_ANSWER = 1_000_000
FAILURES_TO_OPEN = 5
OPEN_SECONDS = 60
ASKED_A_SECOND = 5
LONGEST_PAUSE = 3600
FAILURES_KEY, OPEN_KEY = "registry-failures", "registry-open"


class RegistryUnavailable(Exception):
    """No usable answer. The text says why, for moderators and operators."""


def ask(siren: str) -> RegistryFacts | None:
    """The facts about a SIREN, or None when the registry does not know it.

    After five failures in a row, or for as long as the registry asks (`Retry-After`), it is not asked at all.

    Raises:
        RegistryUnavailable: within five seconds and a half at most.
    """
    return next((one for one in search(siren) if one.siren == siren), None)


def search(text: str) -> list[RegistryFacts]:
    """What the registry finds for a name or a number (3 characters at least), best first; as patient as `ask`.

    Raises:
        RegistryUnavailable: within five seconds and a half at most.
    """
    if cache.get(OPEN_KEY):
        raise RegistryUnavailable("Le registre ne répond pas depuis quelques minutes.")
    _keep_within_its_limit()
    try:
        found = read_answers(_fetch(text))
    # ValueError: neither JSON nor of the documented form; RecursionError: JSON nested to break its reader.
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        _note_failure()
        raise RegistryUnavailable(f"Le registre répond mal\u00a0: {type(error).__name__}.") from error
    cache.delete(FAILURES_KEY)
    return found


def _keep_within_its_limit() -> None:
    """The registry answers 7 requests a second (its own description); we leave it some rest."""
    second = f"registry-asked:{int(time.time())}"
    cache.add(second, 0, timeout=5)
    if cache.incr(second) > ASKED_A_SECOND:
        raise RegistryUnavailable("Le registre est très demandé\u00a0: recommencez dans un instant.")


def _fetch(text: str) -> Any:
    """The JSON of the answer, read within a deadline and a size."""
    headers = {"User-Agent": f"{settings.SITE_NAME} ({settings.SITE_URL})".encode("ascii", "ignore").decode()}
    url = f"{settings.REGISTRY_URL.rstrip('/')}/search"
    with (
        httpx.Client(transport=within_deadline(ANSWER_SECONDS), timeout=ANSWER_SECONDS) as client,
        client.stream("GET", url, params={"q": text}, headers=headers) as response,
    ):
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            _open(_seconds(response.headers.get("Retry-After", "")))
            raise RegistryUnavailable("Le registre demande d’attendre.")
        response.raise_for_status()
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise UnreadableAnswer("too long")
    return json.loads(body)


def _seconds(header: str) -> int:
    return min(int(header), LONGEST_PAUSE) if header.isdecimal() else OPEN_SECONDS


def _note_failure() -> None:
    cache.add(FAILURES_KEY, 0, timeout=OPEN_SECONDS * 10)
    if cache.incr(FAILURES_KEY) >= FAILURES_TO_OPEN:
        _open(OPEN_SECONDS)


def _open(seconds: int) -> None:
    cache.set(OPEN_KEY, 1, timeout=seconds)
    cache.delete(FAILURES_KEY)
