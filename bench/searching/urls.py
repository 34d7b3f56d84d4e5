"""The portal's addresses, and those of what its search is measured against."""

from __future__ import annotations

import datetime as dt
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone

from territories.grid import cell_of
from territories.prepared import run_planned
from workshops.cards import draw

ROWS = 20
TWENTY = """
SELECT id FROM companies_slot WHERE state = 'open' AND cell = $1 AND starts_at > $2 ORDER BY starts_at, id LIMIT 20
"""


@cache
def _card() -> str:
    noon = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)
    what = (8, 10, 2, "instant", "Salle Ada", "Imprimerie du Parc", "Lille", "59", True, 4.2)
    return draw((1, noon, noon + dt.timedelta(hours=2), "Europe/Paris", *what))


@login_not_required
def twenty(_request: HttpRequest) -> HttpResponse:
    """P: one query by an index, and twenty rows that are drawn already."""
    found = run_planned(TWENTY, [cell_of(48.85, 2.35), timezone.now()])
    return HttpResponse("".join([_card() for _ in found]))


@login_not_required
def empty(_request: HttpRequest) -> HttpResponse:
    """H: nothing, behind the whole middleware."""
    return HttpResponse()


urlpatterns = [
    path("bench/vingt/", twenty),
    path("bench/vide/", empty),
    path("", include("solidarite.urls")),
]
