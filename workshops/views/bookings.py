"""Search, booking and the life of a workshop, seen by visitors and by both sides."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.identity import signed_in
from accounts.refusals import Refused
from associations.models import Association, Request
from associations.views import managed_association
from companies.models import Company, Slot, SlotQuerySet, SlotVolunteer
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.agreements import agreement_of
from workshops.catalogue import alternatives, bookable
from workshops.filters import SlotFilter
from workshops.forms import BookingForm, ReasonForm, report_form
from workshops.ledger import ledger
from workshops.models import Booking, Side, Workshop
from workshops.standing import standings

SLOTS_A_PAGE = 20


@login_not_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Slots that can be booked now, for everybody."""
    slots = SlotFilter(request.GET, queryset=bookable(clock.now()).with_place())
    valid = slots.form.is_valid()
    found = slots.qs if valid else Slot.objects.none()
    page = Paginator(found, SLOTS_A_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": slots.form,
        "page": page,
        "query": kept.urlencode(),
        "place": slots.form.cleaned_data.get("lieu") if valid else None,
    }
    return render(request, "workshops/slot_search.html", context, status=200 if valid else 422)


@login_not_required
@require_GET
def slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    """A public slot: what, when, who welcomes. Taken meanwhile: says so, with the next best."""
    now = clock.now()
    shown = get_object_or_404(Slot.objects.of_signatories(now).with_place(), pk=slot_id)
    free = bookable(now).filter(pk=shown.pk).exists()
    context = {
        "slot": shown,
        "photos": shown.room.photos.all(),
        "free": free,
        "others": [] if free else alternatives(shown, now=now, places=1),
    }
    return render(request, "workshops/slot_detail.html", context)


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Book a slot for one of the associations in whose name the person acts."""
    user, now = signed_in(request), clock.now()
    wanted = Slot.objects.of_signatories(now).with_place().filter(pk=slot_id).first()
    if wanted is None:
        return _gone(request, slot_id)
    own = Association.objects.managed_by(user).order_by("name", "pk")
    if not own.exists():
        messages.info(request, "Pour réserver, inscrivez d’abord votre association.")
        return redirect("associations:create")
    form = BookingForm(request.POST or None, associations=own, places=wanted.places)
    if request.method == "POST" and form.is_valid():
        done = _try_to_book(request, wanted, form)
        if done is not None:
            return done
    elif not bookable(now).filter(pk=wanted.pk).exists():
        return _taken(request, wanted, "Ce créneau n’est plus disponible.", 1)
    context = {"slot": wanted, "form": form}
    return render(request, "workshops/booking_create.html", context, status=422 if form.is_bound else 200)


def _try_to_book(request: HttpRequest, wanted: Slot, form: BookingForm) -> HttpResponse | None:
    """The answer to a form in order; None when the form comes back with a word on it."""
    try:
        booking = actions.book_slot(slot_id=wanted.pk, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except actions.SlotTaken as refusal:
        return _taken(request, wanted, str(refusal), form.cleaned_data["participants"])
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return None
    return redirect("workshops:association_booking", booking.association.slug, booking.pk)


def _gone(request: HttpRequest, slot_id: int) -> HttpResponse:
    """The company is no signatory (any more): who is about to book is told, with other slots, and nothing is shown."""
    slot = get_object_or_404(Slot.objects.with_place(), pk=slot_id)
    if request.method != "POST":
        raise Http404
    others = alternatives(slot, now=clock.now(), places=1)
    context = {"slot": None, "message": "Ce créneau n’est plus proposé.", "others": others}
    return render(request, "workshops/slot_taken.html", context, status=409)


def _taken(request: HttpRequest, wanted: Slot, message: str, participants: int) -> HttpResponse:
    """409: somebody was faster; the next best slots stand on the page."""
    context = {
        "slot": wanted,
        "message": message,
        "others": alternatives(wanted, now=clock.now(), places=participants),
    }
    return render(request, "workshops/slot_taken.html", context, status=409)


@require_GET
def company_slots(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's coming slots and who has them."""
    company = managed_company(request, slug)
    now = clock.now()
    coming = Slot.objects.of_company(company).filter(ends_at__gt=now, state=Slot.State.OPEN)
    page = Paginator(coming.order_by("starts_at", "pk"), 50).get_page(request.GET.get("page"))
    rows = standings(cast("SlotQuerySet", page.object_list), now)
    return render(request, "workshops/company_slots.html", {"company": company, "page": page, "rows": rows})


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


