"""A certificate as a PDF: whose it is, what was given on which time, and a code to verify it by."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.typesetting import typeset
from territories.wording import counted, hours, long_date
from workshops.figures import Given, given_to_certify
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


def facts(certificate: Certificate, said: Given | None = None) -> list[dict[str, str]]:
    """What it says, or what would be said in its place, each with its term."""
    said = said or _said(certificate)
    # Nobody but the volunteer may have said that it took place.
    told = [("Ateliers" if certificate.is_of_volunteer else "Ateliers tenus", _held(said))]
    if not certificate.is_of_volunteer:
        told.append(("Personnes", counted(said.people, "personne accueillie", "personnes accueillies")))
    told += [("Bénévolat", hours(said.benevolat_hours)), ("Mécénat de compétences", hours(said.mecenat_hours))]
    return [{"term": term, "value": value} for term, value in told]


def _held(said: Given) -> str:
    if said.workshops:
        return counted(said.workshops, "atelier", "ateliers")
    return "aucun\u00a0: le groupe n’est pas venu" if said.minutes else "aucun"


def counted_since(certificate: Certificate, *, now: dt.datetime) -> Given | None:
    """What reports say today, where it is less than what was certified; None where all of it still stands.

    Of a closed account nobody counts any more: what stands stays.
    """
    if certificate.is_of_volunteer and certificate.volunteer is None:
        return None
    today = given_to_certify(certificate.company, certificate.volunteer, certificate.year, now=now)
    is_less = any(one < other for one, other in zip(today, _said(certificate), strict=True))
    return today if is_less else None


def _said(certificate: Certificate) -> Given:
    return Given(*(getattr(certificate, name) for name in Given._fields))


def _content(certificate: Certificate) -> dict[str, object]:
    who, year = holder(certificate), certificate.year
    issued = certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if certificate.is_of_volunteer:
        subtitle = f"Attestation de bénévolat, {year}, {certificate.company.name}"
        attests = (
            f"{settings.OPERATOR_NAME or settings.SITE_NAME} atteste que {who} a donné de son temps, en {year}, aux "
            f"ateliers que {certificate.company.name} accueille pour des personnes éloignées du numérique."
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
