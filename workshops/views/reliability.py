"""How far an organisation keeps its word, for those who act in its name, with their right of reply."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from associations.models import Association
from associations.views import managed_association
from companies.models import Company
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.forms import ReplyForm
from workshops.models import Booking, Side
from workshops.reliability import record
from workshops.views.bookings import booking_for, booking_of


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, managed_company(request, slug), Side.COMPANY)


@require_safe
def association(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, managed_association(request, slug), Side.ASSOCIATION)


def _page(
    request: HttpRequest,
    own: Company | Association,
    side: Side,
    *,
    answering: int | None = None,
    form: ReplyForm | None = None,
) -> HttpResponse:
    """What counts; 422 with an answer to one of it that comes back."""
    context = {
        "organisation": own,
        "side": side.value,
        "record": record(own, clock.now()),
        "answering": answering,
        "form": form,
    }
    return render(request, "workshops/reliability.html", context, status=200 if form is None else 422)


@require_POST
def company_reply(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    own = managed_company(request, slug)
    return _reply(request, own, booking_of(own, booking_id), Side.COMPANY)


@require_POST
def association_reply(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    own = managed_association(request, slug)
    return _reply(request, own, booking_for(own, booking_id), Side.ASSOCIATION)


def _reply(request: HttpRequest, own: Company | Association, booking: Booking, side: Side) -> HttpResponse:
    form = ReplyForm(request.POST, auto_id=f"reply-{booking.pk}-%s")
    if not form.is_valid():
        return _page(request, own, side, answering=booking.pk, form=form)
    text = form.cleaned_data["text"]
    try:
        actions.reply(booking=booking, side=side, text=text, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Votre réponse est enregistrée. Elle se lit à côté de ce qu’elle répond.")
    return redirect(f"workshops:{side}_reliability", own.slug)
