"""A company's year as a PDF, for its social report: the numbers of its page, and how they are counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.typesetting import typeset
from territories.wording import counted, hours, long_date, number
from workshops.figures import Given
from workshops.impact import OWN, Scope, Table, whole

TEMPLATE = Path(__file__).with_name("impact_report.typ")
HOW_COUNTED = (
    "Un atelier compte quand un compte rendu dit qu’il a eu lieu et qu’aucun autre ne dit le contraire. Les personnes "
    "sont comptées par l’association, sans nom\u00a0; les heures, par l’entreprise, ou par les bénévoles tant "
    "qu’elle ne l’a pas fait."
)
ON_WHICH_TIME = (
    "Le bénévolat est donné en dehors du temps de travail\u00a0; le mécénat de compétences, sur le temps de travail, "
    "avec l’accord de l’entreprise."
)


def report_pdf(scope: Scope) -> bytes:
    """The PDF of a company's year. The same numbers give the same bytes on a day."""
    company, year = scope.company, scope.year
    assert company is not None
    assert year is not None
    given = whole(scope)
    today = scope.now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    content = {
        "title": f"{company.name}\u00a0: impact {year}",
        "heading": company.name,
        "subtitle": f"Ce que ses portes ouvertes ont apporté en {year}",
        "facts": _facts(given),
        "tables": [_shown(table) for make in OWN.values() if (table := make(scope)).rows],
        "notes": [HOW_COUNTED, ON_WHICH_TIME, f"Compté le {long_date(today)}."],
        "code_alt": f"Code à scanner pour voir ces nombres sur {settings.SITE_NAME}",
    }
    page = reverse("workshops:company_impact", args=[company.slug]) + f"?annee={year}"
    at = dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)
    return typeset(TEMPLATE, content, code="voir en ligne", verify_path=page, at=at)


def _facts(given: Given) -> list[dict[str, str]]:
    told = {
        "Ateliers": counted(given.workshops, "atelier tenu", "ateliers tenus"),
        "Personnes": counted(given.people, "personne accueillie", "personnes accueillies"),
        "Bénévolat": hours(given.benevolat_hours),
        "Mécénat de compétences": hours(given.mecenat_hours),
    }
    return [{"term": term, "value": value} for term, value in told.items()]


def _shown(table: Table) -> dict[str, object]:
    """Head and lines as they are read; a column that says nothing of any line is left out."""
    head = [table.heading.capitalize()]
    head += ["Ateliers"] if table.has_workshops else []
    head += ["Personnes"]
    head += ["Heures données"] if table.has_hours else []
    rows = []
    for row in table.rows:
        cells = [row.label]
        cells += [number(row.workshops or 0)] if table.has_workshops else []
        cells += [number(row.people)]
        cells += [hours(row.hours or 0)] if table.has_hours else []
        rows.append(cells)
    return {"title": table.title, "head": head, "rows": rows, "note": table.note}
