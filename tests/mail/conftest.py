"""A real mail server that answers as told, templates of our own, and a fixed present."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from pytest_django import Settings

from mail.models import Message
from mail.outbox import Address, post

NOW = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)
ACCEPTED = "250 OK"
DROP = "drop the line"


def already_set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Sink:
    """Takes mail, except where an answer was set: by recipient (RCPT), for the sender (MAIL) or the body (DATA).

    The answer `DROP` closes the connection without a word. `delay` is the seconds that a body takes; when
    `released` is cleared, bodies wait until it is set again.
    """

    port: int = 0
    delay: float = 0
    connections: int = 0
    sender_answer: str = ACCEPTED
    answers: dict[str, str] = field(default_factory=dict)
    body_answers: dict[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=already_set)
    in_hand: threading.Event = field(default_factory=threading.Event)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    async def greet(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def begin(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender_answer

    async def address(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address, ACCEPTED)
        if answer == DROP:
            cast("asyncio.Transport", server.transport).abort()
        envelope.rcpt_tos.append(address)
        return answer

    async def take(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos
        self.in_hand.set()
        await asyncio.sleep(self.delay)
        await asyncio.to_thread(self.released.wait, 10)
        answer = self.body_answers.get(recipient, ACCEPTED)
        if answer == ACCEPTED:
            parsed = email.message_from_bytes(cast("bytes", envelope.content), policy=email.policy.default)
            self.taken.append((recipient, parsed))
        return answer

    handle_EHLO, handle_MAIL, handle_RCPT, handle_DATA = greet, begin, address, take  # noqa: N815  # aiosmtpd's names


class SinkController(Controller):
    """Listens on a port that the system chose."""

    def _trigger_server(self) -> None:
        self.port = cast("asyncio.Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[Sink]:
    sink = Sink()
    controller = SinkController(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.port = controller.port
    use_mail_server(settings, sink.port)
    yield sink
    controller.stop()


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    use_mail_server(settings, port)


def use_mail_server(settings: Settings, port: int) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }


@pytest.fixture(autouse=True)
def own_templates(settings: Settings) -> None:
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]
    settings.DEBUG = False
    settings.SITE_NAME = "Solidarité numérique"
    settings.SITE_URL = "https://portail.example.org"
    settings.DEFAULT_FROM_EMAIL = "Solidarité numérique <bonjour@portail.example.org>"


@pytest.fixture
def tell() -> Callable[..., Message]:
    """Posts a message with what a test does not care about filled in, and reads it back."""

    def tell(key: str = "hello:1", template: str = "hello", **fields: Any) -> Message:
        usual: dict[str, Any] = {"to": Address("ana@example.org", "Ana"), "context": HELLO, "now": NOW}
        with transaction.atomic():
            post(template, key=key, **usual | fields)
        return Message.objects.get(key=key)

    return tell


def text_of(mail: EmailMessage) -> str:
    """The text part, its lines ended as ours are."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


HELLO = {
    "day": "mardi 1er décembre",
    "place": "L’Atelier <Lille>",
    "url": "https://portail.example.org/creneaux/1/?a=1&b=2",
    "facts": [["Horaire", "18 h 30 – 20 h 30"], ["Places", "12 places"]],
}
