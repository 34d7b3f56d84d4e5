"""Fetching from an address that somebody typed: the public internet alone, and never for long."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from territories.outward import fetching
from territories.outward.fetching import NotFetched, fetch, public_address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "en https"),
        ("ftp://example.org/a.ics", "en https"),
        ("file:///etc/passwd", "en https"),
        ("http://example.org:22/", "sans numéro de port"),
        ("http://example.org:x/", "mal écrite"),
        ("http://[::1", "mal écrite"),
        ("http://moi:secret@example.org/", "sans identifiant"),
        *[
            (f"http://{host}/", "internet public")
            for host in (
                "127.0.0.1",
                "localhost",
                "10.0.0.8",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",  # noqa: S104  # nothing is bound to it
                "[::1]",
                "[fe80::1]",
                "[fd00::1]",
                "[::ffff:127.0.0.1]",
                "[2002:7f00:1::]",
                "[64:ff9b::a00:1]",
                "[::10.0.0.1]",
                "[fec0::1]",
                "2130706433",
                "0x7f.1",
                "224.0.0.1",
            )
        ],
        ("http://nobody.invalid/", "Aucune machine"),
        ("https://☃.example.org/", "mal écrite"),
        ("https://xn--a.example.org/a.ics", "mal écrite"),
    ],
)
def test_address_of_our_own_network_is_not_asked(url: str, said: str) -> None:
    with pytest.raises(NotFetched) as refusal:
        fetch(url)
    assert said in str(refusal.value)


def test_public_number_is_taken_as_it_is() -> None:
    assert public_address("1.1.1.1") == "1.1.1.1"


def test_name_with_one_private_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(*_args: Any, **_kwargs: Any) -> list[Any]:
        return [(2, 1, 6, "", ("1.1.1.1", 0)), (2, 1, 6, "", ("10.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with pytest.raises(NotFetched):
        public_address("both.example.org")


class Site:
    """A site on loopback, which these tests allow; `answer` says what it does."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = site.answer
                time.sleep(said.get("delay", 0))
                self.send_response(said.get("status", 200))
                for name, value in said.get("headers", {}).items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(said.get("body", b""))
                except (BrokenPipeError, ConnectionResetError):
                    return  # who asked has had enough

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    running = Site()
    monkeypatch.setattr(fetching, "public_address", lambda host: host)
    monkeypatch.setattr(fetching, "PORTS", {running.server.server_port})
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.5)
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_name_that_is_never_found_holds_nobody_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()
    monkeypatch.setattr(fetching, "public_address", lambda host: found.wait(20) and host)
    begun = time.monotonic()
    with pytest.raises(NotFetched, match="à temps"):
        fetch(site.url)
    assert time.monotonic() - begun < 5
    found.set()


def test_file_is_fetched(site: Site) -> None:
    site.answer = {"body": b"BEGIN:VCALENDAR"}
    assert fetch(site.url) == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404}, "répond 404"),
        ({"status": 500}, "répond 500"),
        ({"body": b"x" * 5_000_001}, "dépasse 5"),
        ({"body": gzip.compress(bytes(2**26)), "headers": {"Content-Encoding": "gzip"}}, "compressé"),
        ({"body": b"x", "headers": {"Content-Encoding": "br"}}, "compressé"),
        ({"delay": 3}, "à temps"),
        ({"status": 302, "headers": {"Location": "http://10.0.0.1:9/"}}, "sans numéro de port"),
        ({"status": 302, "headers": {"Location": "file:///etc/passwd"}}, "en https"),
        ({"status": 302, "headers": {"Location": "/encore"}}, "trop de fois"),
    ],
)
def test_what_is_no_file_is_said(site: Site, answer: dict[str, Any], said: str) -> None:
    site.answer = answer
    began = time.monotonic()
    with pytest.raises(NotFetched) as refusal:
        fetch(site.url)
    assert said in str(refusal.value)
    assert time.monotonic() - began < 2
