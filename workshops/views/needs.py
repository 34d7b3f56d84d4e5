"""Where requests are not served, for everybody: counts by place, never who asks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from territories.models import Commune, Departement
from workshops.needs import (
    Needed,
    by_commune,
    by_departement,
    communes_csv,
    departements_csv,
    last_counted,
    most_needed,
)
from workshops.pictures import legend, map_of_communes, map_of_france, scale
from workshops.views.downloads import downloaded

FILE = "demandes-sans-creneau"


@login_not_required
@require_safe
def departements(request: HttpRequest) -> HttpResponse:
    """The country, by département."""
    needs = by_departement()
    steps = scale(most_needed(needs))
    drawn = map_of_france(needs, _page_of, steps=steps, numbered=True)
    return _shown(request, needs, {"map": drawn, "legend": legend(steps)})


@login_not_required
@require_safe
def communes(request: HttpRequest, departement: str) -> HttpResponse:
    """A département, by commune."""
    place = get_object_or_404(Departement, pk=departement)
    needs = by_commune(place)
    steps = scale(most_needed(needs))
    drawn = map_of_communes(needs, [place], _line_of, steps=steps)
    return _shown(request, needs, {"map": drawn, "legend": legend(steps), "departement": place})


@login_not_required
@require_safe
def departements_file(_request: HttpRequest) -> HttpResponse:
    """The same figures of the country, as a table to take along."""
    return downloaded(departements_csv(by_departement()), FILE)


@login_not_required
@require_safe
def communes_file(_request: HttpRequest, departement: str) -> HttpResponse:
    """The same figures of a département, as a table to take along."""
    place = get_object_or_404(Departement, pk=departement)
    return downloaded(communes_csv(by_commune(place)), f"{FILE}-{place.pk}")


def _page_of(departement: Departement) -> str:
    return reverse("workshops:needs_of_communes", args=[departement.pk])


def _line_of(commune: Commune) -> str:
    """Where the table of the same page tells of it."""
    return f"#commune-{commune.pk}"


def _shown(request: HttpRequest, needs: list[Needed], drawn: dict[str, Any]) -> HttpResponse:
    context = {
        "needs": needs,
        "counted_at": last_counted(),
        "requests": sum(need.counted.requests for need in needs),
        "unserved": sum(need.amount for need in needs),
        "departement": None,
        **drawn,
    }
    return render(request, "workshops/needs.html", context)
