"""How fast mail is rendered, delivered and claimed, each against its limit in the same run, turn and turn about."""

from __future__ import annotations

import datetime as dt
import email.policy
import smtplib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.synchronize import Barrier
from statistics import median
from typing import Any, NamedTuple

import pgtrigger
from django.core.mail import EmailMessage
from rich.console import Console
from rich.progress import Progress

from bench.database import copy_to, count_rows, use
from bench.mail import prefork
from bench.mail.machine import Machine, machine
from bench.mail.messages import FACTS, PLAIN, post
from bench.mail.sink import LOOPBACK
from solidarite.embedded.addresses import DATABASE_NAME

Measure = dict[str, Any]
Mail = EmailMessage | tuple[list[str], bytes]

# As the worker of a demonstration.
WORKERS, CONNECTIONS = 1, 2
SERVER_SECONDS = 0.02
TURN_SECONDS_AT_MOST = 120
WITHOUT_SENT, AT_ONCE = "without_sent", 50_000


class Size(NamedTuple):
    """How much of everything."""

    rounds: int
    renders: int
    deliveries: int
    claims: int
    sent_rows: int


FULL = Size(rounds=9, renders=200, deliveries=400, claims=200, sent_rows=1_000_000)
QUICK = Size(rounds=3, renders=100, deliveries=100, claims=50, sent_rows=50_000)


def measure(*, quick: bool) -> Iterator[Measure]:
    size = QUICK if quick else FULL
    with machine(debug=False) as ours, Progress(console=Console(stderr=True), transient=True) as progress:
        yield _rendering(size, progress)
        yield from _delivery(ours, size, progress)
        yield _claiming(size, progress)


