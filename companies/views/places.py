"""Sites and rooms: what they are, where they are, and how one gets in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused, accepted
from companies import actions
from companies.forms import AccessibilityForm, AccessKitForm, PhotoForm, PositionForm, RoomForm, SiteEditForm, SiteForm
from companies.models import Company, Room, RoomPhoto, Site
from companies.plan import SIZE, draw_plan
from companies.views.organisations import managed_company
from territories import clock, geocoding
from territories.models import Commune
from territories.outward import Unavailable


@require_safe
def sites(request: HttpRequest, slug: str) -> HttpResponse:
    """Sites and rooms."""
    company = managed_company(request, slug)
    company_sites = (
        company.sites.select_related("commune", "access_kit")
        .prefetch_related("rooms")
        .order_by(F("archived_at").asc(nulls_first=True), "name", "pk")
    )
    return render(request, "companies/site_list.html", {"company": company, "sites": company_sites})


@require_http_methods(["GET", "POST"])
def site_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Describe a building; its point is found from its address."""
    company = managed_company(request, slug)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = form.save(commit=False)
        placed = _place(site, by_hand=form.is_placed)
        if accepted(form, lambda: actions.add_site(company=company, site=site, now=clock.now())):
            messages.success(request, f"Le site «\u00a0{site.name}\u00a0» est enregistré, {placed}.")
            return redirect("companies:room_create", company.slug, site.pk)
    context = {"company": company, "site": None, "form": form, "completes": bool(settings.GEOCODER_URL)}
    return _page(request, "companies/site_create.html", context)


@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """Correct what is said of a site."""
    company = managed_company(request, slug)
    site = _site(company, site_id)
    form = SiteEditForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        described = form.save(commit=False)
        if "address" in form.changed_data:
            _place(described, by_hand=site.point_from == Site.PointFrom.HAND)
        if accepted(form, lambda: actions.describe_site(site=described, now=clock.now())):
            messages.success(request, "Le site est à jour.")
            return redirect("companies:sites", company.slug)
    context = {"company": company, "site": site, "form": form, "completes": bool(settings.GEOCODER_URL)}
    return _page(request, "companies/site_create.html", context)


def _place(site: Site, *, by_hand: bool) -> str:
    """Give the site the point of its address, unless a person gave one; says how it was found."""
    located = None if by_hand else geocoding.locate(site.address, site.commune)
    if located is None:
        site.point_from = Site.PointFrom.HAND
    else:
        site.latitude, site.longitude = located.latitude, located.longitude
        site.point_from = Site.PointFrom(located.precision.value)
    return site.get_point_from_display()


@require_safe
def addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """Addresses for what was typed so far (`q`), for the script of the form of a site."""
    managed_company(request, slug)
    try:
        found = geocoding.find(request.GET.get("q", ""))
    except Unavailable:
        # The form does without: nothing is shown, and the address is placed when it is saved.
        found = []
    communes = Commune.objects.in_bulk([one.commune_code for one in found])
    known = [(one.line, communes.get(one.commune_code)) for one in found]
    return JsonResponse({"addresses": [{"line": line, "commune": str(commune)} for line, commune in known if commune]})


