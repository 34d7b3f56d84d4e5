"""Communes for the fields where one is typed: while it is typed, and where one is."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from territories.models import Commune
from workshops.forms import PointForm

SHOWN = 8
A_DAY = 86_400


@login_not_required
@require_safe
@cache_control(public=True, max_age=A_DAY)
def communes(request: HttpRequest) -> JsonResponse:
    """Those that a text (`q`) may mean, the likeliest first."""
    found = Commune.objects.search(request.GET.get("q", "")).select_related("departement")[:SHOWN]
    return JsonResponse({"communes": [str(one) for one in found]})


@login_not_required
@require_safe
def nearest(request: HttpRequest) -> JsonResponse:
    """The one that is nearest to a point, which nobody keeps."""
    form = PointForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"refus": form.errors}, status=422)
    found = Commune.objects.nearest(form.cleaned_data["latitude"], form.cleaned_data["longitude"])
    if found is None:
        return JsonResponse({"refus": "Aucune commune n’est connue près de ce point."}, status=404)
    return JsonResponse({"commune": str(found)})