def _turns(
    ours: Callable[[], float], limit: Callable[[], float], rounds: int, progress: Progress, name: str
) -> tuple[list[float], list[float]]:
    """What both measured in each round; the first one warms up and is not counted."""
    ours(), limit()
    pairs = [(ours(), limit()) for _ in progress.track(range(rounds), description=name)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _ratio(ours: Iterable[float], limit: Iterable[float]) -> float:
    return round(median(one / other for one, other in zip(ours, limit, strict=True)), 2)


# --- Rendering ---------------------------------------------------------------------------------------------


def _rendering(size: Size, progress: Progress) -> Measure:
    """A second of the processor, not of the wall: others may share it."""
    from mail.models import Message  # noqa: PLC0415
    from mail.rendering import render  # noqa: PLC0415

    templates = ("booking_confirmed", "workshop_reminder")
    mails = [
        Message(
            pk=number, template=name, to_email="ana@example.org", to_name="Ana", context=FACTS, message_id="<1@a.org>"
        )
        for number, name in enumerate(templates, 1)
    ]
    bare = [_bare(mail) for mail in mails]

    def rate(deeds: list[Callable[[], object]]) -> float:
        began = time.process_time()
        for _ in range(size.renders):
            for deed in deeds:
                deed()
        return size.renders * len(deeds) / (time.process_time() - began)

    ours, limit = _turns(
        lambda: rate([lambda mail=mail: render(mail) for mail in mails]),  # type: ignore[misc]
        lambda: rate(list(bare)),
        size.rounds,
        progress,
        "rendering",
    )
    return {
        "name": "mail.render",
        "value": round(median(ours)),
        "unit": "messages a second of processor",
        "reference": {"name": "their three templates alone", "value": round(median(limit))},
        "ratio": _ratio(ours, limit),
        "asked": "≥ 0.8",
        "n": size.rounds * size.renders * len(templates),
        "notes": "with the links, the styles moved into the elements and the language, against templates ready to fill",
    }


def _bare(mail: Any) -> Callable[[], object]:
    """Fills the three templates with values that are there already."""
    from django.conf import settings  # noqa: PLC0415
    from django.template import Context, Engine  # noqa: PLC0415

    from mail import links  # noqa: PLC0415

    values = {
        **mail.context,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "recipient_name": mail.to_name,
        "language": "fr",
        "subject": "Rappel",
        "preferences_url": links.preferences_url(mail),
        "unsubscribe_url": links.unsubscribe_url(mail) if mail.template == "workshop_reminder" else "",
    }
    engine = Engine.get_default()
    parts = [
        (engine.get_template(f"mail/{mail.template}.{end}"), end == "html") for end in ("subject.txt", "txt", "html")
    ]
    return lambda: [template.render(Context(values, autoescape=escaped)) for template, escaped in parts]


# --- Delivery ----------------------------------------------------------------------------------------------


def _delivery(ours: Machine, size: Size, progress: Progress) -> Iterator[Measure]:
    """Against a loop that turns ready messages into bytes, which decides, then against one that has the bytes."""
    ours.start_parts(workers=WORKERS, beats=0, debug=False)
    while not all(worker.ready for worker in ours.workers):
        time.sleep(0.1)
    ours.server.order(delay=SERVER_SECONDS)
    turn = Turn(ours, size.deliveries)
    through, bare = _turns(turn.through_us, turn.by_smtp_alone, size.rounds, progress, "delivery")
    beside, ready = _turns(turn.through_us, turn.by_ready_bytes, size.rounds, progress, "delivery of bytes")
    ours.stop_parts()
    same = f"{CONNECTIONS} connections each; the server answers {SERVER_SECONDS * 1000:.0f} ms after the final dot"
    yield {
        **_speeds("mail.delivery", through, bare, size),
        "reference": {"name": "a loop that serialises and speaks SMTP", "value": round(median(bare), 1)},
        "asked": "≥ 0.7",
        "notes": f"{same}; the loop turns ready messages into bytes and sends them",
    }
    yield {
        **_speeds("mail.delivery_over_ready_bytes", beside, ready, size),
        "reference": {"name": "a loop that only speaks SMTP", "value": round(median(ready), 1)},
        "notes": f"{same}; the loop has the bytes already; in rounds of its own",
    }


def _speeds(name: str, ours: list[float], limit: list[float], size: Size) -> Measure:
    """What both measures of delivery have in common."""
    return {
        "name": name,
        "value": round(median(ours), 1),
        "unit": "messages a second",
        "ratio": _ratio(ours, limit),
        "n": size.rounds * size.deliveries,
    }


class Turn:
    """So many messages through the outbox and its workers, or through as many processes that only speak SMTP."""

    def __init__(self, ours: Machine, count: int) -> None:
        self.machine = ours
        self.count = count
        self.turns = 0

    def through_us(self) -> float:
        from mail.tasks import deliver  # noqa: PLC0415

        self.turns += 1
        # Due once all are there: until then nobody is woken.
        due_at = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=0.5 + self.count / 200)
        post(f"turn{self.turns}", [PLAIN] * self.count, now=dt.datetime.now(tz=dt.UTC), due_at=due_at)
        time.sleep(max(0, (due_at - dt.datetime.now(tz=dt.UTC)).total_seconds()))
        return self._rate(lambda: [deliver.delay() for _ in range(CONNECTIONS)])

    def by_smtp_alone(self) -> float:
        return self._by_smtp(self._mails())

    def by_ready_bytes(self) -> float:
        return self._by_smtp([(mail.to, as_bytes(mail)) for mail in self._mails()])

    def _by_smtp(self, mails: Sequence[Mail]) -> float:
        port = self.machine.server.port
        shares = [mails[number::CONNECTIONS] for number in range(CONNECTIONS)]
        together = prefork.barrier(CONNECTIONS + 1)
        processes = [prefork.start(speak_smtp, port, share, together) for share in shares]
        speed = self._rate(together.wait)
        for process in processes:
            process.join()
        return speed

    def _rate(self, begin: Callable[[], object]) -> float:
        """Messages a second, from the first word of the first to the answer for the last."""
        ledger, deadline = self.machine.ledger, time.monotonic() + TURN_SECONDS_AT_MOST
        taken = len(ledger.taken)
        begin()
        while len(ledger.taken) < taken + self.count:
            time.sleep(0.02)
            ledger.read()
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(ledger.taken) - taken} of {self.count} messages arrived.")
        turn = ledger.taken[taken:]
        return self.count / (max(one.at for one in turn) - min(one.begun_at for one in turn))

    def _mails(self) -> list[EmailMessage]:
        """What the last turn through us sent, ready but for its bytes."""
        from mail.models import Message  # noqa: PLC0415
        from mail.rendering import Rendered, build_email  # noqa: PLC0415

        now = dt.datetime.now(tz=dt.UTC)
        rows = Message.objects.filter(key__startswith=f"turn{self.turns}:")
        return [build_email(row, Rendered(row.subject, row.text, row.html), sent_at=now) for row in rows]


