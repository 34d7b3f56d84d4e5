"""A visitor without JavaScript: pages, cookies and forms over HTTP, with the standard library alone."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import NamedTuple

TIMEOUT = 15


class Page(NamedTuple):
    """What came back, after redirects."""

    status: int
    url: str
    html: str


class Form:
    """A form of a page that changes something: where it goes, and what it holds before anybody types."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: list[tuple[str, str]] = []


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.every: list[Form] = []
        self.forms: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form(given)
        elif self.every and tag == "input":
            self._input(given)
        elif tag == "select":
            self.select = given.get("name", "")
        elif self.every and tag == "option" and "selected" in given:
            self.every[-1].fields.append((self.select, given.get("value", "")))

    def _form(self, given: dict[str, str]) -> None:
        form = Form(given.get("action", ""))
        self.every.append(form)
        if given.get("method", "get").lower() == "post":
            self.forms.append(form)

    def _input(self, given: dict[str, str]) -> None:
        chosen = given.get("type") != "image" and (given.get("type") not in ("checkbox", "radio") or "checked" in given)
        if given.get("name") and chosen:
            self.every[-1].fields.append((given["name"], given.get("value", "")))


class Browser:
    """One visitor, with a jar of cookies of their own."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.page = Page(0, base, "")
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        """Open a page, redirects followed."""
        return self._open(urllib.request.Request(self._url(path)))  # noqa: S310  # our own loopback address

    def submit(self, action: str = "", /, **typed: str | list[str]) -> Page:
        """Send the form of the page shown whose action ends so (or the page's own), with what is typed in it.

        Raises:
            LookupError: the page has no such form.
        """
        form = self._form(action)
        kept = [(name, value) for name, value in form.fields if name not in typed]
        entered = [(name, value) for name, values in typed.items() for value in _listed(values)]
        body = urllib.parse.urlencode(kept + entered).encode()
        headers = {"Referer": self.page.url}
        target = urllib.parse.urljoin(self.page.url, form.action)
        return self._open(urllib.request.Request(target, body, headers))  # noqa: S310

    def _form(self, action: str) -> Form:
        reader = _FormReader()
        reader.feed(self.page.html)
        for form in reader.forms:
            path = urllib.parse.urlsplit(urllib.parse.urljoin(self.page.url, form.action)).path
            wanted = action or urllib.parse.urlsplit(self.page.url).path
            if path.endswith(wanted):
                return form
        raise LookupError(f"no form to {action or 'itself'} on {self.page.url}")

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self.opener.open(request, timeout=TIMEOUT) as response:
                self.page = Page(response.status, response.url, response.read().decode())
        except urllib.error.HTTPError as error:
            self.page = Page(error.code, error.url or request.full_url, error.read().decode(errors="replace"))
        return self.page


def _listed(values: str | list[str]) -> list[str]:
    return values if isinstance(values, list) else [values]
