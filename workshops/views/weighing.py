"""How proposals are ranked: for everybody to read, for operators to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import operators_only
from accounts.identity import signed_in
from territories import clock
from workshops import actions
from workshops.demand import REQUESTS, SLOTS
from workshops.forms import WeightingForm
from workshops.matching.finding import LOOKED_AT
from workshops.models import Part, Weighting
from workshops.planning.season import CANDIDATES
from workshops.weighing import outlook

EXPLAINED = {
    Part.DISTANCE: "Tout près compte entièrement, au bord du rayon que l’association a donné, plus du tout.",
    Part.SIZE: "Une salle que le groupe remplit laisse les grandes aux grands groupes.",
    Part.VOLUNTEERS: "Autant de bénévoles que souhaité compte entièrement, la moitié à moitié.",
    Part.TOPICS: "La part des thèmes demandés que les bénévoles inscrits à ce créneau connaissent.",
    Part.WISH: "Les jours que l’association préfère, parmi ceux qui lui conviennent.",
    Part.NOTICE: (
        "Trois semaines comptent entièrement, du jour où le créneau et la demande sont tous deux en ligne "
        "à celui du créneau."
    ),
    Part.RELIABILITY: "Ce que les deux organisations ont tenu de leur parole depuis un an. Personne d’autre ne le lit.",
    Part.URGENCY: "Dans la liste que lit une entreprise, et entre deux plans qui servent autant de personnes.",
    Part.FAIRNESS: "De même, pour une association qui a eu peu d’ateliers depuis un an.",
}
# Of what was saved, the last ones.
SHOWN = 5
SAVED = (
    "Les nouvelles pondérations comptent dès maintenant sur les pages et pour ce qui est nouveau. Ce qu’elles changent "
    "à ce qui a été annoncé l’est cette nuit."
)


class Line(NamedTuple):
    """A part, what it means, and how much it counts."""

    label: str
    explained: str
    points: int


class Saved(NamedTuple):
    """Weights that somebody saved, and what they changed: « la proximité 30 → 40 »."""

    saved: Weighting
    changes: list[str]

    @classmethod
    def lately(cls) -> list[Saved]:
        """The last ones, each beside those before it, which are those of the columns before the first."""
        rows = list(Weighting.objects.order_by("-pk").select_related("created_by")[: SHOWN + 1])
        return [
            cls(new, _changes(old.weights, new.weights))
            for new, old in zip(rows[:SHOWN], [*rows[1:], Weighting()], strict=False)
        ]


def _changes(old: Mapping[str, int], new: Mapping[str, int]) -> list[str]:
    return [f"{part.label} {old[part]} → {new[part]}" for part in Part if old[part] != new[part]]


@login_not_required
@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """What must be, what one would rather have, and how much each of it counts today."""
    weights = Weighting.current().weights
    lines = [Line(str(part.label), EXPLAINED[part], weights[part]) for part in Part]
    context = {
        "lines": lines,
        "most": max(weights.values()) or 1,
        "candidates": CANDIDATES,
        "bookings": settings.BOOKINGS_PER_ASSOCIATION,
        "slots": LOOKED_AT,
        "requests": REQUESTS,
        "own_slots": SLOTS,
    }
    return render(request, "workshops/matching.html", context)


@require_http_methods(["GET", "POST"])
@operators_only
def weights(request: HttpRequest) -> HttpResponse:
    """Other weights are tried, with what they would change, before they are saved."""
    current = Weighting.current()
    saves = request.method == "POST"
    tried = request.POST if saves else request.GET or None
    form = WeightingForm(tried, initial=current.weights)
    if saves and form.is_valid():
        actions.weigh(weights=form.cleaned_data, by=signed_in(request), now=clock.now())
        messages.success(request, SAVED)
        return redirect("workshops:weights")
    shown = outlook(form.save(commit=False), now=clock.now()) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "tried": WeightingForm(tried, auto_id=False),
        "outlook": shown,
        "history": Saved.lately(),
    }
    return render(request, "workshops/weights.html", context, status=422 if form.errors else 200)
