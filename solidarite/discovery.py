"""What machines read of the portal: which pages there are, and what stands beside a link to one."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.views.pictures import shared_picture
from charter.models import Edition
from companies.models import Company
from territories import clock
from workshops.catalogue import bookable

# What the protocol of sitemaps allows in one file is 50,000 addresses; slots fill what signatories leave.
MOST = 50_000
# Pages that stand for all; what asks for an account, or acts, is in none.
PAGES = (
    "home",
    "for_companies",
    "for_associations",
    "for_volunteers",
    "help",
    "running_a_workshop",
    "site_map",
    "workshops:sheets",
    "workshops:search",
    "workshops:requests",
    "workshops:needs",
    "workshops:impact",
    "workshops:matching",
    "charter:current",
    "charter:signatories",
    "charter:editions",
    "accessibility",
    "legal_notice",
    "privacy",
)
# Lists have one page that is theirs, and endless others that say how they were asked.
CLOSED = ("/*?", "/admin/", "/compte/", "/moderation/", "/pilotage/", "/signaler/", "/tableau-de-bord/")


@login_not_required
@require_safe
def card(_request: HttpRequest) -> HttpResponse:
    """The picture beside a link to any page that has none of its own."""
    return shared_picture("Le soir, des entreprises laissent la lumière allumée.", "Salles, ordinateurs, bénévoles")


@login_not_required
@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What search engines may read (RFC 9309): everything that is for everybody, once."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    sitemap = f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"
    return HttpResponse("\n".join([*lines, "", sitemap, ""]), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Each page that is for everybody: those of the portal, its signatories and editions, the soonest slots."""
    addresses = [settings.SITE_URL + path for path in _paths()]
    return render(request, "solidarite/sitemap.xml", {"addresses": addresses}, content_type="application/xml")


def _paths() -> list[str]:
    now = clock.now()
    signatories = Company.objects.signatories(now).order_by("pk").values_list("slug", flat=True)
    editions = Edition.objects.order_by("pk").values_list("slug", flat=True)
    paths = [reverse(name) for name in PAGES]
    paths += _each("charter:edition", editions) + _each("charter:signatory", signatories[: MOST // 2])
    return paths + _each("workshops:slot", _soonest(MOST - len(paths)))


def _soonest(most: int) -> Iterable[int]:
    return bookable(clock.now()).order_by("starts_at", "pk").values_list("pk", flat=True)[:most]


def _each(name: str, keys: Iterable[str | int]) -> list[str]:
    return [reverse(name, args=[key]) for key in keys]
