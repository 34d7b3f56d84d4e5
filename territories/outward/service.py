"""Asking somebody else's service, and leaving it alone when it does not answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from django.core.cache import cache

from territories.outward.deadline import within_deadline

# The whole answer must be here after so many seconds, however slowly it trickles.
ANSWER_SECONDS = 5.0
LONGEST_ANSWER = 1_000_000
FAILURES_TO_OPEN = 5
OPEN_SECONDS = 60
LONGEST_PAUSE = 3600


class Unavailable(Exception):
    """No usable answer. The text says why, in French, for who waits for it."""


class UnreadableAnswer(ValueError):
    """The service sent something else than its documented format."""


class CompressedAnswer(UnreadableAnswer):
    """The service compressed its answer, although it was asked not to."""


@dataclass(frozen=True)
class Service:
    """One service: `name` keys its state in the cache, `called` begins the sentences about it (« Le registre »).

    After five failures in a row, or for as long as it asks (`Retry-After`), it is not asked at all; `asked_a_second`
    keeps us below its own limit, on all machines together.
    """

    name: str
    called: str
    asked_a_second: int

    def ask[Answer](self, url: str, params: dict[str, Any], read: Callable[[Any], Answer]) -> Answer:
        """What `read` makes of the JSON of `GET url`.

        Raises:
            Unavailable: within five seconds and a half at most; also when `read` raises a ValueError.
        """
        if cache.get(self._open_key):
            raise Unavailable(f"{self.called} ne répond pas depuis quelques minutes.")
        self._keep_within_its_limit()
        try:
            answer = read(self._fetch(url, params))
        # ValueError: neither JSON nor of the documented form; RecursionError: JSON nested to break its reader.
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            self._note_failure()
            raise Unavailable(f"{self.called} répond mal\u00a0: {type(error).__name__}.") from error
        cache.delete(self._failures_key)
        return answer

    @property
    def _open_key(self) -> str:
        return f"{self.name}-open"

    @property
    def _failures_key(self) -> str:
        return f"{self.name}-failures"

    def _keep_within_its_limit(self) -> None:
        second = f"{self.name}-asked:{int(time.time())}"
        cache.add(second, 0, timeout=5)
        if cache.incr(second) > self.asked_a_second:
            raise Unavailable(f"{self.called} est très demandé\u00a0: recommencez dans un instant.")

    def _fetch(self, url: str, params: dict[str, Any]) -> Any:
        """The JSON of the answer, read within a deadline and a size."""
        with (
            httpx.Client(transport=within_deadline(ANSWER_SECONDS), timeout=ANSWER_SECONDS) as client,
            client.stream("GET", url, params=params, headers=request_headers()) as response,
        ):
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                self._open(_seconds(response.headers.get("Retry-After", "")))
                raise Unavailable(f"{self.called} demande d’attendre.")
            response.raise_for_status()
            return json.loads(read_within(response, LONGEST_ANSWER))

    def _note_failure(self) -> None:
        cache.add(self._failures_key, 0, timeout=OPEN_SECONDS * 10)
        if cache.incr(self._failures_key) >= FAILURES_TO_OPEN:
            self._open(OPEN_SECONDS)

    def _open(self, seconds: int) -> None:
        cache.set(self._open_key, 1, timeout=seconds)
        cache.delete(self._failures_key)


def request_headers() -> dict[str, str]:
    """Who asks, and that the answer is wanted as it is: how long a compressed one will be nobody can say."""
    name = f"{settings.SITE_NAME} ({settings.SITE_URL})".encode("ascii", "ignore").decode()
    return {"User-Agent": name, "Accept-Encoding": "identity"}


def read_within(response: httpx.Response, longest: int) -> bytes:
    """The body of a streamed answer to a question with our `request_headers`.

    Raises:
        CompressedAnswer: a few bytes may be gigabytes, which nobody could count before they are there.
        UnreadableAnswer: it has more than `longest` bytes.
    """
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise CompressedAnswer("compressed")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > longest:
            raise UnreadableAnswer("too long")
    return bytes(body)


def _seconds(header: str) -> int:
    return min(int(header), LONGEST_PAUSE) if header.isdecimal() else OPEN_SECONDS
