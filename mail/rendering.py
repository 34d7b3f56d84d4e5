"""From a message of the outbox to what is sent: subject, text, HTML and MIME. No query, no clock."""

from __future__ import annotations

import datetime as dt
import re
from email.header import Header
from email.message import EmailMessage as MimeMessage
from email.message import MIMEPart
from email.policy import default as default_policy
from email.utils import format_datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import translation

from mail import links
from mail.kinds import may_be_refused
from mail.models import Message

RESERVED_NAMES = frozenset(
    {"site_name", "site_url", "recipient_name", "subject", "language", "preferences_url", "unsubscribe_url"}
)
CALENDAR_FILE_NAME = "agenda.ics"

# Whatever could end a header line; the no-break spaces of French typography stay.
BREAKS = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What needs neither quotes nor words (RFC 5322, 3.2.3), and leaves room on its line.
PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?:[ '-][A-Za-z0-9]+)*")
LONGEST_PLAIN_NAME = 60
# RFC 5322, 2.1.1.
LONGEST_LINE = 78
# RFC 2047, 2: a line that holds an encoded word, which has 75 characters at most.
LONGEST_LINE_OF_WORDS = 76
# Headers whose values no program decodes: they stand as they are, on one line however long.
TOKENS = ("Message-ID", "References", "In-Reply-To", "List-Unsubscribe")


class Rendered(NamedTuple):
    """What the reader gets: a subject of one line, and the same words twice."""

    subject: str
    text: str
    html: str


def render(message: Message) -> Rendered:
    """Fill the three templates `mail/<template>.subject.txt`, `.txt` and `.html`, in the message's language.

    The text is not escaped, the HTML is; its styles stand in its elements (`mail.styles`).
    Raises whatever the templates raise: they are ours, and a broken one is a fault to repair.
    """
    values = {
        **message.context,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "recipient_name": message.to_name,
        "language": message.language,
        "preferences_url": "" if message.secret else links.preferences_url(message),
        "unsubscribe_url": links.unsubscribe_url(message) if may_be_refused(message.template) else "",
    }
    name = f"mail/{message.template}"
    with translation.override(message.language):
        values["subject"] = subject = one_line(fill(f"{name}.subject.txt", values, autoescape=False))
        text = fill(f"{name}.txt", values, autoescape=False).strip() + "\n"
        html = fill(f"{name}.html", values, autoescape=True)
    return Rendered(subject, text, html)


def fill(name: str, values: dict[str, object], *, autoescape: bool) -> str:
    """One template with its values, without a request."""
    return Engine.get_default().get_template(name).render(Context(values, autoescape=autoescape))


def one_line(text: str) -> str:
    """The text without line breaks and control characters, fit for a header."""
    return BREAKS.sub(" ", text).strip()


class Letter(EmailMultiAlternatives):
    """A mail to one person, whose name and subject come back as they were meant.

    Python's own folding adds and loses spaces in long names, drops their quotes, takes a name that looks like an
    encoded word for one, and encodes what is too long for a line, such as an address of the web, which nobody decodes.
    """

    recipient_name = ""

    def message(self, *, policy: Any = default_policy) -> MimeMessage:
        built = super().message(policy=policy.clone(refold_source="none"))
        for name in TOKENS:
            if value := self.extra_headers.get(name):
                set_raw(built, name, str(value))
        subject = str(self.subject)
        set_raw(built, "Subject", encoded_words(subject) if needs_words(subject) else folded(subject))
        if self.recipient_name:
            [address] = built["To"].addresses
            set_raw(built, "To", named(self.recipient_name, address.addr_spec))
        return built


def build_email(message: Message, rendered: Rendered, *, sent_at: dt.datetime) -> Letter:
    """The MIME message. The Message-ID is the row's, so that a second attempt is known as such."""
    reply_to = message.reply_to or settings.OPERATOR_EMAIL
    email = Letter(
        rendered.subject,
        rendered.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to_email],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(sent_at),
            "Auto-Submitted": "auto-generated",
            **thread_headers(message),
            **unsubscribe_headers(message),
        },
    )
    email.recipient_name = one_line(message.to_name)
    email.attach_alternative(rendered.html, "text/html")
    if message.calendar:
        # The alternative makes mail readers show buttons; the file serves the others.
        email.attach_alternative(message.calendar, f"text/calendar; method={message.calendar_method}")
        email.attach(calendar_file(message))
    return email


def thread_headers(message: Message) -> dict[str, str]:
    """What makes a reader's program show all messages about one thing as one thread (RFC 5322, 3.6.4).

    The root is no message that anybody sent: every one answers to it, so that their order does not matter.
    """
    thread = message.thread or message.about
    if not thread:
        return {}
    root = f"<{thread.replace(':', '.')}.thread@{message.message_id.strip('<>').rpartition('@')[2]}>"
    return {"References": root, "In-Reply-To": root}


def unsubscribe_headers(message: Message) -> dict[str, str]:
    """What lets a reader's program refuse mail of this kind in one click (RFC 2369, RFC 8058), where one may."""
    if not may_be_refused(message.template):
        return {}
    return {
        "List-Unsubscribe": f"<{links.unsubscribe_url(message)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def set_raw(built: MimeMessage, name: str, value: str) -> None:
    """A header as it stands: its lines are folded and encoded already."""
    del built[name]
    built.set_raw(name, value)


def named(name: str, address: str) -> str:
    """An address with its name: one with quotes, commas or accents stays one name."""
    is_plain = len(name) <= LONGEST_PLAIN_NAME and PLAIN_NAME.fullmatch(name)
    shown = name if is_plain else encoded_words(name)
    return f"{shown}\r\n <{address}>"


def needs_words(text: str) -> bool:
    """Whether it is anything but plain letters that nobody takes for an encoded word."""
    return not text.isascii() or "=?" in text


def folded(text: str, *, room: int = LONGEST_LINE - len("Subject: ")) -> str:
    """The text in lines of at most 78 characters where its spaces allow it; unfolded it is the same again."""
    if len(text) <= room:
        return text
    end = text.rfind(" ", 1, room + 1)
    end = end if end > 0 else text.find(" ", room)
    return text if end < 0 else f"{text[:end]}\r\n{folded(text[end:], room=LONGEST_LINE)}"


def encoded_words(text: str) -> str:
    """The text as encoded words of at most 75 characters (RFC 2047), each on a line of its own."""
    header = Header(text, "utf-8", header_name="Subject", maxlinelen=LONGEST_LINE_OF_WORDS)
    return header.encode(linesep="\r\n")


def calendar_file(message: Message) -> MIMEPart:
    """The calendar as an attached file (RFC 5545), its method repeated (RFC 6047)."""
    part = MIMEPart()
    part.set_content(
        message.calendar.encode(),
        maintype="text",
        subtype="calendar",
        disposition="attachment",
        filename=CALENDAR_FILE_NAME,
        params={"method": message.calendar_method, "charset": "utf-8"},
    )
    return part
