"""From an association's request to one of the company's evenings, kept for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.identity import signed_in
from accounts.refusals import accepted
from associations.models import Request
from companies.models import Company, Slot
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.catalogue import unasked
from workshops.forms import OfferForm
from workshops.matching import best
from workshops.models import Booking
from workshops.views.for_whom import go_on

LOOKED_AT, SHOWN = 500, 20


@require_GET
def offer_from(request: HttpRequest, request_id: int) -> HttpResponse:
    """Which of the companies for which the person acts proposes something."""
    get_object_or_404(Request.objects.open(clock.now()), pk=request_id)
    own = list(Company.objects.managed_by(signed_in(request)).order_by("name", "pk"))
    if not own:
        messages.info(request, "Pour proposer un créneau, inscrivez d’abord votre entreprise.")
        return redirect("companies:create")

    def page(slug: str) -> str:
        return reverse("workshops:offer", args=[slug, request_id])

    return go_on(request, own, page, title="Proposer un créneau", question="Pour quelle entreprise ?")


@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """The company's free evenings that serve the request, the best first; one of them is kept for it."""
    company, now = managed_company(request, slug), clock.now()
    wanted = get_object_or_404(
        Request.objects.open(now).select_related("commune__departement", "association"), pk=request_id
    )
    standing = Booking.objects.filter(request=wanted, offered_at__isnull=False).held(now).of_company(company).first()
    if standing is not None:
        messages.info(request, "Vous avez déjà proposé ce créneau à cette association.")
        return redirect("workshops:company_booking", company.slug, standing.pk)
    slots = _serving(company, wanted)
    form = OfferForm(request.POST if request.method == "POST" else None, slots=slots)
    offered = []

    def act() -> None:
        slot_id = int(form.cleaned_data["slot"])
        offered.append(actions.offer_slot(slot_id=slot_id, request=wanted, by=signed_in(request), now=clock.now()))

    if request.method == "POST" and form.is_valid() and accepted(form, act):
        messages.success(request, "Le créneau est gardé pour l’association, qui est prévenue : elle a trois jours.")
        return redirect("workshops:company_booking", company.slug, offered[0].pk)
    context = {"company": company, "wanted": wanted, "slots": slots, "form": form}
    return render(request, "workshops/slot_offer.html", context, status=422 if form.is_bound else 200)


def _serving(company: Company, wanted: Request) -> list[Slot]:
    free = (
        unasked(clock.now())
        .of_company(company)
        .filter(places__gte=wanted.participants, local_date__range=(wanted.from_date, wanted.until_date))
    )
    slots = list(free.with_place().order_by("starts_at", "pk")[:LOOKED_AT])
    by_number = {slot.pk: slot for slot in slots}
    return [by_number[found.slot_id] for found in best(wanted, slots, count=SHOWN)]
