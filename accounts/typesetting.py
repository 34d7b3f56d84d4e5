"""Documents on paper: set in type from the facts of a row, readable aloud, and the same each time."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

logger = logging.getLogger(__name__)

SHARED = Path(__file__).with_name("typesetting.typ")
# Readable aloud (tagged, ISO 14289-1), unless a name has letters that no font of the machine can show: the typesetter
# brings Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and Devanagari along.
ACCESSIBLE: list[Any] = ["ua-1"]


def typeset(template: Path, content: Mapping[str, object], *, code: str, verify_path: str, at: dt.datetime) -> bytes:
    """The PDF of a Typst template, which finds `content` as `data`, after what all documents share.

    The template may show `verification`: `code`, and the page of the portal that verifies it, to scan. `content`
    gives `title` and `code_alt`, what the picture of the code is for who does not see it. `at` is when the document
    says that it was made: the same facts give the same bytes.
    """
    verify_url = settings.SITE_URL + verify_path
    shared = {
        "operator": settings.OPERATOR_NAME or settings.SITE_NAME,
        "site": settings.SITE_NAME,
        "footer": f"{settings.SITE_NAME} · {verify_url}",
        "code": code,
        "code_svg": _to_scan(verify_url),
        "verify_url": verify_url,
    }
    source = SHARED.read_bytes() + template.read_bytes()
    inputs = {"data": json.dumps({**shared, **content}, ensure_ascii=False)}
    try:
        return _compile(source, inputs, ACCESSIBLE, at)
    except typst.TypstError as error:
        logger.warning("Document %s is not readable aloud, and may show boxes for letters: %s", code, error)
        return _compile(source, inputs, [], at)


def _compile(source: bytes, inputs: dict[str, str], standards: list[Any], at: dt.datetime) -> bytes:
    # A PDF holds whole seconds.
    instant = at.replace(microsecond=0)
    made: Any = typst.compile(source, sys_inputs=inputs, pdf_standards=standards, timestamp=instant)
    return bytes(made)


def _to_scan(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, dark="#1a2038")
    return drawn.getvalue().decode()
