"""The badge that a signatory shows on its own site: a small SVG that tells how the signature stands today."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from companies.models import Company


def badge_svg(*, stands: bool) -> str:
    """The picture; of a company that is no signatory any more it says so, instead of vanishing from its site."""
    return render_to_string("charter/badge.svg", {"stands": stands, "site_name": settings.SITE_NAME})


def badge_snippet(company: Company) -> str:
    """HTML to paste into a page: the badge, which leads to the company's page here."""
    page = settings.SITE_URL + reverse("charter:signatory", args=[company.slug])
    picture = settings.SITE_URL + reverse("charter:badge", args=[company.slug])
    alt = f"Signataire de la charte {settings.SITE_NAME}"
    return f'<a href="{page}"><img src="{picture}" width="220" height="64" alt="{alt}"></a>'
