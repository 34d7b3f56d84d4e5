"""The signed charter as a PDF: the text as it was signed, who signed, and a code to verify it by."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.typesetting import typeset
from charter.markdown import to_blocks
from charter.models import Signature
from territories.wording import counted, long_date, number

TEMPLATE = Path(__file__).with_name("document.typ")


def signed_charter(signature: Signature) -> bytes:
    """The PDF of one signature; made of the row alone, so that it is the same each time."""
    assert signature.signed_at is not None
    verify_path = reverse("charter:verify", args=[signature.code])
    content = _content(signature, signature.signed_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    return typeset(TEMPLATE, content, code=signature.code, verify_path=verify_path, at=signature.signed_at)


def _content(signature: Signature, signed: dt.date) -> dict[str, object]:
    version = signature.version
    return {
        "title": f"Charte signée par {signature.company_name}",
        "company": signature.company_name,
        "subtitle": f"Charte, version {version.number}, en vigueur depuis le {long_date(version.effective_from_date)}",
        "blocks": to_blocks(version.text),
        "signed_title": "Signature",
        "facts": [
            {"term": "Signée par", "value": f"{signature.signatory_name}, {signature.signatory_capacity}"},
            {"term": "Le", "value": long_date(signed)},
            {"term": "Engagements", "value": _pledges(signature)},
        ],
        "code_alt": f"Code à scanner pour vérifier la signature {signature.code}",
        "hash_label": "Empreinte SHA-256 du texte signé",
        "sha256": signature.text_sha256,
    }


def _pledges(signature: Signature) -> str:
    rooms = counted(signature.pledged_rooms, "salle", "salles")
    computers = counted(signature.pledged_computers, "ordinateur", "ordinateurs")
    return f"{rooms}, {computers}, {number(signature.pledged_hours)}\u00a0h de bénévolat par an"
