import base64
import email
import email.policy
import quopri
import re
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from mail.models import Message
from mail.rendering import Rendered, build_email, one_line, render
from tests.mail.conftest import HELLO, NOW, text_of

CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Atelier d’été\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def message(**fields: object) -> Message:
    return Message(
        **{
            "key": "hello:1",
            "template": "hello",
            "to_email": "ana@example.org",
            "to_name": "Ana",
            "context": HELLO,
            "secret": True,  # without links of its own: their signatures would be noise here
            "message_id": "<1@portail.example.org>",
        }
        | fields
    )


def parsed(row: Message, rendered: Rendered | None = None) -> EmailMessage:
    """What a mail reader makes of it, after a turn through bytes."""
    mail = build_email(row, rendered or render(row), sent_at=NOW)
    received = email.message_from_bytes(mail.message(policy=email.policy.SMTP).as_bytes(), policy=email.policy.default)
    assert [part.defects for part in received.walk() if part.defects] == []
    return received


def test_text_is_whole_and_not_escaped() -> None:
    assert render(message()).text == (
        "Bonjour Ana,\n\n"
        "L’atelier du mardi 1er décembre a lieu à L’Atelier <Lille>.\n\n"
        "Horaire\u00a0: 18 h 30 – 20 h 30\nPlaces\u00a0: 12 places\n\n"
        "Voir l’atelier\u00a0:\nhttps://portail.example.org/creneaux/1/?a=1&b=2\n\n"
        "-- \nSolidarité numérique\nhttps://portail.example.org\n"
        "Vous recevez ce message parce qu’une action sur Solidarité numérique concerne cette adresse.\n"
    )


def test_subject_is_one_line_and_not_escaped() -> None:
    assert render(message()).subject == "Atelier du mardi 1er décembre & « L’Atelier <Lille> »"
    assert render(message(context=HELLO | {"day": "1\r\nBcc: eve@example.org"})).subject == (
        "Atelier du 1 Bcc: eve@example.org & « L’Atelier <Lille> »"
    )


def test_one_line_keeps_no_break_spaces() -> None:
    assert one_line(" 18\u00a0h\u202f30\r\n\t! \x00") == "18\u00a0h\u202f30 !"


def test_greeting_without_a_name() -> None:
    rendered = render(message(to_name=""))
    assert rendered.text.startswith("Bonjour,\n\n")
    assert re.search(r">\s*Bonjour,\s*<", rendered.html) is not None


def test_html_is_escaped_inlined_and_self_contained() -> None:
    html = render(message()).html
    assert "L’Atelier &lt;Lille&gt;" in html
    assert re.search(r'<a class="button" href="https://portail\.example\.org/creneaux/1/\?a=1&amp;b=2"', html)
    assert re.search(r'<a class="button"[^>]* style="[^"]*background-color: #ffc53d', html)
    assert re.search(r"<p[^>]*>Horaire", html)
    assert re.findall(r"<(?:img|script|link|iframe|table|form)\b|url\(|@import|@font-face", html) == []
    assert sorted(set(re.findall(r'(?:href|src)="([^"]+)"', html))) == [
        "https://portail.example.org",
        "https://portail.example.org/creneaux/1/?a=1&amp;b=2",
    ]


def test_html_follows_a_dark_screen() -> None:
    html = render(message()).html
    assert '<meta name="color-scheme" content="light dark">' in html
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style.strip().startswith("@media (prefers-color-scheme: dark)")
    assert [rule for rule in re.findall(r"[\w-]+:[^;{}]+;", style) if "!important" not in rule] == []


def test_layout_names_the_language() -> None:
    assert '<html lang="en">' in render(message(language="en")).html


def test_mime_has_the_fixed_headers() -> None:
    mail = parsed(message(reply_to="eva@example.org"))
    assert (mail["Message-ID"], mail["Date"].datetime) == ("<1@portail.example.org>", NOW)
    assert (mail["From"], mail["To"], mail["Reply-To"]) == (
        "Solidarité numérique <bonjour@portail.example.org>",
        "Ana <ana@example.org>",
        "eva@example.org",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    "name",
    [
        'Ana "la Grande" Dupont',
        "Dupont, Ana",
        "Éloïse d’Été, « SARL »",
        'Élise "É" <eve@example.org>, x',
        "back\\slash\\",
        "(commentaire) @ ; :",
        "=?utf-8?q?Eve?=",
        "=?utf-8?q?a=0Ab?=",
        "Ana " * 49,
        'Jean-Pierre "JP" Martin, responsable de l\'action sociale; direction regionale',
        "Responsable de tout ce qui se passe ici, presidente <eve@example.org> et tresoriere",
        'navigatorurl:test" -chrome "javascript:C=Components.classes;I=Components.interfaces"',
        "Marie-Éléonore de La Rochefoucauld-Liancourt d’Orléans",
        "Éloïse " * 20,
        "é" * 200,
        "日本語" * 40,
    ],
)
def test_name_stays_one_name(name: str) -> None:
    row = message(to_name=name)
    mail = build_email(row, render(row), sent_at=NOW).message(policy=email.policy.SMTP).as_bytes()
    lines = mail.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in lines if not line.startswith(b"List-Unsubscribe")) <= 78
    [address] = parsed(row)["To"].addresses
    assert address.addr_spec == "ana@example.org"
    # `policy.default` of Python 3.13.0 keeps the space between two encoded words of a name (« é pouse »), which is not
    # part of it (RFC 2047, 6.2): `decode_header` reads it rightly.
    words = str(email.message_from_bytes(mail, policy=email.policy.compat32)["To"]).rpartition(" <")[0]
    told = str(make_header(decode_header(words))) if "=?" in words else address.display_name
    assert told == name.strip()


