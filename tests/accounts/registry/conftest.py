"""A registry of our own on loopback: it answers in the documented format, or misbehaves as it is told to.

`bench registry` verifies the same shapes against the API’s own description.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

KNOWN, KNOWN_NAME = "356000000", "menuiserie"


def answer(siren: str, **changes: Any) -> dict[str, Any]:
    """What `GET /search?q=SIREN` gives for an organisation that it knows."""
    found = {
        "siren": siren,
        "nom_complet": "MENUISERIE DU PARC",
        "nature_juridique": "5710",
        "date_creation": "1998-04-01",
        "etat_administratif": "A",
        "siege": {"siret": f"{siren}00048", "adresse": "1 RUE DES LILAS 59000 LILLE", "commune": "59350"},
        "complements": {"est_association": False, "identifiant_association": None},
        **changes,
    }
    return {"results": [found], "total_results": 1, "page": 1, "per_page": 10, "total_pages": 1}


NOBODY: dict[str, Any] = {"results": [], "total_results": 0, "page": 1, "per_page": 10, "total_pages": 0}


class Registry:
    """The server, what it is to answer, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.headers, self.delay = 200, dict[str, str](), 0.0
        self.body: bytes | None = None
        self.changes: dict[str, Any] = {}
        self.trickle = self.slow_headers = False
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.respond(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        typed = parse_qs(parts.query).get("q", [""])[0]
        self.asked.append(typed)
        time.sleep(self.delay)
        known = answer(KNOWN, **self.changes) if typed in (KNOWN, KNOWN_NAME) else NOBODY
        body = self.body if self.body is not None else json.dumps(known).encode()
        if self.slow_headers:
            self._write(handler, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X-Filler: x\r\n" * 50)
            return
        handler.send_response(self.status if parts.path == "/search" else 404)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        self._write(handler, body)

    def _write(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        try:
            for piece in [body[at : at + 1] for at in range(len(body))] if self.trickle else [body]:
                handler.wfile.write(piece)
                if self.trickle:
                    time.sleep(0.2)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client has had enough, which is what is tested


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    running = Registry()
    settings.REGISTRY_URL = running.url
    yield running
    running.server.shutdown()
    running.server.server_close()
