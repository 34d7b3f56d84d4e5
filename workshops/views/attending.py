"""The volunteers of a workshop: who comes, who is invited, who was there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.pictures import qr_code
from accounts.refusals import Refused
from companies.models import SlotVolunteer
from companies.views import managed_company
from territories import clock
from territories.wording import counted
from workshops import actions
from workshops.dates import is_long_over
from workshops.models import Attendance, Booking, Side, Workshop
from workshops.presence import coming_of, presence_of, presence_path
from workshops.views.bookings import booking_of
from workshops.views.moved import expired, former_date, led_on, workshop_of
from workshops.volunteers import missing


@require_safe
def company_crew(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """Who comes to a workshop of the company, and the code by which they say that they are there."""
    company = managed_company(request, slug)
    booking = booking_of(company, booking_id)
    workshop = _standing(booking)
    if workshop is None:
        return led_on(request, booking, Side.COMPANY)
    slot, now = workshop.booking.slot, clock.now()
    said = {one.volunteer_id: one for one in Attendance.objects.filter(workshop=workshop)}
    promises = SlotVolunteer.objects.filter(slot=slot).select_related("volunteer").order_by("seat")
    address = settings.SITE_URL + presence_path(workshop)
    context = {
        "company": company,
        "workshop": workshop,
        "rows": [(one, said.get(one.volunteer_id)) for one in promises],
        "coming": sum(one.stand_in_asked_at is None for one in promises),
        "missing": missing(slot) if slot.starts_at > now else 0,
        "address": address,
        "code": qr_code(address),
    }
    return render(request, "workshops/crew.html", context)


@require_POST
def company_crew_invite(request: HttpRequest, slug: str, booking_id: int) -> HttpResponse:
    """Ask the colleagues whom the date suits."""
    booking = booking_of(managed_company(request, slug), booking_id)
    workshop = _standing(booking)
    if workshop is None:
        return led_on(request, booking, Side.COMPANY)
    try:
        count = actions.invite_volunteers(workshop=workshop, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        asked = counted(count, "collègue est invité", "collègues sont invités")
        messages.success(request, f"{asked}. Chacun ne reçoit qu’une invitation." if count else "Personne n’est libre.")
    return redirect("workshops:company_crew", slug, booking_id)


def _standing(booking: Booking) -> Workshop | None:
    workshop = workshop_of(booking)
    return None if workshop is None or workshop.state == Workshop.State.CANCELLED else workshop


@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: HttpRequest, token: str) -> HttpResponse:
    """« Je suis là »: behind the code at the door, for who is signed in."""
    found = presence_of(token)
    if found is None:
        raise Http404
    workshop, booking = found
    user = signed_in(request)
    member = booking.slot.room.site.company.memberships.filter(user=user).exists()
    if member and booking.pk != workshop.booking_id:
        return _former_date(request, booking)
    refusal = ""
    if request.method == "POST" and booking.pk == workshop.booking_id:
        try:
            actions.attend_workshop(workshop=workshop, by=user, now=clock.now())
        except Refused as refused:
            refusal = str(refused)
    context = {
        "workshop": workshop,
        "company": booking.slot.room.site.company,
        "member": member,
        "said": Attendance.objects.filter(workshop=workshop, volunteer=user).first(),
        "refusal": refusal,
    }
    return render(request, "workshops/presence.html", context, status=409 if refusal else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail that asks a colleague to come: a page with a button."""
    found = coming_of(token)
    if found is None:
        raise Http404
    workshop, booking, member = found
    if is_long_over(booking, clock.now()):
        return expired(request)
    if booking.pk != workshop.booking_id:
        return _former_date(request, booking)
    refusal = ""
    if request.method == "POST":
        try:
            actions.come(workshop=workshop, by=member, now=clock.now())
        except Refused as refused:
            refusal = str(refused)
    context = {
        "workshop": workshop,
        "member": member,
        "coming": SlotVolunteer.objects.filter(
            slot=workshop.booking.slot, volunteer=member, stand_in_asked_at=None
        ).exists(),
        "refusal": refusal,
    }
    return render(request, "workshops/volunteer_answer.html", context, status=409 if refusal else 200)


def _former_date(request: HttpRequest, was: Booking) -> HttpResponse:
    back = reverse("workshops:volunteering")
    return former_date(request, was, Side.COMPANY, back=back, label="Mes ateliers de bénévole")
