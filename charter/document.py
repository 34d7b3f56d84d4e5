"""The signed charter as a PDF: the text as it was signed, who signed, and a code to verify it by."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
import typst
from django.conf import settings
from django.urls import reverse

from charter.markdown import to_blocks
from charter.models import Signature
from territories.wording import counted, long_date, number

TEMPLATE = Path(__file__).with_name("document.typ")
# Readable aloud (tagged, ISO 14289-1), unless a name has letters that no font at hand can show.
ACCESSIBLE: list[Any] = ["ua-1"]


def signed_charter(signature: Signature) -> bytes:
    """The PDF of one signature; made of the row alone, so that it is the same each time."""
    source = TEMPLATE.read_bytes()
    inputs = {"data": json.dumps(_content(signature), ensure_ascii=False)}
    try:
        return _compile(source, inputs, ACCESSIBLE, signature)
    except typst.TypstError:
        return _compile(source, inputs, [], signature)


def _compile(source: bytes, inputs: dict[str, str], standards: list[Any], signature: Signature) -> bytes:
    made: Any = typst.compile(source, sys_inputs=inputs, pdf_standards=standards, timestamp=_whole_second(signature))
    return bytes(made)


def _whole_second(signature: Signature) -> dt.datetime | None:
    """The instant of the signature, as a PDF can hold it."""
    return signature.signed_at.replace(microsecond=0) if signature.signed_at else None


def _content(signature: Signature) -> dict[str, object]:
    version = signature.version
    assert signature.signed_at is not None
    signed = signature.signed_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    verify_url = settings.SITE_URL + reverse("charter:verify", args=[signature.code])
    code = io.BytesIO()
    segno.make(verify_url, error="m").save(code, kind="svg", border=0, dark="#1a2038")
    return {
        "title": f"Charte signée par {signature.company_name}",
        "operator": settings.OPERATOR_NAME or settings.SITE_NAME,
        "site": settings.SITE_NAME,
        "company": signature.company_name,
        "subtitle": f"Charte, version {version.number}, en vigueur depuis le {long_date(version.effective_from_date)}",
        "footer": f"{settings.SITE_NAME} · {verify_url}",
        "blocks": to_blocks(version.text),
        "signed_title": "Signature",
        "facts": [
            {"term": "Signée par", "value": f"{signature.signatory_name}, {signature.signatory_capacity}"},
            {"term": "Le", "value": long_date(signed.date())},
            {"term": "Engagements", "value": _pledges(signature)},
        ],
        "code": signature.code,
        "code_svg": code.getvalue().decode(),
        "code_alt": f"Code à scanner pour vérifier la signature {signature.code}",
        "verify_url": verify_url,
        "hash_label": "Empreinte SHA-256 du texte signé",
        "sha256": signature.text_sha256,
    }


def _pledges(signature: Signature) -> str:
    rooms = counted(signature.pledged_rooms, "salle", "salles")
    computers = counted(signature.pledged_computers, "ordinateur", "ordinateurs")
    return f"{rooms}, {computers}, {number(signature.pledged_hours)}\u00a0h de bénévolat par an"
