"""A certificate as a PDF: whose it is, what was given on which time, and a code to verify it by."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.typesetting import typeset
from territories.wording import counted, hours, long_date
from workshops.models import Certificate

TEMPLATE = Path(__file__).with_name("certificate.typ")
ON_WHICH_TIME = (
    "Le bénévolat est donné en dehors du temps de travail\u00a0; le mécénat de compétences, sur le temps de travail, "
    "avec l’accord de l’entreprise."
)
WHOSE_COUNT = (
    "Ces heures sont celles que les bénévoles et l’entreprise ont notées sur le portail. Cette attestation ne vaut "
    "pas reçu fiscal."
)


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF of a certificate; of the row and today's names alone."""
    verify_path = reverse("workshops:certificate", args=[certificate.code])
    content = _content(certificate)
    return typeset(TEMPLATE, content, code=certificate.code, verify_path=verify_path, at=certificate.issued_at)


def holder(certificate: Certificate) -> str:
    """Whose it is, by the name of today."""
    if not certificate.is_of_volunteer:
        return certificate.company.name
    return certificate.volunteer.name if certificate.volunteer else "Compte fermé"


def facts(certificate: Certificate) -> list[dict[str, str]]:
    """What it says, each with its term."""
    told = [("Ateliers", counted(certificate.workshops, "atelier", "ateliers"))]
    if not certificate.is_of_volunteer:
        told.append(("Personnes", counted(certificate.people, "personne accueillie", "personnes accueillies")))
    told += [
        ("Bénévolat", hours(certificate.benevolat_minutes / 60)),
        ("Mécénat de compétences", hours(certificate.mecenat_minutes / 60)),
    ]
    return [{"term": term, "value": value} for term, value in told]


def _content(certificate: Certificate) -> dict[str, object]:
    who, year = holder(certificate), certificate.year
    issued = certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if certificate.is_of_volunteer:
        subtitle = f"Attestation de bénévolat, {year}, {certificate.company.name}"
        attests = (
            f"{settings.OPERATOR_NAME or settings.SITE_NAME} atteste que {who} a accompagné, en {year}, des personnes "
            f"éloignées du numérique dans les ateliers accueillis par {certificate.company.name}."
        )
    else:
        subtitle = f"Attestation d’engagement, {year}"
        attests = (
            f"{settings.OPERATOR_NAME or settings.SITE_NAME} atteste que {who} a ouvert ses portes en {year} à des "
            "associations qui forment des personnes éloignées du numérique."
        )
    return {
        "title": f"Attestation {year}, {who}",
        "holder": who,
        "subtitle": subtitle,
        "attests": attests,
        "facts": [*facts(certificate), {"term": "Établie le", "value": long_date(issued)}],
        "notes": [ON_WHICH_TIME, WHOSE_COUNT],
        "code_alt": f"Code à scanner pour vérifier l’attestation {certificate.code}",
    }