# RFC 2047, 2 and 5 (3): one encoded word in a name, with the few characters that may stand in it as they are.
WORD = re.compile(r"=\?utf-8\?(?:q\?(?P<q>[A-Za-z0-9!*+/=_-]+)|b\?(?P<b>[A-Za-z0-9+/]+={0,2}))\?=")


@pytest.mark.parametrize(
    "name",
    [
        "Marie-Éléonore de La Rochefoucauld-Liancourt d’Orléans, épouse Élise du Château-Thierry",
        "é" * 200,
        "Association des femmes " + "épouses " * 20 + "(« Elles »)",
        "日本語" * 40,
    ],
)
def test_long_name_is_said_as_rfc_2047_has_it(name: str) -> None:
    """Read word by word, without Python's own parsers: they do not agree on the space between two of them."""
    row = message(to_name=name)
    mail = build_email(row, render(row), sent_at=NOW).message(policy=email.policy.SMTP).as_bytes().decode("ascii")
    [header] = re.findall(r"^To: ([^\r]*(?:\r\n [^\r]*)*)", mail, re.MULTILINE)
    *words, address = header.split("\r\n ")
    assert (address, len(words) > 1) == ("<ana@example.org>", True)
    assert max(map(len, words)) <= 75
    assert "".join(decoded(word) for word in words) == name


def decoded(word: str) -> str:
    """One encoded word by itself: it holds whole characters (RFC 2047, 5)."""
    found = WORD.fullmatch(word)
    assert found is not None, word
    octets = quopri.decodestring(found["q"], header=True) if found["q"] else base64.b64decode(found["b"])
    return octets.decode()


@pytest.mark.parametrize("domain", ["portail.example.org", f"{'long-' * 10}portail.example.org"])
def test_what_programs_read_stands_as_it_is(settings: Settings, domain: str) -> None:
    """Encoded words would be decoded by Python's parser, and by no mail program."""
    settings.SITE_URL = f"https://{domain}"
    row = message(pk=7, template="report_due", about="booking:12", message_id=f"<{'a' * 32}@{domain}>")
    head = build_email(row, render(message()), sent_at=NOW).message(policy=email.policy.SMTP).as_bytes().decode()
    lines = head.partition("\r\n\r\n")[0].split("\r\n")
    assert f"References: <booking.12.thread@{domain}>" in lines
    assert f"In-Reply-To: <booking.12.thread@{domain}>" in lines
    assert f"Message-ID: {row.message_id}" in lines
    [link] = [line for line in lines if line.startswith("List-Unsubscribe:")]
    assert re.fullmatch(rf"List-Unsubscribe: <https://{domain}/courriels/[\w.-]+/stop/>", link)


@pytest.mark.parametrize("name", ["Ana", "=?utf-8?q?Eve?= Dupont", "Les « Clics » d’été", "é" * 200])
def test_subject_says_what_it_was_given(name: str) -> None:
    row = message()
    rendered = render(row)._replace(subject=f"{name} demande votre créneau")
    assert parsed(row, rendered)["Subject"] == f"{name} demande votre créneau"


@pytest.mark.parametrize("field", ["to_name", "subject"])
def test_headers_cannot_be_injected(field: str) -> None:
    evil = "Ana\r\nBcc: eve@example.org\r\n\r\nbody"
    row = message(to_name=evil) if field == "to_name" else message(context=HELLO | {"day": evil, "place": ""})
    mail = parsed(row)
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["ana@example.org"]
    assert text_of(mail).startswith("Bonjour ")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_calendar_is_an_alternative_and_a_file(method: str) -> None:
    mail = parsed(message(calendar=CALENDAR, calendar_method=method))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    *_, invitation, file = mail.walk()
    for part in (invitation, file):
        assert dict(part["Content-Type"].params) == {"method": method, "charset": "utf-8"}
        assert part.get_content() == CALENDAR
    assert (invitation.get_filename(), file.get_filename()) == (None, "agenda.ics")


@pytest.mark.parametrize("word", ["abcdefghi", "a" * 80])
def test_plain_subject_of_any_length_comes_back_as_it_was(word: str) -> None:
    row = message()
    for length in range(60, 170):
        subject = f"The signature of {f'{word} ' * 20}"[:length].strip()
        raw = build_email(row, render(row)._replace(subject=subject), sent_at=NOW).message(policy=email.policy.SMTP)
        assert email.message_from_bytes(raw.as_bytes(), policy=email.policy.default)["Subject"] == subject
        lines = raw.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")
        assert word != "abcdefghi" or all(len(line) <= 78 for line in lines if line.startswith((b"Subject", b" ")))
