"""Every hostile string of a file in every parameter of the search and of what belongs to it, over HTTP.

The file holds a JSON object a line, with the string as `texte`, or as `adresse`. Whatever is typed, the portal answers
with a page, another address, « not found » or what is wrong with it, in bounded time, and never says it back as HTML.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple
from urllib.parse import urlencode

from rich.console import Console
from rich.progress import Progress

from bench.booking.browser import Answer, Browser, Lost
from bench.booking.machine import WORKERS, Machine, machine
from bench.booking.world import sign_in

Measure = dict[str, Any]

CLIENTS = 4
KEYS = ("texte", "adresse")
# The short form takes one string of so many.
ONE_OF = 20
ALLOWED = {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
LISTED = 20
# Shorter markup stands in our own pages.
LEAST_MARKUP = 8
SAVED = "/creneaux/enregistrer/?places=6"
# Pages of who is signed in alone.
OWN = ("/creneaux/enregistrer/", "/creneaux/demander/", SAVED)
PERSON = "association@example.org"
# The string as the name of a parameter.
AS_NAME = "*"


class Asked(NamedTuple):
    """A string at an address, as one of its parameters; `posted`: in a form."""

    address: str
    name: str
    text: str
    posted: bool = False

    @property
    def query(self) -> str:
        pair = {self.text: "1"} if self.name == AS_NAME else {self.name: self.text}
        return urlencode(pair, errors="surrogatepass")

    @property
    def path(self) -> str:
        return f"{self.address}{'&' if '?' in self.address else '?'}{self.query}"

    def __str__(self) -> str:
        return f"{self.address} {self.name}={self.text!r}"


class Told(NamedTuple):
    """What came of it: 0 where the connection ended without an answer."""

    asked: Asked
    status: int
    milliseconds: float
    is_echoed: bool


def parameters() -> dict[str, tuple[str, ...]]:
    """The names of all parameters of each address, and one that none has. Django is set up."""
    from workshops.filters import SlotFilter  # noqa: PLC0415

    search = (*SlotFilter.base_filters, "semaine", "suite", "inconnu", AS_NAME)
    views = ("/creneaux/", "/creneaux/?vue=semaine", "/creneaux/?vue=carte", "/creneaux/?vue=carte&departement=59")
    beside = ("comptes/", "flux.atom", "flux.rss", "agenda.ics", "enregistrer/", "demander/")
    return {
        **dict.fromkeys((*views, *(f"/creneaux/{one}" for one in beside)), search),
        "/demandes/": ("lieu", "rayon", "partout", "apres", "avant", "inconnu", AS_NAME),
        "/communes/": ("q", AS_NAME),
        "/communes/proche/?latitude=50.6": ("longitude",),
        "/communes/proche/?longitude=3.1": ("latitude",),
    }


def strings(file: Path) -> list[str]:
    """Those of a file, each once."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return list(dict.fromkeys(row[key] for row in rows for key in KEYS if key in row))


def measure(*, quick: bool, file: Path) -> Iterator[Measure]:
    """What crashed, what answered otherwise than expected, what was said back as HTML, and how long it took."""
    texts = strings(file)[:: ONE_OF if quick else 1]
    with (
        machine("bench.searching.settings") as ours,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        person = _someone()
        ours.serve()
        _warm(ours.port)
        asked = [
            *(Asked(path, name, text) for path, names in parameters().items() for name in names for text in texts),
            *(Asked(SAVED, name, text, posted=True) for name in ("name", "frequency") for text in texts),
        ]
        step = progress.add_task("hostile", total=len(asked))
        told = []
        for one in _answers(ours, person, asked):
            told.append(one)
            progress.advance(step)
        yield from _measures(told, texts)


def _someone() -> Any:
    """The owner of an association, on the data of the demonstration: most strings mean nothing, and find all of it."""
    from django.core.management import call_command  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed")
    return User.objects.get(email=PERSON)


def _warm(port: int) -> None:
    """Workers read the country's places when they are first asked about one: a new connection meets any of them."""
    for _ in range(4 * WORKERS):
        _unknown(port).get("/creneaux/?lieu=Lille")


def _answers(ours: Machine, person: Any, asked: list[Asked]) -> Iterator[Told]:
    """By several clients at once, half of them signed in; what is theirs alone by those."""
    own = [one for one in asked if one.address in OWN]
    known, unknown = _halves([one for one in asked if one.address not in OWN])
    session = sign_in(person)
    turns = [
        *((Browser(ours.port, session), part) for part in _halves(known + own)),
        *((_unknown(ours.port), part) for part in _halves(unknown)),
    ]
    with ThreadPoolExecutor(CLIENTS) as pool:
        yield from itertools.chain.from_iterable(pool.map(lambda turn: [_ask(turn[0], one) for one in turn[1]], turns))


def _halves(asked: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    return asked[::2], asked[1::2]


def _unknown(port: int) -> Browser:
    browser = Browser(port, "")
    browser.cookies.clear()
    return browser


def _ask(browser: Browser, one: Asked) -> Told:
    try:
        answer = _posted(browser, one) if one.posted else browser.get(one.path)
    except Lost:
        return Told(one, 0, 0.0, is_echoed=False)
    return Told(one, answer.status, answer.seconds * 1000, is_echoed=_is_echoed(one.text, answer))


def _posted(browser: Browser, one: Asked) -> Answer:
    if not browser.token:
        browser.read_form(SAVED)
    fields: dict[str, object] = {"name": "Une recherche", "frequency": "never", one.name: one.text}
    return browser.post(SAVED, fields)


def _is_echoed(text: str, answer: Answer) -> bool:
    """Whether markup that was typed stands in a page as it was typed."""
    return "<" in text and len(text) >= LEAST_MARKUP and "<html" in answer.text and text in answer.text


def _measures(told: list[Told], texts: list[str]) -> Iterator[Measure]:
    crashed = [one for one in told if not one.status or one.status >= HTTPStatus.INTERNAL_SERVER_ERROR]
    others = [one for one in told if not _is_allowed(one.status) and one not in crashed]
    echoed = [one for one in told if one.is_echoed]
    for name, found, asked in (("crashed", crashed, "= 0"), ("other_statuses", others, ""), ("echoed", echoed, "= 0")):
        yield {
            "name": f"hostile.{name}",
            "value": len(found),
            "unit": "answers",
            "n": len(told),
            "notes": "; ".join(f"{one.status} {one.asked}" for one in found[:LISTED]) or f"of {len(texts)} strings",
            **({"asked": asked} if asked else {}),
        }
    times = [one.milliseconds for one in told]
    slowest = max(told, key=lambda one: one.milliseconds)
    yield {
        "name": "hostile.slowest_ms",
        "value": round(slowest.milliseconds, 1),
        "unit": "ms",
        "n": len(told),
        "notes": f"{slowest.asked}; 99 % within {quantiles(times, n=100)[-1]:.1f} ms, {CLIENTS} clients at once",
    }


def _is_allowed(status: int) -> bool:
    return status in ALLOWED or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
