"""A browser as small as can be: one connection that is kept, cookies, and the forms of the pages that it reads."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from solidarite.demonstration.portal import LOOPBACK

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
PATIENCE_SECONDS = 60
# The server ends connections that say nothing for half a minute.
IDLE_SECONDS = 10


@dataclass
class Answer:
    """What came back, and how long it took."""

    status: int
    location: str
    text: str
    seconds: float
    cookies: dict[str, str] = field(default_factory=dict)
    tag: str = ""


class Lost(Exception):
    """The connection ended before the answer was there: whether it was done, nobody can tell."""


class Browser:
    """One person's, signed in by the session that is given."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.cookies = {"sessionid": session}
        self.line = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE_SECONDS)
        self.token = ""
        self.used_at = 0.0

    def get(self, path: str, *, tag: str = "") -> Answer:
        """A page; with the tag of the one that is at hand, 304 while it is the same."""
        return self._send("GET", path, None, {"If-None-Match": tag} if tag else {})

    def read_form(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's form, and the token of its session for the forms to come."""
        page = self.get(path)
        if page.status != http.client.OK:
            raise RuntimeError(f"{path}: {page.status}")
        hidden = dict(FIELD.findall(page.text))
        self.token = hidden.pop("csrfmiddlewaretoken")
        return hidden

    def post(self, path: str, fields: dict[str, object]) -> Answer:
        """Send a form with the session's token.

        Raises:
            Lost: no answer came.
        """
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **fields}), {})

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self._connect()
            self.line.request(method, path, body, headers)
            response = self.line.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.line.close()
            raise Lost(path) from error
        seconds = time.perf_counter() - began
        given: dict[str, str] = {}
        for header in response.headers.get_all("Set-Cookie", []):
            given |= {name: one.value for name, one in SimpleCookie(header).items()}
        # What a page says once is read from the answer; the session and the token stay.
        self.cookies |= {name: value for name, value in given.items() if name != "messages"}
        tag = response.headers.get("ETag", "")
        return Answer(response.status, response.headers.get("Location", ""), text, seconds, given, tag)

    def hang_up(self) -> None:
        """Have the next request open a connection of its own."""
        self.line.close()

    def _connect(self) -> None:
        if time.monotonic() - self.used_at > IDLE_SECONDS:
            self.hang_up()
        self.used_at = time.monotonic()
        if self.line.sock is None:
            self.line.connect()
