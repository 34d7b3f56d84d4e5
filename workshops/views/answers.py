"""Links of mails that name one member: a page with a button, since programs that read mail follow links."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.refusals import Refused, refusal_of
from companies.models import Slot
from territories import clock
from workshops import actions
from workshops.agreements import agreement_of
from workshops.answers import answer_of, has_expired, hold_of
from workshops.dates import is_long_over
from workshops.forms import AnswerForm, HoldForm
from workshops.kept import match_of, why_kept
from workshops.matching import unspoken
from workshops.models import Booking, Reason, Side
from workshops.views.moved import expired, former_date, moved_to


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: a page with a button, since programs that read mail follow links."""
    found = agreement_of(token)
    if found is None:
        raise Http404
    workshop, booking, side, member = found
    now = clock.now()
    if is_long_over(booking, now):
        return expired(request)
    if booking.pk != workshop.booking_id:
        return _former_date(request, booking, side)
    if request.method == "POST":
        refusal = refusal_of(lambda: actions.agree_workshop(workshop=workshop, side=side, by=member, now=now))
    else:
        refusal = refusal_of(lambda: actions.check_to_agree(workshop, now))
    context = {
        "workshop": workshop,
        "side": side.value,
        "member": member,
        "agreed": workshop.agreed_at(side) is not None,
        "refusal": refusal,
    }
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "workshops/agreement.html", context, status=status)


def _former_date(request: HttpRequest, was: Booking, side: Side) -> HttpResponse:
    """The page of a question about a date that the workshop has left: of the new one both are asked in time."""
    shown = moved_to(was, side) or was
    slug = was.slot.room.site.company.slug if side == Side.COMPANY else was.association.slug
    back = reverse(f"workshops:{side}_booking", args=[slug, shown.pk])
    return former_date(request, was, side, back=back, label="Ouvrir la réservation")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A company accepts, or declines with one of the reasons: each has its button."""
    found = answer_of(token, clock.now())
    if found is None:
        raise Http404
    booking, member = found
    if has_expired(booking, clock.now()):
        return expired(request)
    refusal = ""
    form = AnswerForm(request.POST)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["answer"]
        try:
            if said == "yes":
                actions.accept_booking(booking=booking, by=member, now=clock.now())
            else:
                actions.decline_booking(booking=booking, code=Reason(said), by=member, now=clock.now())
        except Refused as refused:
            refusal = str(refused)
    moved = booking.still_there if booking.is_pending else None
    context = {
        "booking": booking,
        "moved": moved,
        "moves_here": moved is not None and moved.slot.room.site.company_id == booking.slot.room.site.company_id,
        "member": member,
        "reasons": AnswerForm.REASONS,
        "withdrawn": not booking.is_pending and _is_withdrawn(booking),
        "refusal": refusal,
    }
    return render(request, "workshops/booking_answer.html", context, status=409 if refusal else 200)


def _is_withdrawn(booking: Booking) -> bool:
    return Slot.objects.filter(pk=booking.slot_id, state=Slot.State.WITHDRAWN).exists()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, token: str) -> HttpResponse:
    """An association takes the slot that is kept for it, or lets it go."""
    found = hold_of(token, clock.now())
    if found is None:
        raise Http404
    booking, member = found
    if has_expired(booking, clock.now()):
        return expired(request)
    refusal = ""
    form = HoldForm(request.POST)
    if request.method == "POST" and form.is_valid():
        move = actions.take_hold if form.cleaned_data["answer"] == "yes" else actions.refuse_hold
        try:
            move(booking=booking, by=member, now=clock.now())
        except Refused as refused:
            refusal = str(refused)
    context = {
        "booking": booking,
        "member": member,
        "refusal": refusal,
        "unspoken": _unspoken(booking),
        "why": why_kept(match_of(booking, clock.now())) if booking.is_held else [],
    }
    return render(request, "workshops/hold_answer.html", context, status=409 if refusal else 200)


def _unspoken(booking: Booking) -> str:
    """Of the languages that its request needs, those that no volunteer of the slot speaks."""
    return unspoken(booking.request, booking.slot_id) if booking.request is not None else ""
