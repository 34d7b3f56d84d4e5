"""Who signed: the public list, a page each, the badge, and the editions of the campaign."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.pictures import shared_picture
from charter.badge import badge_svg
from charter.figures import edition_figures, pledges
from charter.filters import SignatoryFilter
from charter.first_signatories import CAMPAIGN_YEAR, FIRST_SIGNATORIES
from charter.markdown import to_html
from charter.models import Edition, Signature
from companies.models import Company
from territories import clock
from territories.folding import fold
from workshops.catalogue import bookable

SIGNATORIES_A_PAGE = 60


@login_not_required
@require_safe
def signatories(request: HttpRequest) -> HttpResponse:
    """Everybody who signed, the first ones of 2015 included, found by name and département."""
    now = clock.now()
    standing = Signature.objects.public().filter(company=OuterRef("pk"))
    companies = Company.objects.signatories(now).select_related("commune")
    companies = companies.annotate(
        rooms=Subquery(standing.values("pledged_rooms")[:1]),
        computers=Subquery(standing.values("pledged_computers")[:1]),
        hours=Subquery(standing.values("pledged_hours")[:1]),
    )
    found = SignatoryFilter(request.GET, queryset=companies.order_by("search_name", "pk"))
    valid = found.form.is_valid()
    wanted = fold(found.form.cleaned_data.get("q", "")) if valid else ""
    somewhere = bool(valid and found.form.cleaned_data.get("departement"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": found.form,
        "page": Paginator(found.qs if valid else companies.none(), SIGNATORIES_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "query": kept.urlencode(),
        # Where they are now is not known: a search by place does not name them.
        "first": [] if somewhere else [name for name in FIRST_SIGNATORIES if wanted in fold(name)],
        "campaign_year": CAMPAIGN_YEAR,
        "pledges": pledges(now),
    }
    return render(request, "charter/signatory_list.html", context, status=200 if valid else 422)


@login_not_required
@require_safe
def signatory(request: HttpRequest, slug: str) -> HttpResponse:
    """A signatory's public page with its pledges, sites and next slots."""
    now = clock.now()
    company = get_object_or_404(Company.objects.signatories(now).at(slug).select_related("commune"))
    if company.slug != slug:
        return redirect("charter:signatory", company.slug, permanent=True)
    context = {
        "company": company,
        "signature": Signature.objects.public().filter(company=company).select_related("version").first(),
        "slots": bookable(now).of_company(company).with_place().order_by("starts_at", "pk")[:10],
        "sites": company.sites.select_related("commune").filter(archived_at=None, rooms__isnull=False).distinct(),
    }
    return render(request, "charter/signatory_detail.html", context)


@login_not_required
@require_safe
def signatory_share_card(_request: HttpRequest, slug: str) -> HttpResponse:
    """What is shown of a signatory beside a link to its page."""
    company = get_object_or_404(Company.objects.signatories(clock.now()).at(slug).select_related("commune"))
    return shared_picture(company.name, "Signataire de la charte", str(company.commune))


@login_not_required
@require_safe
def badge(_request: HttpRequest, slug: str) -> HttpResponse:
    """The badge of a company that has signed at least once; what it says follows the signature within minutes."""
    company = get_object_or_404(Company.objects.at(slug).filter(pk__in=_ever_approved()))
    stands = Company.objects.signatories(clock.now()).filter(pk=company.pk).exists()
    response = HttpResponse(badge_svg(stands=stands), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=300"
    # It is made to be shown on the company's own site.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _ever_approved() -> object:
    """Companies whose signature was public at some time."""
    states = (Signature.State.APPROVED, Signature.State.SUSPENDED, Signature.State.LAPSED)
    withdrawn = Signature.objects.filter(state=Signature.State.WITHDRAWN, decided_at__isnull=False)
    return Signature.objects.filter(state__in=states).values("company").union(withdrawn.values("company"))


@login_not_required
@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """The editions announced, those on or to come first."""
    today = timezone.localdate(clock.now())
    announced = Edition.objects.announced()
    context = {
        "coming": announced.filter(until_date__gte=today).order_by("from_date", "pk"),
        "past": announced.filter(until_date__lt=today),
    }
    return render(request, "charter/edition_list.html", context)


@login_not_required
@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """An edition's own page: dates, territory, what it offers and what it has brought."""
    now = clock.now()
    shown = get_object_or_404(Edition.objects.announced().prefetch_related("departements"), slug=slug)
    territory = list(shown.departements.all())
    slots = bookable(now).filter(local_date__range=(shown.from_date, shown.until_date))
    if territory:
        slots = slots.filter(room__site__commune__departement__in=territory)
    context = {
        "edition": shown,
        "territory": territory,
        "text": to_html(shown.text),
        "figures": edition_figures(shown, now),
        "slots": slots.with_place().order_by("starts_at", "pk")[:10],
        "over": shown.until_date < timezone.localdate(now),
    }
    return render(request, "charter/edition_detail.html", context)
