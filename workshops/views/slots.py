"""A company's own slots."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies.models import Company, Slot, SlotQuerySet
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.demand import SLOTS, best_for, best_for_latest
from workshops.heard import Telling, told_or_not
from workshops.matching import Match, reasons
from workshops.standing import standings

LATEST_SERVE = "Ce que vous venez de publier convient à ces demandes"
FREE_SERVE = "Vos créneaux libres conviennent à ces demandes"
TELLING = {
    Telling.TOLD: "L’association est prévenue.",
    Telling.SOON: "L’association va être prévenue.",
    Telling.BETTER: "L’association n’est pas prévenue\u00a0: cinq créneaux libres passent avant celui-ci.",
}


@require_safe
def company_slots(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's coming slots and who has them."""
    company = managed_company(request, slug)
    now = clock.now()
    coming = Slot.objects.of_company(company).filter(ends_at__gt=now, state=Slot.State.OPEN)
    page = Paginator(coming.order_by("starts_at", "pk"), 50).get_page(request.GET.get("page"))
    rows = standings(cast("SlotQuerySet", page.object_list), now)
    context = {
        "company": company,
        "page": page,
        "rows": rows,
        "serving": _serving(company, now) if page.number == 1 else [],
        "looked_at": SLOTS if page.paginator.count > SLOTS else None,
    }
    return render(request, "workshops/company_slots.html", context)


def _serving(company: Company, now: dt.datetime) -> list[tuple[str, list[tuple[Match, list[str], str]]]]:
    """What the slots serve that the company has just published, and what its free slots serve besides.

    With reasons, and whether the association is told.
    """
    latest = best_for_latest(company, now)
    told = {(match.request.pk, match.slot.pk) for match in latest}
    others = [match for match in best_for(company, now) if (match.request.pk, match.slot.pk) not in told]
    shown = [*latest, *others]
    said = {
        (match.request.pk, match.slot.pk): TELLING[telling]
        for match, telling in zip(shown, told_or_not(shown, now), strict=True)
    }
    return [
        (
            heading,
            [(match, reasons(match, to_company=True), said[match.request.pk, match.slot.pk]) for match in found],
        )
        for heading, found in ((LATEST_SERVE, latest), (FREE_SERVE, others))
        if found
    ]


@require_POST
def slot_withdraw(request: HttpRequest, slug: str, slot_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    own = get_object_or_404(Slot.objects.of_company(company), pk=slot_id)
    try:
        actions.withdraw_slot(slot=own, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le créneau est retiré.")
    return redirect("workshops:company_slots", company.slug)
