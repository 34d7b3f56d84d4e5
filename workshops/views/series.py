"""Pages of a series: its dates, one of them changed, this and the following, or all, and its end."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies import actions as companies
from companies.models import Availability, Company, Slot
from companies.views import managed_company
from companies.views.openings import tell_season
from territories import clock
from territories.wording import counted, day_date, wall_time
from workshops import actions
from workshops.forms import EndForm, OpenDateForm, SlotForm
from workshops.models import Booking
from workshops.standing import standings


def _series_of(company: Company, series_id: int) -> Availability:
    series: Availability = get_object_or_404(
        Availability.objects.of_company(company).select_related("room__site__commune__departement"), pk=series_id
    )
    return series


def _today(series: Availability, now: dt.datetime) -> dt.date:
    """The day at its site."""
    return now.astimezone(ZoneInfo(series.room.site.time_zone)).date()


@require_safe
def detail(request: HttpRequest, slug: str, series_id: int) -> HttpResponse:
    """The coming dates of a series and who has them."""
    company = managed_company(request, slug)
    series = _series_of(company, series_id)
    return _page(request, company, series, EndForm(today=_today(series, clock.now())))


def _page(
    request: HttpRequest, company: Company, series: Availability, form: EndForm, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    coming = Slot.objects.filter(availability=series, ends_at__gt=now).order_by("starts_at", "pk")
    context = {
        "company": company,
        "series": series,
        "rows": standings(coming, now),
        "skipped": companies.skipped_dates(availability=series, now=now),
        "asleep": series.is_asleep(now),
        "due": series.confirm_by_at is not None
        and series.confirm_by_at <= now + dt.timedelta(days=settings.RECONFIRM_ASKED_DAYS_BEFORE),
        "form": form,
    }
    return render(request, "workshops/series_detail.html", context, status=status)


@require_POST
def confirm(request: HttpRequest, slug: str, series_id: int) -> HttpResponse:
    """Say that the series still stands."""
    company = managed_company(request, slug)
    series = _series_of(company, series_id)
    companies.confirm_availability(availability=series, by=signed_in(request), now=clock.now())
    offered = companies.is_offered(availability=series, now=clock.now())
    online = "les créneaux libres de cette série sont au catalogue" if offered else "la série continue"
    messages.success(request, f"C’est noté\u00a0: {online}.")
    return redirect("workshops:series", company.slug, series.pk)


@require_POST
def end(request: HttpRequest, slug: str, series_id: int) -> HttpResponse:
    """Open nothing more from a day on."""
    company = managed_company(request, slug)
    series, now = _series_of(company, series_id), clock.now()
    form = EndForm(request.POST, today=_today(series, now))
    if not form.is_valid():
        return _page(request, company, series, form, status=422)
    ended = actions.end_series(
        availability=series, from_date=form.cleaned_data["from_date"], by=signed_in(request), now=now
    )
    _tell_end(request, ended)
    return redirect("workshops:series", company.slug, series.pk)


@require_POST
def date_open(request: HttpRequest, slug: str, series_id: int) -> HttpResponse:
    """Open a date of the series that was left out."""
    company = managed_company(request, slug)
    series, now = _series_of(company, series_id), clock.now()
    form = OpenDateForm(request.POST)
    if not form.is_valid():
        return _page(request, company, series, EndForm(today=_today(series, now)), status=422)
    try:
        slot = companies.open_date(availability=series, date=form.cleaned_data["date"], now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Le créneau du {day_date(slot.local_date)} est ouvert.")
    return redirect("workshops:series", company.slug, series.pk)


def _tell_end(request: HttpRequest, ended: actions.SeriesEnd) -> None:
    messages.success(request, f"{counted(len(ended.withdrawn), 'créneau retiré', 'créneaux retirés')}.")
    if ended.declined:
        told = counted(ended.declined, "demande déclinée", "demandes déclinées")
        messages.warning(request, f"{told}, avec d’autres créneaux\u00a0: les associations sont prévenues.")
    if ended.booked:
        kept = ", ".join(f"{day_date(one.slot.local_date)} ({one.association.name})" for one in ended.booked)
        messages.warning(
            request,
            f"Ces dates sont réservées et restent\u00a0: {kept}. Annulez-les d’abord si elles ne peuvent se tenir.",
        )


@require_http_methods(["GET", "POST"])
def slot_change(request: HttpRequest, slug: str, slot_id: int) -> HttpResponse:
    """Change one date, this and the following, or the whole series."""
    company = managed_company(request, slug)
    slots = Slot.objects.of_company(company).select_related("room__site__commune__departement", "availability")
    slot = get_object_or_404(slots, pk=slot_id, state=Slot.State.OPEN)
    booked = Booking.objects.agreed().filter(slot=slot).first()
    form = SlotForm(request.POST or None, slot=slot, booked=booked is not None)
    if request.method == "POST" and form.is_valid():
        try:
            return _change(request, company, slot, form)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {"company": company, "slot": slot, "form": form, "booked": booked}
    return render(request, "workshops/slot_change.html", context, status=422 if form.is_bound else 200)


def _change(request: HttpRequest, company: Company, slot: Slot, form: SlotForm) -> HttpResponse:
    by, now = signed_in(request), clock.now()
    if form.scope == SlotForm.Scope.ONE or slot.availability is None:
        changed = actions.change_slot(slot=slot, change=actions.Change(**form.change()), by=by, now=now)
        others = " Les autres dates de la série restent." if slot.availability else ""
        messages.success(request, f"Cette date est changée.{others}")
        if changed.starts_local != form.cleaned_data["start_time"]:
            messages.warning(
                request, f"L’heure change cette nuit-là\u00a0: le créneau commence à {wall_time(changed.starts_local)}."
            )
        return redirect("workshops:company_slots", company.slug)
    series = slot.availability
    series.room = slot.room
    today = now.astimezone(ZoneInfo(slot.time_zone)).date()
    from_date = slot.starts_on if form.scope == SlotForm.Scope.FOLLOWING else today
    ended, season = actions.change_following(
        slot=slot,
        change=actions.Change(**form.change()),
        changed=form.changed_series(series),
        from_date=from_date,
        by=by,
        now=now,
    )
    if not season.slots:
        messages.success(request, "Cette date est changée. Aucune autre ne la suit qui ne soit réservée ou déplacée.")
        return redirect("workshops:company_slots", company.slug)
    messages.success(request, "La série est changée.")
    tell_season(request, season)
    _tell_end(request, ended)
    return redirect("workshops:series", company.slug, season.slots[0].availability_id)