@require_http_methods(["GET", "POST"])
def site_position(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """The point of a site on a plan: a click moves it, or one of four buttons."""
    company = managed_company(request, slug)
    site = _site(company, site_id)
    form = PositionForm(request.POST or None, site=site, zoom=request.GET.get("zoom"))
    if request.method == "POST" and form.is_valid():
        if accepted(form, lambda: _move_point(request, site, form)):
            return redirect(f"{request.path}?{request.GET.urlencode()}")
        site.refresh_from_db()
    window = form.window()
    with_tiles = "fond" in request.GET
    plan = draw_plan(
        window,
        communes=Commune.objects.largest_between(window.point(0, SIZE), window.point(SIZE, 0)),
        tile_url=settings.MAP_TILE_URL if with_tiles else "",
    )
    context = {
        "company": company,
        "site": site,
        "form": form,
        "plan": plan,
        "background": "&fond=1" if with_tiles else "",
        "tiles_offered": bool(settings.MAP_TILE_URL) and not with_tiles,
        "tile_credit": settings.MAP_TILE_CREDIT if with_tiles else "",
    }
    return _page(request, "companies/site_position.html", context)


def _move_point(request: HttpRequest, site: Site, form: PositionForm) -> None:
    if not form.is_on_pin():
        latitude, longitude = form.point()
        actions.place_site(site=site, latitude=latitude, longitude=longitude, now=clock.now())
        messages.success(request, "Le point est déplacé.")
    elif form.is_outdated():
        messages.warning(request, "Le point a été déplacé depuis que ce plan vous a été montré\u00a0: le voici.")
    else:
        messages.info(request, "Le point est déjà là\u00a0: cliquez sur le plan là où est l’entrée.")


@require_http_methods(["GET", "POST"])
def site_accessibility(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """What is known of the way in, shown to everybody."""
    company = managed_company(request, slug)
    site = _site(company, site_id)
    form = AccessibilityForm(request.POST or None, instance=site)
    asked = request.method == "POST" and form.is_valid()
    if asked and accepted(form, lambda: actions.describe_accessibility(site=form.save(commit=False))):
        messages.success(request, "L’accessibilité du site est à jour.")
        return redirect("companies:sites", company.slug)
    return _page(request, "companies/site_accessibility.html", {"company": company, "site": site, "form": form})


@require_http_methods(["GET", "POST"])
def site_access(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """How to get in on the evening itself, shown to confirmed parties alone."""
    company = managed_company(request, slug)
    site = _site(company, site_id)
    form = AccessKitForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        actions.describe_access(kit=form.save(commit=False), now=clock.now())
        messages.success(request, "Le kit d’accès est à jour.")
        return redirect("companies:sites", company.slug)
    return _page(request, "companies/site_access.html", {"company": company, "site": site, "form": form})


@require_http_methods(["GET", "POST"])
def room_create(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    site = get_object_or_404(_sites(company), archived_at=None, pk=site_id)
    form = RoomForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        room = form.save(commit=False)
        if accepted(form, lambda: actions.add_room(site=site, room=room, now=clock.now())):
            messages.success(request, f"La salle «\u00a0{room.name}\u00a0» est enregistrée. Ouvrez ses soirées.")
            return redirect("companies:availability_create", company.slug, room.pk)
    return _page(request, "companies/room_create.html", {"company": company, "site": site, "room": None, "form": form})


@require_POST
def site_reopen(request: HttpRequest, slug: str, site_id: int) -> HttpResponse:
    """After the works: the site and the rooms that closed with it are in use again."""
    company = managed_company(request, slug)
    site = get_object_or_404(company.sites, pk=site_id)
    actions.reopen_site(site=site)
    messages.success(request, f"Le site «\u00a0{site.name}\u00a0» est rouvert. Publiez les soirées de ses salles.")
    return redirect("companies:sites", company.slug)


@require_POST
def room_reopen(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    company = managed_company(request, slug)
    room = get_object_or_404(Room, site__company=company, pk=room_id)
    try:
        actions.reopen_room(room=room)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La salle «\u00a0{room.name}\u00a0» est rouverte. Publiez ses soirées.")
    return redirect("companies:sites", company.slug)


@require_http_methods(["GET", "POST"])
def room_edit(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """Correct what is said of a room."""
    company = managed_company(request, slug)
    room = get_object_or_404(Room.objects.select_related("site__commune"), site__company=company, pk=room_id)
    form = RoomForm(request.POST or None, site=room.site, instance=room)
    asked = request.method == "POST" and form.is_valid()
    if asked and accepted(form, lambda: actions.describe_room(room=form.save(commit=False), now=clock.now())):
        messages.success(request, "La salle est à jour.")
        return redirect("companies:sites", company.slug)
    context = {"company": company, "site": room.site, "room": room, "form": form}
    return _page(request, "companies/room_create.html", context)


@require_http_methods(["GET", "POST"])
def room_photos(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """The photographs of a room, and another one."""
    company = managed_company(request, slug)
    room = get_object_or_404(Room.objects.select_related("site"), site__company=company, pk=room_id)
    form = PhotoForm(request.POST or None, request.FILES or None)
    asked = request.method == "POST" and form.is_valid()
    if asked and accepted(form, lambda: _add_photo(request, room, form)):
        messages.success(request, "La photo est en ligne.")
        return redirect(request.path)
    context = {"company": company, "room": room, "photos": room.photos.all(), "form": form}
    return _page(request, "companies/room_photos.html", context)


def _add_photo(request: HttpRequest, room: Room, form: PhotoForm) -> None:
    file, description = form.cleaned_data["file"].read(), form.cleaned_data["description"]
    actions.add_photo(room=room, file=file, description=description, by=signed_in(request), now=clock.now())


@require_POST
def photo_remove(request: HttpRequest, slug: str, photo_id: int) -> HttpResponse:
    """Take a photograph away."""
    company = managed_company(request, slug)
    photo = RoomPhoto.objects.filter(room__site__company=company, pk=photo_id).first()
    if photo is None:
        messages.info(request, "Cette photo est déjà retirée.")
        return redirect("companies:sites", company.slug)
    actions.remove_photo(photo=photo)
    messages.success(request, "La photo est retirée.")
    return redirect("companies:room_photos", company.slug, photo.room_id)


@login_not_required
@require_safe
def photo(_request: HttpRequest, photo_id: int) -> HttpResponse:
    """A photograph itself. It never changes: another one has another number."""
    shown = get_object_or_404(RoomPhoto, pk=photo_id)
    try:
        with shown.file.open() as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(data, content_type="image/webp", headers=headers)


def _sites(company: Company) -> QuerySet[Site]:
    return Site.objects.filter(company=company).select_related("commune__departement")


def _site(company: Company, site_id: int) -> Site:
    return get_object_or_404(_sites(company), pk=site_id)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A form comes back with 422 when it was not accepted."""
    return render(request, template, context, status=422 if context["form"].is_bound else 200)
