"""From an association's request to one of the company's evenings, kept for it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import accepted, refusal_of
from associations.models import Request
from companies.models import Company, Room, Slot
from companies.views import managed_company
from territories import clock
from territories.wording import enumerated, long_date, wall_time
from workshops import actions
from workshops.catalogue import unasked
from workshops.forms import EveningForm, OfferForm
from workshops.matching import best_slots, rooms_that_serve, serving
from workshops.models import Booking
from workshops.sought import with_offers
from workshops.views.for_whom import go_on

LOOKED_AT, SHOWN = 500, 20
NEVER_SHOWN = (Request.State.IN_REVIEW, Request.State.HIDDEN)


@require_safe
def offer_from(request: HttpRequest, request_id: int) -> HttpResponse:
    """Which of the companies for which the person acts proposes something."""
    if _wanted(request_id) is None:
        return _to_others(request, request_id)
    own = list(Company.objects.managed_by(signed_in(request)).order_by("name", "pk"))
    if not own:
        if (company := Company.objects.of_member(signed_in(request)).order_by("name", "pk").first()) is not None:
            return _elsewhere(request, _who_proposes(company))
        messages.info(request, "Pour proposer un créneau, inscrivez d’abord votre entreprise.")
        return redirect("companies:create")

    def page(slug: str) -> str:
        return reverse("workshops:offer", args=[slug, request_id])

    return go_on(request, own, page, title="Proposer un créneau", question="Pour quelle entreprise ?")


def _who_proposes(company: Company) -> str:
    """In words to somebody who volunteers for it."""
    names = enumerated([person.name for person in company.managers().order_by("name", "pk") if person.name])
    people = names or "la personne qui la gère"
    return f"Un créneau se propose au nom de {company.name}\u00a0: parlez-en à {people}."


@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """The company's free evenings that serve the request, the best first; one of them is kept for it."""
    company, wanted = managed_company(request, slug), _wanted(request_id)
    if wanted is None:
        return _to_others(request, request_id)
    if (instead := _instead(request, company, wanted)) is not None:
        return instead
    slots = _serving(company, wanted)
    form = OfferForm(request.POST if request.method == "POST" else None, slots=slots)

    def act() -> Booking:
        slot_id = int(form.cleaned_data["slot"])
        return actions.offer_slot(slot_id=slot_id, request=wanted, by=signed_in(request), now=clock.now())

    done = _made(request, company, form, act) or _kept_meanwhile(request, company, wanted)
    return done or _page(request, company, wanted, form, _evening(company, wanted))


@require_POST
def offer_evening(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """An evening of its own, opened for the request and kept for it."""
    company, wanted = managed_company(request, slug), _wanted(request_id)
    if wanted is None:
        return _to_others(request, request_id)
    if (instead := _instead(request, company, wanted)) is not None:
        return instead
    form = _evening(company, wanted, request.POST)

    def act() -> Booking:
        opening = form.opening()
        return actions.offer_evening(opening=opening, request=wanted, by=signed_in(request), now=clock.now())

    done = _made(request, company, form, act) or _kept_meanwhile(request, company, wanted)
    return done or _page(request, company, wanted, OfferForm(slots=_serving(company, wanted)), form)


def _wanted(request_id: int) -> Request | None:
    """A request while it is open."""
    now = clock.now()
    sought = with_offers(Request.objects.open(now), now).select_related("commune__departement")
    return sought.filter(pk=request_id).first()


def _to_others(request: HttpRequest, request_id: int) -> HttpResponse:
    """From a request that was answered or has ended while its page was read to those that are open."""
    get_object_or_404(Request.objects.exclude(state__in=NEVER_SHOWN), pk=request_id)
    return _elsewhere(request, "Cette demande n’attend plus de proposition\u00a0: en voici d’autres, encore ouvertes.")


def _elsewhere(request: HttpRequest, why: str) -> HttpResponse:
    messages.info(request, why)
    return redirect("workshops:requests")


def _instead(request: HttpRequest, company: Company, wanted: Request) -> HttpResponse | None:
    """What is answered before anybody chooses, where this company may propose nothing for this request now."""
    if (standing := _standing(company, wanted)) is not None:
        return _on_offer(request, company, standing)
    if refusal := refusal_of(lambda: actions.check_sought(wanted)):
        return _elsewhere(request, refusal)
    if refusal := refusal_of(lambda: actions.check_signatory(company, clock.now())):
        context = {"company": company, "wanted": wanted, "refusal": refusal}
        status = 422 if request.method == "POST" else 200
        return render(request, "workshops/slot_offer.html", context, status=status)
    return None


def _kept_meanwhile(request: HttpRequest, company: Company, wanted: Request) -> HttpResponse | None:
    """Of a form that was sent twice, the second one may find its slot kept since its page was begun."""
    standing = _standing(company, wanted) if request.method == "POST" else None
    return _on_offer(request, company, standing) if standing else None


def _standing(company: Company, wanted: Request) -> Booking | None:
    offers = Booking.objects.filter(request=wanted, offered_at__isnull=False)
    return offers.held(clock.now()).of_company(company).first()


def _on_offer(request: HttpRequest, company: Company, standing: Booking) -> HttpResponse:
    messages.info(request, "Vous avez déjà proposé ce créneau à cette association.")
    return redirect("workshops:company_booking", company.slug, standing.pk)


def _made(request: HttpRequest, company: Company, form: BaseForm, act: Callable[[], Booking]) -> HttpResponse | None:
    """To what is kept; None when the page comes back with a word on the form."""
    offered: list[Booking] = []
    if not (form.is_bound and form.is_valid() and accepted(form, lambda: offered.append(act()))):
        return None
    messages.success(request, _kept_until(offered[0]))
    return redirect("workshops:company_booking", company.slug, offered[0].pk)


def _kept_until(offered: Booking) -> str:
    assert offered.expires_at is not None
    until = offered.expires_at.astimezone(ZoneInfo(offered.slot.time_zone))
    when = f"{long_date(until.date())}, {wall_time(until)}"
    return f"Le créneau est gardé pour l’association, qui est prévenue\u00a0: elle a jusqu’au {when}."


def _page(
    request: HttpRequest, company: Company, wanted: Request, form: OfferForm, evening: EveningForm
) -> HttpResponse:
    context = {"company": company, "wanted": wanted, "form": form, "evening": evening, "refusal": ""}
    is_refused = form.is_bound or evening.is_bound
    return render(request, "workshops/slot_offer.html", context, status=422 if is_refused else 200)


def _evening(company: Company, wanted: Request, data: QueryDict | None = None) -> EveningForm:
    """In one of the rooms that would do."""
    own = Room.objects.filter(site__company=company, archived_at=None).select_related("site__commune")
    return EveningForm(data, wanted=wanted, rooms=rooms_that_serve(wanted, list(own)))


def _serving(company: Company, wanted: Request) -> list[Slot]:
    now = clock.now()
    slots = serving(unasked(now).of_company(company), wanted).with_place()
    soonest = list(slots.order_by("starts_at", "pk")[:LOOKED_AT])
    return [match.slot for match in best_slots(wanted, soonest, count=SHOWN, now=now)]
