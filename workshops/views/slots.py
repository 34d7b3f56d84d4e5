"""A company's own slots."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies.models import Slot, SlotQuerySet
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.demand import best_for
from workshops.matching import reasons
from workshops.standing import standings


@require_safe
def company_slots(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's coming slots and who has them."""
    company = managed_company(request, slug)
    now = clock.now()
    coming = Slot.objects.of_company(company).filter(ends_at__gt=now, state=Slot.State.OPEN)
    page = Paginator(coming.order_by("starts_at", "pk"), 50).get_page(request.GET.get("page"))
    rows = standings(cast("SlotQuerySet", page.object_list), now)
    serving = [(match, reasons(match, to_company=True)) for match in best_for(company, now)] if page.number == 1 else []
    context = {"company": company, "page": page, "rows": rows, "serving": serving}
    return render(request, "workshops/company_slots.html", context)


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
