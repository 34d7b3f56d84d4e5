"""The hosting agreement as a PDF: what the two agree on, who signed, and a code to verify it by."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.typesetting import typeset
from territories.wording import long_date
from workshops.models import HostingAgreement
from workshops.models.hosting import Consent

TEMPLATE = Path(__file__).with_name("hosting_document.typ")
# Articles apart by an empty line: a title, then a paragraph a line.
WORDS = Path(__file__).with_name("hosting_agreement.txt")


def agreement_pdf(agreement: HostingAgreement) -> bytes:
    """The PDF of one agreement, of the row alone: the same each time until somebody signs or ends it.

    As long as one side has not signed, each page says that it is a draft.
    """
    verify_path = reverse("workshops:hosting_verify", args=[agreement.code])
    return typeset(
        TEMPLATE, _content(agreement), code=agreement.code, verify_path=verify_path, at=_latest_fact(agreement)
    )


def _latest_fact(agreement: HostingAgreement) -> dt.datetime:
    stamps = (agreement.proposed_at, agreement.company_signed_at, agreement.association_signed_at, agreement.ended_at)
    return max(at for at in stamps if at is not None)


def _content(agreement: HostingAgreement) -> dict[str, object]:
    return {
        "title": f"Convention d’accueil\u00a0: {agreement.company_name} et {agreement.association_name}",
        "heading": "Convention d’accueil",
        "subtitle": f"{agreement.company_name} et {agreement.association_name}",
        "draft": "" if agreement.is_signed else "Projet",
        "notice": _notice(agreement),
        "articles": _articles(agreement),
        "signed_title": "Signatures",
        "facts": [{"term": f"Pour {name}", "value": _signed(consent)} for _, name, consent in agreement.consents],
        "code_alt": f"Code à scanner pour vérifier la convention {agreement.code}",
    }


def _notice(agreement: HostingAgreement) -> str:
    """What who holds the paper must know first; mostly nothing."""
    if agreement.ended_at is not None:
        return f"Cette convention a pris fin le {_day(agreement.ended_at)}."
    if agreement.is_signed:
        return ""
    return "Projet\u00a0: cette convention ne vaut pas tant que les deux parties ne l’ont pas signée."


def _articles(agreement: HostingAgreement) -> list[dict[str, object]]:
    """Titles and paragraphs, with the facts of the row."""
    facts = {
        "company": agreement.company_name,
        "association": agreement.association_name,
        "site": settings.SITE_NAME,
        "insurer": agreement.insurer,
        "policy_number": agreement.policy_number,
        "insurance_until": long_date(agreement.insurance_until_date),
        "from_day": long_date(agreement.from_date),
        "until_day": long_date(agreement.until_date),
    }
    articles = [article.splitlines() for article in WORDS.read_text(encoding="utf-8").split("\n\n")]
    return [
        {"title": title.removeprefix("# "), "paragraphs": [paragraph.format(**facts) for paragraph in paragraphs]}
        for title, *paragraphs in articles
    ]


def _signed(consent: Consent) -> str:
    if consent.at is None:
        return "pas encore signée"
    return f"{consent.name}, {consent.capacity}, le {_day(consent.at)}"


def _day(instant: dt.datetime) -> str:
    return long_date(instant.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
