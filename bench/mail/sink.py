"""An SMTP server that writes down what it accepted and misbehaves as told. Run as `-m bench.mail.sink PORT FILE`.

Each line of its standard input is an order, answered by a line once it is followed; it ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
import weakref
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatch
from itertools import count
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK"
LOOPBACK = "127.0.0.1"
# Turns of the loop enough to write the answers that are under way.
ANSWERED_SECONDS = 0.02
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Orders:
    """How to behave. Recipients are named by a pattern of the shell."""

    listening: bool = True
    delay: float = 0
    """Seconds from the final dot to the answer."""
    thought: float = 0
    """Seconds that it takes to answer to RCPT."""
    answers: dict[str, str] = field(default_factory=dict)
    """Pattern of a recipient → what is answered to RCPT."""
    cut: str = ""
    """To these the line is dropped after DATA, once each, and nothing is kept."""
    lost: str = ""
    """To these the line is dropped after DATA, once each, although the message is kept."""


@dataclass
class Taken:
    """One accepted envelope: a line of the file."""

    message_id: str
    recipient: str
    connection: int
    turn: int
    """Which message of its connection: was it followed by another?"""
    process: int
    """The process at the other end."""
    begun_at: float
    dot_at: float
    at: float
    answer_lost: bool


@dataclass
class Line:
    """A connection, who speaks on it, and where it is."""

    number: int
    process: int
    turn: int = 0
    begun_at: float = 0


class Sink:
    """Writes a line for each envelope that it answers for, before it answers."""

    def __init__(self, port: int, file: Path) -> None:
        self.port = port
        self.orders = Orders()
        self.server: asyncio.Server | None = None
        self.servers: weakref.WeakSet[SMTP] = weakref.WeakSet()
        self.lines: weakref.WeakKeyDictionary[Session, Line] = weakref.WeakKeyDictionary()
        self.dropped: set[str] = set()
        self.connections = count(1)
        # Unbuffered: a line is in the file, or the message was not accepted.
        self.file = file.open("ab", buffering=0)

    async def follow(self, order: dict[str, Any]) -> None:
        self.orders = Orders(**{**asdict(self.orders), **order})
        if self.orders.listening and self.server is None:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(self.new_line, LOOPBACK, self.port)
        elif not self.orders.listening and self.server is not None:
            self.server.close()
            self.server = None
            # What was accepted under the former orders is still answered: it does not count as lost.
            await asyncio.sleep(ANSWERED_SECONDS)
            for one in list(self.servers):
                drop(one)

    def new_line(self) -> SMTP:
        server = SMTP(self, enable_SMTPUTF8=True, hostname="sink")
        self.servers.add(server)
        return server

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name, as below
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """The process at the other end waits for this answer, so it can be found."""
        session.host_name = hostname
        port = int(cast("tuple[str, int]", session.peer)[1])
        self.lines[session] = Line(next(self.connections), process_of(port, self.port))
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        line = self.lines[session]
        line.turn, line.begun_at = line.turn + 1, time.time()
        return ACCEPTED

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.orders.thought:
            await asyncio.sleep(self.orders.thought)
        for pattern, answer in self.orders.answers.items():
            if fnmatch(address, pattern):
                return answer
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> Awaitable[str]:
        """Goes on when the other end dies: aiosmtpd would cancel it, and hide that the message was accepted."""
        return asyncio.shield(asyncio.ensure_future(self.take(server, session, envelope)))

    async def take(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # The other end may be gone, and its line with it, when the delay is over.
        line, dot_at = replace(self.lines[session]), time.time()
        [recipient] = envelope.rcpt_tos
        if self.drops(recipient, self.orders.cut):
            drop(server)
            return ACCEPTED
        if self.orders.delay:
            await asyncio.sleep(self.orders.delay)
        # When we took the line down meanwhile, nobody will hear that the message was accepted.
        answer_lost = self.drops(recipient, self.orders.lost) or not self.orders.listening
        found = MESSAGE_ID.search(cast("bytes", envelope.content))
        taken = Taken(
            message_id=found[1].decode() if found else "",
            recipient=recipient,
            connection=line.number,
            turn=line.turn,
            process=line.process,
            begun_at=line.begun_at,
            dot_at=dot_at,
            at=time.time(),
            answer_lost=answer_lost,
        )
        self.file.write(json.dumps(asdict(taken)).encode() + b"\n")
        if answer_lost:
            drop(server)
        return ACCEPTED

    def drops(self, recipient: str, pattern: str) -> bool:
        """Whether this recipient's line is to be dropped, which happens once."""
        drops = bool(pattern) and recipient not in self.dropped and fnmatch(recipient, pattern)
        if drops:
            self.dropped.add(recipient)
        return drops


def drop(server: SMTP) -> None:
    """End a connection without a word."""
    if server.transport is not None:
        cast("asyncio.Transport", server.transport).abort()


def process_of(port: int, to_port: int) -> int:
    """Which process of this machine speaks from this port of loopback; 0: none that we may see."""
    ours, theirs = f"0100007F:{port:04X}", f"0100007F:{to_port:04X}"
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = row.split()
        if columns[1:3] == [ours, theirs]:
            return holder_of(f"socket:[{columns[9]}]")
    return 0


def holder_of(socket: str) -> int:
    """The youngest process that holds this socket."""
    for process in sorted((int(one) for one in os.listdir("/proc") if one.isdigit()), reverse=True):  # noqa: PTH208
        if socket in open_files(process):
            return process
    return 0


def open_files(process: int) -> list[str]:
    folder, found = f"/proc/{process}/fd", []
    with suppress(OSError):  # it ended meanwhile, or is somebody else's
        for number in os.listdir(folder):  # noqa: PTH208  # of every process: no objects
            with suppress(FileNotFoundError):  # closed meanwhile
                found.append(os.readlink(f"{folder}/{number}"))  # noqa: PTH115
    return found


async def serve(port: int, file: Path) -> None:
    sink = Sink(port, file)
    await sink.follow({})
    reader = asyncio.StreamReader(limit=2**20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        sys.stdout.write("followed\n")
        sys.stdout.flush()
        line = await reader.readline()
        if not line:
            break
        await sink.follow(json.loads(line))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
