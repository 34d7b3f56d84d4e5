"""The charter, the act of signing it, and the public list of signatories."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.identity import signed_in
from accounts.models import Role
from accounts.refusals import Refused
from charter import actions
from charter.first_signatories import CAMPAIGN_YEAR, FIRST_SIGNATORIES
from charter.forms import SignatureForm
from charter.markdown import to_html
from charter.models import CharterVersion, Signature
from companies.models import Company
from territories import clock
from territories.folding import fold
from workshops.catalogue import bookable


@login_not_required
@require_GET
def current(request: HttpRequest) -> HttpResponse:
    """The text in force."""
    version = CharterVersion.objects.in_force(timezone.localdate(clock.now()))
    return _text_page(request, version)


@login_not_required
@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """A version by its number, once it has taken effect."""
    today = timezone.localdate(clock.now())
    found = get_object_or_404(CharterVersion, number=number, effective_from_date__lte=today)
    return _text_page(request, found)


def _text_page(request: HttpRequest, version: CharterVersion | None) -> HttpResponse:
    context = {"version": version, "text": to_html(version.text) if version else ""}
    return render(request, "charter/version_detail.html", context)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the text in force and sign it, in the name of a company that one owns."""
    user, now = signed_in(request), clock.now()
    company = get_object_or_404(Company.objects.filter(memberships__user=user, memberships__role=Role.OWNER), slug=slug)
    in_force = CharterVersion.objects.in_force(timezone.localdate(now))
    if in_force is None:
        raise Http404
    latest = Signature.objects.of_company(company).filter(version=in_force).first()
    form = SignatureForm(request.POST or None, initial={"signatory_name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_charter(
                company=company,
                version=in_force,
                signatory_name=form.cleaned_data["signatory_name"],
                signatory_capacity=form.cleaned_data["signatory_capacity"],
                by=user,
                now=now,
            )
        except Refused as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, "La charte est signée. Pendant l’examen, préparez vos sites et vos salles.")
        return redirect("company", company.slug)
    context = {
        "company": company,
        "version": in_force,
        "text": to_html(in_force.text),
        "latest": latest,
        "form": form,
    }
    return render(request, "charter/charter_sign.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_GET
def signatories(request: HttpRequest) -> HttpResponse:
    """Everybody who signed, the first ones of 2015 included, found by name."""
    wanted = fold(request.GET.get("q", "").replace("\x00", "")[:100])
    companies = Company.objects.signatories().select_related("commune").order_by("name", "pk")
    context = {
        "companies": [company for company in companies if wanted in fold(company.name)],
        "first": [name for name in FIRST_SIGNATORIES if wanted in fold(name)],
        "campaign_year": CAMPAIGN_YEAR,
        "wanted": request.GET.get("q", "").replace("\x00", "")[:100],
    }
    return render(request, "charter/signatory_list.html", context)


@login_not_required
@require_GET
def signatory(request: HttpRequest, slug: str) -> HttpResponse:
    """A signatory's public page with its next slots."""
    company = get_object_or_404(Company.objects.signatories().select_related("commune"), slug=slug)
    slots = bookable(clock.now()).of_company(company).with_place().order_by("starts_at", "pk")[:10]
    sites = company.sites.select_related("commune").filter(Q(rooms__isnull=False)).distinct()
    return render(request, "charter/signatory_detail.html", {"company": company, "slots": slots, "sites": sites})