@require_GET
def company_booking(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """A booking as the company sees it."""
    company = managed_company(request, slug)
    booking = _booking_of(company, booking_id)
    return _booking_page(request, booking, Side.COMPANY)


@require_GET
def association_booking(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """A booking as the association sees it, with the access kit once confirmed."""
    association = managed_association(request, slug)
    booking = _booking_for(association, booking_id)
    return _booking_page(request, booking, Side.ASSOCIATION)


def _booking_of(company: Company, booking_id: int) -> Booking:
    return get_object_or_404(Booking.objects.of_company(company).with_everything(), pk=booking_id)


def _booking_for(association: Association, booking_id: int) -> Booking:
    return get_object_or_404(Booking.objects.of_association(association).with_everything(), pk=booking_id)


def _booking_page(request: HttpRequest, booking: Booking, side: Side, form: ReasonForm | None = None) -> HttpResponse:
    now = clock.now()
    workshop = Workshop.objects.filter(booking=booking).prefetch_related("reports").first()
    own_report = next((one for one in workshop.reports.all() if one.side == side), None) if workshop else None
    context = {
        "booking": booking,
        "side": side.value,
        "workshop": workshop,
        "own_report": own_report,
        "over": booking.slot.ends_at <= now,
        "asked": workshop is not None and workshop.agreement_asked_at is not None and workshop.agreed_at(side) is None,
        "volunteers": SlotVolunteer.objects.filter(slot=booking.slot).count(),
        "told": ledger(booking),
        "form": form or ReasonForm(),
    }
    return render(request, "workshops/booking_detail.html", context, status=422 if form else 200)


@require_POST
def booking_accept(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_of(managed_company(request, slug), booking_id)
    try:
        actions.accept_booking(booking=booking, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La réservation est confirmée. L’association reçoit les indications d’accès.")
    return redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def booking_decline(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_of(managed_company(request, slug), booking_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _booking_page(request, booking, Side.COMPANY, form)
    try:
        actions.decline_booking(
            booking=booking, reason=form.cleaned_data["reason"], by=signed_in(request), now=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’association est prévenue.")
    return redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def company_cancel(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_of(managed_company(request, slug), booking_id)
    return _cancel(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def association_cancel(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_for(managed_association(request, slug), booking_id)
    return _cancel(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _cancel(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _booking_page(request, booking, side, form)
    try:
        actions.cancel_booking(
            booking=booking,
            side=side,
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            now=clock.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La réservation est annulée. Tout le monde est prévenu.")
    return None


@login_not_required
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: a page with a button, since programs that read mail follow links."""
    found = agreement_of(token)
    if found is None:
        raise Http404
    workshop, side, member = found
    refusal = ""
    if request.method == "POST":
        try:
            actions.agree_workshop(workshop=workshop, side=side, by=member, now=clock.now())
        except Refused as refused:
            refusal = str(refused)
    context = {
        "workshop": workshop,
        "side": side.value,
        "member": member,
        "agreed": workshop.agreed_at(side) is not None,
        "refusal": refusal,
    }
    return render(request, "workshops/agreement.html", context, status=409 if refusal else 200)


@require_POST
def company_agree(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_of(managed_company(request, slug), booking_id)
    return _agree(request, booking, Side.COMPANY) or redirect("workshops:company_booking", slug, booking.pk)


@require_POST
def association_agree(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_for(managed_association(request, slug), booking_id)
    return _agree(request, booking, Side.ASSOCIATION) or redirect("workshops:association_booking", slug, booking.pk)


def _agree(request: HttpRequest, booking: Booking, side: Side) -> HttpResponse | None:
    workshop = get_object_or_404(Workshop, booking=booking)
    try:
        actions.agree_workshop(workshop=workshop, side=side, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "C’est noté\u00a0: l’atelier tient.")
    return None


@require_http_methods(["GET", "POST"])
def company_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_of(managed_company(request, slug), booking_id)
    return _report(request, booking, Side.COMPANY, "workshops:company_booking", slug)


@require_http_methods(["GET", "POST"])
def association_report(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    booking = _booking_for(managed_association(request, slug), booking_id)
    return _report(request, booking, Side.ASSOCIATION, "workshops:association_booking", slug)


def _report(request: HttpRequest, booking: Booking, side: Side, back: str, slug: str) -> HttpResponse:
    workshop = get_object_or_404(Workshop, booking=booking)
    form = report_form(side)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_workshop(
                workshop=workshop,
                report=form.save(commit=False),
                side=side,
                by=signed_in(request),
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Merci\u00a0! Votre compte rendu est enregistré.")
            return redirect(back, slug, booking.pk)
    context = {"booking": booking, "side": side.value, "form": form}
    return render(request, "workshops/report_create.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """What associations look for, without saying which association."""
    open_requests = Request.objects.open(clock.now()).select_related("commune__departement")
    page = Paginator(open_requests, 30).get_page(request.GET.get("page"))
    return render(request, "workshops/request_list.html", {"page": page})
