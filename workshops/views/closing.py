"""Closing a room, a site or the whole company at once: all that hangs on it on one page, then one confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from companies.models import Company, Room, Site
from companies.views import managed_company
from territories import clock
from territories.wording import counted
from workshops import actions
from workshops.forms import ClosingForm


@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    found = get_object_or_404(Room, site__company=company, pk=room_id)
    if found.archived_at:
        return _closed_before(request, company)
    return _close(request, company, f"la salle {found.name}", Room.objects.filter(pk=found.pk), Site.objects.none())


@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    found = get_object_or_404(Site, company=company, pk=site_id)
    if found.archived_at:
        return _closed_before(request, company)
    return _close_sites(request, company, f"le site {found.name}", Site.objects.filter(pk=found.pk))


@require_http_methods(["GET", "POST"])
def everything(request: HttpRequest, slug: str) -> HttpResponse:
    """All sites of the company."""
    company = managed_company(request, slug)
    sites = Site.objects.filter(company=company)
    if not sites.filter(archived_at=None).exists():
        return _closed_before(request, company)
    return _close_sites(request, company, f"tous les sites de {company.name}", sites)


def _close_sites(request: HttpRequest, company: Company, what: str, sites: QuerySet[Site]) -> HttpResponse:
    in_use = sites.filter(archived_at=None)
    return _close(request, company, what, Room.objects.filter(site__in=in_use, archived_at=None), in_use)


def _closed_before(request: HttpRequest, company: Company) -> HttpResponse:
    """For who confirms a second time, or comes back to the page."""
    messages.info(request, "C’est déjà fermé\u00a0: rien n’a changé.")
    return redirect("companies:sites", company.slug)


def _close(
    request: HttpRequest, company: Company, what: str, rooms: QuerySet[Room], sites: QuerySet[Site]
) -> HttpResponse:
    now = clock.now()
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        closed = actions.close_places(
            rooms=rooms, sites=sites, reason=form.cleaned_data["reason"], by=signed_in(request), now=now
        )
        cancelled = counted(len(closed.booked), "atelier annulé", "ateliers annulés")
        withdrawn = counted(len(closed.free), "créneau retiré", "créneaux retirés")
        messages.success(request, f"C’est fermé\u00a0: {cancelled}, {withdrawn}. Tout le monde est prévenu.")
        return redirect("companies:sites", company.slug)
    context = {
        "company": company,
        "what": what,
        "hanging": actions.hanging_on(rooms=rooms, now=now),
        "form": form,
    }
    return render(request, "workshops/close.html", context, status=422 if form.is_bound else 200)
