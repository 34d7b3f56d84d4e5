"""Pages of a company about its own supply: identity, sites, rooms, openings."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.identity import signed_in
from accounts.prefill import prefill
from accounts.refusals import Refused
from accounts.views import MemberPages
from companies import actions
from companies.confirmations import confirmation_of
from companies.forms import AvailabilityForm, CompanyForm, RoomForm, SiteEditForm, SiteForm
from companies.models import Availability, Company, Invitation, Room, Site
from territories import clock
from territories.french import counted, long_date

member_pages = MemberPages(Company, Invitation, remove=actions.remove_member, link=True)


def managed_company(request: HttpRequest, slug: str) -> Company:
    """The company of this page, for who may act in its name; others get 404."""
    found: Company = get_object_or_404(Company.objects.managed_by(signed_in(request)), slug=slug)
    return found


@require_http_methods(["GET", "POST"])
def company_create(request: HttpRequest) -> HttpResponse:
    """Register a company, prefilled from the directory or the registry."""
    known = prefill(request.GET, now=clock.now())
    form = CompanyForm(request.POST or None, initial=known.initial)
    if request.method == "POST" and form.is_valid():
        try:
            company = actions.register_company(company=form.save(commit=False), by=signed_in(request), now=clock.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            said = "Votre entreprise est inscrite. Lisez la charte et signez-la pour ouvrir vos portes."
            messages.success(request, said)
            return redirect("charter:sign", company.slug)
    return render(request, "companies/company_create.html", {"form": form, "prefill": known}, status=_status(form))


@require_GET
def sites(request: HttpRequest, slug: str) -> HttpResponse:
    """Sites and rooms."""
    company = managed_company(request, slug)
    company_sites = (
        company.sites.select_related("commune")
        .prefetch_related("rooms")
        .order_by(F("archived_at").asc(nulls_first=True), "name", "pk")
    )
    return render(request, "companies/site_list.html", {"company": company, "sites": company_sites})


@require_http_methods(["GET", "POST"])
def site_create(request: HttpRequest, slug: str) -> HttpResponse:
    company = managed_company(request, slug)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = actions.add_site(company=company, site=form.save(commit=False), now=clock.now())
        messages.success(request, f"Le site «\u00a0{site.name}\u00a0» est enregistré. Décrivez maintenant une salle.")
        return redirect("companies:room_create", company.slug, site.pk)
    context = {"company": company, "site": None, "form": form}
    return render(request, "companies/site_create.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def room_create(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    site = get_object_or_404(Site, company=company, archived_at=None, pk=site_id)
    form = RoomForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        try:
            room = actions.add_room(site=site, room=form.save(commit=False), now=clock.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"La salle «\u00a0{room.name}\u00a0» est enregistrée. Ouvrez ses soirées.")
            return redirect("companies:availability_create", company.slug, room.pk)
    context = {"company": company, "site": site, "room": None, "form": form}
    return render(request, "companies/room_create.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """Correct what is said of a site; its position may be moved."""
    company = managed_company(request, slug)
    site = get_object_or_404(Site.objects.select_related("commune__departement"), company=company, pk=site_id)
    form = SiteEditForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_site(site=form.save(commit=False))
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Le site est à jour.")
            return redirect("companies:sites", company.slug)
    context = {"company": company, "site": site, "form": form}
    return render(request, "companies/site_create.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def room_edit(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """Correct what is said of a room."""
    company = managed_company(request, slug)
    room = get_object_or_404(Room.objects.select_related("site__commune"), site__company=company, pk=room_id)
    form = RoomForm(request.POST or None, site=room.site, instance=room)
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_room(room=form.save(commit=False))
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "La salle est à jour.")
            return redirect("companies:sites", company.slug)
    context = {"company": company, "site": room.site, "room": room, "form": form}
    return render(request, "companies/room_create.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def availability_create(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """Open a room regularly: the dates are shown first, each may be left out, then each becomes a slot."""
    company = managed_company(request, slug)
    rooms = Room.objects.filter(archived_at=None).select_related("site__commune__departement")
    room = get_object_or_404(rooms, site__company=company, pk=room_id)
    now = clock.now()
    form = AvailabilityForm(request.POST or None, room=room, today=now.astimezone(ZoneInfo(room.site.time_zone)).date())
    unticked = form.unticked_dates()
    proposed: list[actions.ProposedDate] = []
    if request.method == "POST" and form.is_valid():
        try:
            proposed = actions.preview_availability(room=room, availability=form.save(commit=False), now=now)
            if "publish" in request.POST and form.shown_dates() == {one.date for one in proposed}:
                season = actions.publish_availability(
                    room=room,
                    availability=form.save(commit=False),
                    without=unticked,
                    by=signed_in(request),
                    now=now,
                )
                _tell_season(request, season)
                return redirect("workshops:company_slots", company.slug)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {
        "company": company,
        "room": room,
        "form": form,
        "evening_starts_at": settings.EVENING_STARTS_AT,
        "proposed": [(one, one.date not in unticked) for one in proposed],
        "free": sum(not one.obstacle for one in proposed),
    }
    status = 422 if form.is_bound and not proposed else 200
    return render(request, "companies/availability_create.html", context, status=status)


def _tell_season(request: HttpRequest, season: actions.Season) -> None:
    count = len(season.slots)
    published = counted(count, "créneau publié", "créneaux publiés")
    messages.add_message(request, messages.SUCCESS if count else messages.WARNING, f"{published}.")
    if season.refused:
        dates = "\u00a0; ".join(f"{long_date(date.starts_at.date())} ({date.reason})" for date in season.refused[:10])
        more = len(season.refused) - 10
        rest = f"\u00a0; et {more} autres" if more > 0 else ""
        messages.warning(request, f"Dates laissées de côté\u00a0: {dates}{rest}.")
    if season.holidays:
        kept = ", ".join(f"{long_date(day)} ({name})" for day, name in season.holidays)
        messages.warning(request, f"Jours fériés publiés\u00a0: {kept}. Retirez-les si vos locaux sont fermés.")


def _status(form: CompanyForm | SiteForm | RoomForm | AvailabilityForm) -> int:
    return 422 if form.is_bound else 200


@require_GET
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's series that have dates to come, and which of them wait to be confirmed."""
    company = managed_company(request, slug)
    now = clock.now()
    within = dt.timedelta(days=settings.RECONFIRM_ASKED_DAYS_BEFORE)
    coming = Availability.objects.of_company(company).coming(now).select_related("room__site")
    due = set(coming.to_confirm(now, within=within).values_list("pk", flat=True))
    rows = [(one, one.pk in due, one.is_asleep(now)) for one in coming.order_by("room__name", "pk")]
    return render(request, "companies/series_list.html", {"company": company, "rows": rows})


@login_not_required
@require_http_methods(["GET", "POST"])
def series_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: a page with a button, since programs that read mail follow links."""
    found = confirmation_of(token)
    if found is None:
        raise Http404
    availability, member = found
    now = clock.now()
    if request.method == "POST":
        actions.confirm_availability(availability=availability, by=member, now=now)
    context = {"series": availability, "member": member, "done": request.method == "POST"}
    return render(request, "companies/series_confirm.html", context)