def speak_smtp(port: int, mails: Sequence[Mail], together: Barrier) -> None:
    """Once all are there: turn each into bytes, unless it is, and send it."""
    together.wait()
    with smtplib.SMTP(LOOPBACK, port, local_hostname="bench") as line:
        for mail in mails:
            to, content = (mail.to, as_bytes(mail)) if isinstance(mail, EmailMessage) else mail
            line.sendmail("bonjour@solidarite.example.org", to, content)


def as_bytes(mail: EmailMessage) -> bytes:
    return mail.message(policy=email.policy.SMTP).as_bytes()


# --- Claiming ----------------------------------------------------------------------------------------------

SENT_ROWS = """
INSERT INTO mail_message (
    key, template, to_email, to_name, language, context, about, reply_to, calendar, calendar_method, secret, priority,
    on_behalf_of, turn_at, message_id, created_at, due_at, next_attempt_at, last_error, state, sent_at
)
SELECT 'sent:' || n, 'booking_confirmed', 'p' || n %% 50000 || '@example.org', 'Ana', 'fr', '{}', 'booking:' || n / 4,
    '', '', '', false, 5, 'p' || n %% 50000 || '@example.org', at, '<sent' || n || '@example.org>', at, at, at, '',
    'sent', at
FROM generate_series(%(first)s, %(last)s) AS n, LATERAL (SELECT now() - n * interval '30 seconds' AS at) AS instants
"""


def _claiming(size: Size, progress: Progress) -> Measure:
    from django.db import connection  # noqa: PLC0415

    with pgtrigger.ignore("mail.Message:messages_stay"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE mail_message")
    now = dt.datetime.now(tz=dt.UTC)
    # Due later, so that no worker would be woken for them.
    post("claimed", [PLAIN] * (size.claims * (size.rounds + 1)), now=now, due_at=now + dt.timedelta(seconds=1))
    copy_to(WITHOUT_SENT)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for first in progress.track(range(0, size.sent_rows, AT_ONCE), description="sent rows"):
            cursor.execute(SENT_ROWS, {"first": first, "last": first + AT_ONCE - 1})
    for name in (DATABASE_NAME, WITHOUT_SENT):
        use(name)
        count_rows()
    many, none = _turns(
        lambda: _claim(DATABASE_NAME, size.claims),
        lambda: _claim(WITHOUT_SENT, size.claims),
        size.rounds,
        progress,
        "claiming",
    )
    return {
        "name": "mail.claim_growth",
        "value": round(median(many), 3),
        "unit": "ms a claim",
        "reference": {"name": "no sent rows", "value": round(median(none), 3)},
        "ratio": _ratio(many, none),
        "asked": "≤ 1.2",
        "n": size.rounds * size.claims,
        "notes": f"{size.sent_rows} rows of sent messages, whose words are erased, against none; each row claimed is "
        "then marked as sent, outside of the watch",
    }


def _claim(database: str, count: int) -> float:
    """Median milliseconds to find and lock the next message."""
    from django.db import transaction  # noqa: PLC0415

    from mail.delivery import claim  # noqa: PLC0415
    from mail.models import Message  # noqa: PLC0415

    use(database)
    now, times = dt.datetime.now(tz=dt.UTC) + dt.timedelta(minutes=1), []
    for _ in range(count):
        with transaction.atomic():
            began = time.perf_counter()
            message = claim(now)
            times.append((time.perf_counter() - began) * 1000)
            assert message is not None
            Message.objects.filter(pk=message.pk).move(Message.State.SENT, sent_at=now)
    return median(times)
