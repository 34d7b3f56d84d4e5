"""One deadline for a whole answer: its headers and its body, however slowly they trickle in.

The HTTP client's own time-outs start anew with every byte.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import cache
from typing import Any

import httpcore
import httpx


class _Stream(httpcore.NetworkStream):
    """A connection that gives up when the deadline has passed."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def _left(self, error: type[Exception]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise error("the answer is not whole in time")
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # ours is the one that counts
        return self._stream.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # idem
        self._stream.write(buffer, self._left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  # idem
    ) -> httpcore.NetworkStream:
        left = self._left(httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Opens connections that share one deadline."""

    def __init__(self, until: float, resolve: Callable[[str], str] | None) -> None:
        self._until, self._resolve = until, resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # ours is the one that counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = max(0.0, self._until - time.monotonic())
        number = _in_time(self._resolve, host, left) if self._resolve else host
        left = max(0.0, self._until - time.monotonic())
        stream = httpcore.SyncBackend().connect_tcp(number, port, left, local_address, socket_options)
        return _Stream(stream, self._until)


def _in_time(resolve: Callable[[str], str], host: str, seconds: float) -> str:
    """What `resolve` finds. The system's own look-up knows no deadline: one that hangs is left behind."""
    found: Future[str] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(host))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised where it is waited for
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True, name=f"look-up of {host}").start()
    try:
        return found.result(seconds)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("the name is not found in time") from error


def within_deadline(seconds: float, *, resolve: Callable[[str], str] | None = None) -> httpx.HTTPTransport:
    """A transport for exchanges that are over, answered or not, after so many seconds.

    `resolve` gives the number of the machine to connect to; certificates are still those of its name.
    """
    transport = httpx.HTTPTransport(verify=_trusted())
    until = time.monotonic() + seconds
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001  # httpx offers no other way to its network
        ssl_context=_trusted(), network_backend=_Network(until, resolve)
    )
    return transport


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once."""
    return httpx.create_ssl_context()
