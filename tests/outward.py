"""A service of somebody else, of our own making, on loopback: it answers, or misbehaves as it is told to."""

from __future__ import annotations

import json
import threading
import time
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Outward(ABC):
    """The server, what it is to answer, and what it was asked (the text of `q`)."""

    path = "/search"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.headers, self.delay = 200, dict[str, str](), 0.0
        self.body: bytes | None = None
        self.trickle = self.slow_headers = False
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.respond(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @abstractmethod
    def answer(self, typed: str) -> dict[str, Any]:
        """The JSON for a text that is searched for, in the documented format."""

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        typed = parse_qs(parts.query).get("q", [""])[0]
        self.asked.append(typed)
        time.sleep(self.delay)
        body = self.body if self.body is not None else json.dumps(self.answer(typed)).encode()
        if self.slow_headers:
            self._write(handler, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X-Filler: x\r\n" * 50)
            return
        handler.send_response(self.status if parts.path == self.path else 404)
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

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
