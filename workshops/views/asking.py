"""From a search that found nothing to a request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.identity import signed_in
from associations.models import MOST_PARTICIPANTS, MOST_VOLUNTEERS, Association, Period
from territories.models import Departement
from workshops.filters import read
from workshops.views.for_whom import go_on, to_register


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form of a request, filled with what was searched, in the name of the association that the person chooses."""
    own = list(Association.objects.managed_by(signed_in(request)).order_by("name", "pk"))
    if not own:
        return to_register(request, "déposer une demande")
    asked = read(request.GET)
    if asked and (where := _unplaced(asked.cleaned)):
        messages.info(request, f"Vous cherchiez dans le département {where}\u00a0: indiquez autour de quelle commune.")
    filled = urlencode(_filled(asked.cleaned) if asked else {}, doseq=True)

    def page(slug: str) -> str:
        return f"{reverse('associations:request_create', args=[slug])}?{filled}"

    return go_on(request, own, page, title="Déposer une demande", question="Pour quelle association ?")


def _unplaced(cleaned: dict[str, Any]) -> Departement | None:
    """A département without a place in it: a request is around a commune, which its association knows."""
    departement: Departement | None = cleaned["departement"]
    return None if cleaned["lieu"] or cleaned["commune"] else departement


def _at_most(number: int | None, most: int) -> int | None:
    """As many as a request may say."""
    return number if number is None else min(number, most)


def _filled(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request, from what the form of a search has cleaned; what was not asked is left out."""
    place = cleaned["lieu"] or cleaned["commune"]
    told = {
        "topics": cleaned["theme"],
        "participants": _at_most(cleaned["places"], MOST_PARTICIPANTS),
        "computers": _at_most(cleaned["ordinateurs"], MOST_PARTICIPANTS),
        "volunteers": _at_most(cleaned["benevoles"], MOST_VOLUNTEERS),
        "commune": place.pk if place else None,
        "radius_km": cleaned["rayon"] if place else None,
        "from_date": cleaned["du"],
        "until_date": cleaned["au"],
        "step_free": "on" if cleaned["acces"] else None,
        **_wished(cleaned["moment"]),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _wished(moment: str) -> dict[str, Any]:
    """The days and hours of a request, from what a search calls a moment."""
    weekend = settings.WEEKEND_DAYS
    moments: dict[str, dict[str, Any]] = {
        "soir": {"periods": [Period.EVENING]},
        "weekend": {"weekdays": list(weekend)},
        "semaine": {"weekdays": [day for day in range(1, 8) if day not in weekend]},
    }
    return moments.get(moment, {})
