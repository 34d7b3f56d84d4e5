"""For operators: the best plan for some weeks, and from it to offers that associations take or leave."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gates import operators_only
from accounts.identity import signed_in
from accounts.refusals import accepted, refusal_of
from territories import clock
from workshops import actions
from workshops.forms import PlanForm
from workshops.models import Plan
from workshops.plans import answers, bars, gained, outcome, plan_csv, reasons, with_everything
from workshops.views.downloads import downloaded

SHOWN = 50
# From when on, and for how long, a plan is proposed.
AHEAD, LASTS = dt.timedelta(days=7), dt.timedelta(days=27)


@require_http_methods(["GET", "POST"])
@operators_only
def plans(request: HttpRequest) -> HttpResponse:
    """Those of late, and the form of a new one."""
    now = clock.now()
    since = timezone.localdate(now) + AHEAD
    form = PlanForm(request.POST or None, initial={"from_date": since, "until_date": since + LASTS})
    asked: list[Plan] = []

    def ask() -> None:
        asked.append(actions.ask_plan(**form.cleaned_data, by=signed_in(request), now=now))

    if request.method == "POST" and form.is_valid() and accepted(form, ask):
        return redirect("workshops:plan", asked[0].pk)
    latest = Plan.objects.select_related("departement", "created_by")[:SHOWN]
    context = {"form": form, "plans": latest}
    return render(request, "workshops/plans.html", context, status=422 if form.errors else 200)


@require_safe
@operators_only
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """How far it is; then whom it serves, whom it does not and why, and what would help."""
    shown, now = _plan(plan_id), clock.now()
    if not shown.has_ended:
        again = PlanForm(instance=shown, auto_id=False)
        return render(request, "workshops/plan.html", {"plan": shown, "again": again})
    context = {
        "plan": shown,
        "follows": shown.follows,
        "followed_by": Plan.objects.filter(follows=shown).first(),
        "bars": bars(shown),
        "wider": shown.people_wider - shown.people_served,
        "planned": [(pair, outcome(pair, now)) for pair in with_everything(shown)[:SHOWN]],
        "reasons": reasons(shown),
        "unserved": shown.unserved.select_related("request__association", "request__commune")[:SHOWN],
        "gained": gained(shown),
        "added": shown.added.select_related("room__site__company", "room__site__commune", "request__commune"),
        "answers": answers(shown, now) if shown.offered_at else [],
        "shown": SHOWN,
    }
    return render(request, "workshops/plan.html", context)


@require_safe
@operators_only
def plan_file(_request: HttpRequest, plan_id: int) -> HttpResponse:
    """All its pairs, as a table to take along."""
    shown = _plan(plan_id)
    return downloaded(plan_csv(with_everything(shown).iterator(chunk_size=1_000), clock.now()), f"plan-{shown.pk}")


@require_POST
@operators_only
def plan_offer(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Each slot is kept for its request, and its association told."""
    shown = _plan(plan_id)
    by, now = signed_in(request), clock.now()
    if refusal := refusal_of(lambda: actions.offer_plan(plan=shown, by=by, now=now)):
        messages.error(request, refusal)
    else:
        messages.success(request, "Chaque créneau est proposé à son tour, et gardé deux jours au plus.")
    return redirect("workshops:plan", shown.pk)


def _plan(plan_id: int) -> Plan:
    return get_object_or_404(Plan.objects.select_related("departement", "created_by", "follows"), pk=plan_id)
